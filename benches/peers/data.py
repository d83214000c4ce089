"""The files that are asked, each made when it is not there: what `data-gen` is told, what is in it, how it is compressed."""

import os
import pathlib
import subprocess
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Data:
    """A file of data-gen's."""

    name: str
    generator: tuple[str, ...]
    delimiter: str = ","
    #: How much of it, as data-gen is told; the size that was asked for where it is empty.
    amount: tuple[str, ...] = ()
    #: What the columns hold that are not text, `integer` or `real`: peers are told, so that they need not guess or cast.
    types: dict[str, str] = field(default_factory=dict)
    #: Whether a field may hold a line end; some peers read a file on one core only where it may.
    multiline: bool = False
    #: `.gz` or `.zst` where it is compressed.
    compressed: str = ""

    def path(self, folder: pathlib.Path, options) -> pathlib.Path:
        """Where it is: in `folder`, with what it is of in its name."""
        return folder / f"{self.name}-{self._amount(options)[1]}.csv{self.compressed}"

    def make(self, folder: pathlib.Path, options) -> pathlib.Path:
        """Its path; writes it if it is not there, and brings it into the page cache."""
        path = self.path(folder, options)
        if not path.exists():
            folder.mkdir(exist_ok=True)
            unfinished = path.with_name(f"{path.name}.unfinished.csv")
            if self.compressed:
                plain = path.with_suffix("")
                if not plain.exists():
                    self._generate(plain, options)
                program = {".gz": ("gzip", "-c"), ".zst": ("zstd", "-q", "-c")}[self.compressed]
                with open(unfinished, "wb") as file:
                    subprocess.run([*program, plain], stdout=file, check=True)
            else:
                self._generate(unfinished, options)
                os.replace(unfinished.with_suffix(".truth.json"), path.with_suffix(".truth.json"))
            os.replace(unfinished, path)
        with open(path, "rb", buffering=0) as file:
            while file.read(1 << 22):
                pass
        return path

    def columns(self, path: str) -> dict[str, str]:
        """Name and type of each column of the file at `path`, or of the plain one beside it."""
        with open(path.removesuffix(self.compressed), encoding="utf-8") as file:
            names = file.readline().rstrip("\n").split(self.delimiter)
        return {name: self.types.get(name, "text") for name in names}

    def _amount(self, options) -> tuple[str, str]:
        flag, amount = self.amount or ("--size", options.size)
        return flag, str(max(1, int(int(amount) * options.scale))) if flag == "--rows" else amount

    def _generate(self, path: pathlib.Path, options) -> None:
        subprocess.run([options.binaries / "data-gen", *self.generator, *self._amount(options), "--output", path], check=True)


TWEETS = Data("tweets", ("tweets", "--shape", "real", "--seed", "1"), multiline=True)
MOCK = Data("mock", ("tweets", "--shape", "mock", "--seed", "1"), "~", ("--rows", "12000000"), multiline=True)
STATIONS = {
    n: Data(f"measurements-{n}", ("measurements", "--stations", str(n)), ";", ("--rows", "50000000"), {"temperature": "real"}) for n in (413, 10_000)
}
GROUPBY = Data(
    "groupby",
    ("groupby", "--groups", "100"),
    amount=("--rows", "10000000"),
    types=dict.fromkeys(("id4", "id5", "id6", "v1", "v2"), "integer") | {"v3": "real"},
)
WIDE = Data(
    "wide",
    ("wide",),
    amount=("--rows", "4000000"),
    types=dict.fromkeys(("integer_2", "integer_6", "sparse_5"), "integer") | {"decimal_1": "real", "decimal_4": "real"},
)
