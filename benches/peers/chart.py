"""Seconds by work and tool in, a picture of bars as SVG out; readable on a light and on a dark page.

One panel a work, one bar a tool. Bars of one panel share a scale, of two panels not: works take from a tenth of a second to a minute.
"""

import html
from dataclasses import dataclass

PER_ROW, WIDTH, GAP, LINE = 3, 300, 24, 16
NAME, FIGURES = 72, 96
STYLE = """
  text { font: 11px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600 }
  .dim { fill: #656d76 }
  rect { fill: #b6bec8 } .rowfold { fill: #0969da } .floor { fill: #d8dee4 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .dim { fill: #8d96a0 }
    rect { fill: #57606a } .rowfold { fill: #4493f8 } .floor { fill: #32383f }
  }
"""


@dataclass(frozen=True)
class Bar:
    """One tool's figures; no seconds where it failed."""

    tool: str
    name: str
    seconds: float
    peak_bytes: int
    failure: str = ""


@dataclass(frozen=True)
class Panel:
    """One work."""

    title: str
    bars: list[Bar]


def svg(panels) -> str:
    """The picture."""
    rows = [list(row) for row in _rows(panels)]
    body, top = [], 0
    for row in rows:
        for column, panel in enumerate(row):
            body += _panel(panel, column * (WIDTH + GAP), top)
        top += max(_height(panel) for panel in row)
    width = PER_ROW * (WIDTH + GAP) - GAP
    caption = f'<text class="dim" x="0" y="{top + 12}">Median seconds and peak resident memory. Each panel has a scale of its own; shorter is better.</text>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top + 18}" width="{width}" height="{top + 18}" role="img">\n'
        f"<title>Seconds and memory of each work on rowfold and its peers</title>\n<style>{STYLE}</style>\n" + "\n".join([*body, caption]) + "\n</svg>\n"
    )


def _rows(panels):
    panels = list(panels)
    return (panels[i : i + PER_ROW] for i in range(0, len(panels), PER_ROW))


def _title(text: str) -> list[str]:
    """At most two lines of about what fits."""
    words, lines = text.replace("`", "").replace("\\", "").split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > 46 and len(lines) < 2:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _height(panel: Panel) -> int:
    return (len(_title(panel.title)) + len(panel.bars)) * LINE + GAP


def _panel(panel: Panel, left: int, top: int) -> list[str]:
    longest = max((bar.seconds for bar in panel.bars), default=0) or 1
    lines = []
    for number, line in enumerate(_title(panel.title)):
        lines.append(f'<text class="title" x="{left}" y="{top + 12 + number * LINE}">{html.escape(line)}</text>')
    top += len(lines) * LINE + 2
    for number, bar in enumerate(panel.bars):
        y = top + number * LINE
        lines.append(f'<text x="{left}" y="{y + 11}">{html.escape(bar.name)}</text>')
        length = round((WIDTH - NAME - FIGURES) * bar.seconds / longest, 1)
        if bar.seconds:
            lines.append(f'<rect class="{bar.tool}" x="{left + NAME}" y="{y + 2}" width="{max(length, 1)}" height="{LINE - 5}" rx="2"/>')
            figures = f"{bar.seconds:.2f} s" + (f" · {bar.peak_bytes / 1e6:,.0f} MB" if bar.peak_bytes else "")
        else:
            figures = "cannot"
        x = left + NAME + (length + 5 if bar.seconds else 0)
        lines.append(f'<text class="dim" x="{x:.1f}" y="{y + 11}">{figures}<title>{html.escape(bar.failure)}</title></text>')
    return lines
