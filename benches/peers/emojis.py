"""What an emoji is, for tools that have regular expressions only: one pattern, and the key of each match.

The sequences are those of Unicode's emoji-test.txt, as the `emoji` package carries them; the rules are questions.md's: the
longest sequence counts, variants of one emoji are one key, and the key drops FE0F unless a ZWJ or a keycap is in it.
"""

import re

import emoji

VARIATION, JOINER, KEYCAP = "\ufe0f", "\u200d", "\u20e3"


def bare(sequence: str) -> str:
    """`sequence` without variation selectors: the same for all variants of one emoji."""
    return sequence.replace(VARIATION, "")


def keys() -> dict[str, str]:
    """Every sequence that counts, with the key under which it counts."""
    qualified = {bare(s): s for s, data in emoji.EMOJI_DATA.items() if data["status"] == emoji.STATUS["fully_qualified"]}
    result = {}
    for sequence in emoji.EMOJI_DATA:
        full = qualified.get(bare(sequence), sequence)
        keeps = JOINER in full or KEYCAP in full
        result[sequence] = full if keeps else bare(full)
    return result


def runs(sequences) -> str:
    """An expression that matches what may hold `sequences` and nothing else can: whole runs of their characters.

    DuckDB counts the different runs first and looks into each of them once, which takes it a third less time; Polars is faster
    without. The answer is the same: no sequence crosses the border of a run. Digits, # and * are in a run only as keycaps.
    """
    plain = {c for sequence in sequences for c in sequence} - set("0123456789#*")
    return f"(?:[0-9#*]{VARIATION}?{KEYCAP}|[{''.join(sorted(plain))}])+"


def members(sequences) -> str:
    """The characters of `sequences`, for a class of an expression: what is none of them ends a run."""
    return "".join(re.escape(c) for c in sorted({c for sequence in sequences for c in sequence}))


def pattern(sequences) -> str:
    """An expression that matches the longest of `sequences` at a place.

    Not one alternative a sequence, which makes five thousand branches (DuckDB: 109 s for 200 MB, not 1.9 s), but their trie: after each
    character what may follow it, characters with the same continuation in one class, and continuing preferred to stopping.
    """
    trie: dict = {}
    for sequence in sequences:
        node = trie
        for character in sequence:
            node = node.setdefault(character, {})
        node[""] = {}
    return _expression(trie)


def _expression(node: dict) -> str:
    by_continuation: dict[str, list[str]] = {}
    for character, after in node.items():
        if character:
            by_continuation.setdefault(_expression(after), []).append(character)
    if not by_continuation:
        return ""
    branches = [_one_of(characters) + after for after, characters in by_continuation.items()]
    return f"(?:{'|'.join(branches)})" + ("?" if "" in node else "")


def _one_of(characters: list[str]) -> str:
    escaped = "".join(re.escape(c) for c in sorted(characters))
    return escaped if len(characters) == 1 else f"[{escaped}]"
