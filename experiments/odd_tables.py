"""The tables of `model/ODD.md` that are written from the code: `python -m experiments.odd_tables`.

A block of the page between `<!-- generated: name -->` and `<!-- end -->` belongs to this script.
With `--check` nothing is written; the exit code is 1 if a block is out of date.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import model as package
from model import draws, load_pack
from model.firms import Firms
from model.measures import outcomes
from model.population import Population
from model.workers import Workers
from model.worlds import World

PAGE = Path(package.__file__).resolve().parent / "ODD.md"
PACK = "kyrgyzstan"
_BLOCK = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table; a bar inside a cell is written so that it does not end the cell."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        cells = (str(cell).replace("|", "\\|").replace("\n", " ") for cell in row)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def short(value: Any) -> str:
    """A number with at most five digits, anything else as it is."""
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def state_variables(population: type[Population]) -> str:
    """The columns of a population."""
    rows = ((f"`{c.name}`", c.dtype, c.unit, c.meaning) for c in population.describe())
    return table(("variable", "type", "unit", "meaning"), rows)


def parameters() -> str:
    """Every parameter as the reference pack sets it."""
    rows = []
    for p in load_pack(PACK).params().describe():
        span = "" if p.low is None else f"{short(p.low)} to {short(p.high)}"
        rows.append((f"`{p.name}`", short(p.value), p.unit, span, p.source, p.grade, p.meaning))
    return table(("parameter", "value", "unit", "allowed", "source", "grade", "meaning"), rows)


def outcome_list() -> str:
    """The schema of outcomes."""
    rows = (
        (f"`{o.name}`", o.unit, o.level, "yes" if o.extensive else "no", o.meaning)
        for o in outcomes().values()
    )
    return table(("outcome", "unit", "level", "times scale", "meaning"), rows)


def worlds() -> str:
    """The library of worlds."""
    loaded = (World.load(name) for name in World.names())
    rows = (
        (f"`{w.name}`", len(w.plants), "yes" if w.outside else "no", w.question) for w in loaded
    )
    return table(("world", "plants", "recorded outside series", "question"), rows)


def decisions() -> str:
    """The decisions that draw random numbers."""
    numbers = {
        name: int(value)
        for name, value in vars(draws).items()
        if name.isupper() and not name.startswith("_") and isinstance(value, np.uint64)
    }
    return ", ".join(f"`{name}` {number}" for name, number in numbers.items()) + "."


BLOCKS: dict[str, Callable[[], str]] = {
    "workers": lambda: state_variables(Workers),
    "firms": lambda: state_variables(Firms),
    "parameters": parameters,
    "outcomes": outcome_list,
    "worlds": worlds,
    "decisions": decisions,
}


def renewed(page: str, blocks: Mapping[str, Callable[[], str]] = BLOCKS) -> str:
    """The page with every generated block written anew; KeyError for a block nobody writes."""
    return _BLOCK.sub(lambda found: f"{found[1]}\n{blocks[found[2]]()}\n\n{found[3]}", page)


def main(arguments: Sequence[str] | None = None) -> int:
    """Rewrite the page, or with `--check` say whether it is up to date; returns the exit code."""
    parser = argparse.ArgumentParser(description="Write the generated tables of model/ODD.md.")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if out of date")
    check = parser.parse_args(arguments).check
    old = PAGE.read_text(encoding="utf-8")
    new = renewed(old)
    if check and new != old:
        print("model/ODD.md is out of date: python -m experiments.odd_tables", file=sys.stderr)
        return 1
    if not check:
        PAGE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
