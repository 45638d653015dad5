"""The table about very many runs, from `docs/many_runs.json`: what is printed and what a page shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from experiments import benchmark_table as tables
from experiments.growth import NOT_YET
from experiments.odd_tables import renewed
from experiments.odd_tables import table as markdown
from experiments.study_screen import duration, size_in_words

if TYPE_CHECKING:
    from pathlib import Path

Facts = dict[str, Any]
DOCS = tables.COMMITTED.parent
STORED, PAGE = "many_runs.json", "cluster.md"
MILLION = 1_000_000
# What is asked of a study, and how the table calls it.
COMMANDS: dict[str, tuple[str, ...]] = {
    "status": ("status", "--json"),
    "resume with nothing left to do": ("resume", "--quiet"),
    "export --effects window": ("export", "--effects", "window", "--outcomes", "employee_jobs"),
    "export --summary": ("export", "--summary", "--outcomes", "employee_jobs"),
    "export of every month": ("export",),
}


def read(folder: Path = DOCS) -> list[Facts]:
    """What is stored: the runs of the model, and the made-up ones, as far as there are any."""
    path = folder / STORED
    stored = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return [stored[name] for name in ("model", "made_up") if name in stored]


def save(facts: Facts, folder: Path = DOCS) -> None:
    """Store what was measured in place of what was before."""
    stored = {"made_up" if one["made_up"] else "model": one for one in [*read(folder), facts]}
    text = json.dumps(stored, indent=1, sort_keys=True)
    (folder / STORED).write_text(text + "\n", encoding="utf-8")


def head_and_rows(measured: Sequence[Facts]) -> tuple[list[str], list[list[str]]]:
    """Head and rows of the table; a column for each set of facts."""
    head = ["", *(_title(facts) for facts in measured)]
    rows = [[what, *(tell(facts) for facts in measured)] for what, tell in _ROWS.items()]
    for name in COMMANDS:
        rows.append([f"`{name}`" if name != "export of every month" else name])
        rows[-1] += [_command(facts, name) for facts in measured]
    return head, rows


def _title(facts: Facts) -> str:
    kind = "made-up runs, one worker" if facts["made_up"] else "runs of the model"
    workers = "" if facts["made_up"] else f", {facts['workers']} workers"
    return f"{facts['runs']:,} {kind}{workers}"


def _beside(facts: Facts) -> str:
    if not facts["made_up"]:
        return "–"
    return f"{1e3 / facts['runs_per_s']:.2f} ms ({facts['processor_ms']:.2f} ms of processor)"


def _memory(facts: Facts) -> str:
    return ", ".join(f"{mb:,.0f} at {int(runs):,}" for runs, mb in _by_runs(facts))


def _by_runs(facts: Facts) -> list[tuple[str, float]]:
    return sorted(facts["memory_mb"].items(), key=lambda one: int(one[0]))


def _million(facts: Facts) -> str:
    seconds = MILLION / facts["runs_per_s"]
    size = MILLION * facts["after"]["bytes"] / facts["runs"]
    return f"{duration(seconds)}, {size_in_words(size)}"


def _command(facts: Facts, name: str) -> str:
    before, after = (facts[when]["commands"][name] for when in ("before", "after"))
    return f"{before['seconds']:.1f} s, then {after['seconds']:.1f} s; {after['mb']:,.0f} MB"


def _parts(facts: Facts) -> str:
    before, after = facts["before"], facts["after"]
    sizes = [size_in_words(one["bytes"]) for one in (before, after)]
    return f"{before['parts']:,} ({sizes[0]}), then {after['parts']:,} ({sizes[1]})"


def _compact(facts: Facts) -> str:
    return f"{facts['compact']['seconds']:.1f} s; {facts['compact']['mb']:,.0f} MB"


_ROWS: dict[str, Callable[[Facts], str]] = {
    "runs a second": lambda facts: f"{facts['runs_per_s']:,.1f}",
    "a run of the model in a worker": lambda facts: (
        "–" if facts["made_up"] else f"{facts['run_ms']:.0f} ms"
    ),
    "the runner beside it, a run": _beside,
    "memory of the process that hands out, MB": _memory,
    "a million of these: time, room": _million,
    "parts, before and after `compact`": _parts,
    "`compact`": _compact,
    "`status` of a study without runs": lambda facts: (
        f"{facts['start']['seconds']:.1f} s; {facts['start']['mb']:,.0f} MB"
    ),
}


def page(text: str, folder: Path = DOCS) -> str:
    """The page with its table made anew from the stored numbers."""
    measured = read(folder)
    head, rows = head_and_rows(measured)
    codes = sorted({facts["made_on"]["code"] for facts in measured})
    cores = sorted({facts["made_on"]["cores"] for facts in measured})
    note = f"{' or '.join(map(str, cores))} cores; code {', '.join(f'`{one}`' for one in codes)}."
    return renewed(
        text, {"many_runs": lambda: f"{markdown(head, rows)}\n\n{note}" if measured else NOT_YET}
    )


def renew_page(folder: Path = DOCS) -> None:
    """Make the table of the page anew from the stored numbers."""
    path = folder / PAGE
    path.write_text(page(path.read_text(encoding="utf-8"), folder), encoding="utf-8")
