"""The table of a study beside `mesa.batch_run`: as printed, and as it stands in `docs/batch_run.md`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from experiments import benchmark_table as tables
from experiments.growth import NOT_YET
from experiments.odd_tables import renewed
from experiments.odd_tables import table as markdown

Facts = dict[str, Any]
DOCS = tables.COMMITTED.parent
STORED, PAGE = "batch_run.json", "batch_run.md"
WORLDS_A_SEED = 2
THOUSANDS = 10_000


def read(folder: Path = DOCS) -> Facts | None:
    """What is stored, or None."""
    path = folder / STORED
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def save(facts: Facts, folder: Path = DOCS) -> None:
    """Store what was measured in place of what was before."""
    text = json.dumps(facts, indent=1, sort_keys=True)
    (folder / STORED).write_text(text + "\n", encoding="utf-8")


def head_and_rows(facts: Facts) -> tuple[list[str], list[list[str]]]:
    """The table: a row for each thing compared, and the study over batch_run where it is a number."""
    batch, study = facts["ways"]["batch_run"], facts["ways"]["study"]
    runs = WORLDS_A_SEED * facts["seeds"]
    size = f"{runs} runs of {facts['horizon']} months"
    rows = [
        _row(f"{size}, one process", batch["one"]["seconds"], study["one"]["seconds"], _seconds),
        _row("the same, two processes", batch["two"]["seconds"], study["two"]["seconds"], _seconds),
        _row("memory of the process that asks, then", batch["two"]["mb"], study["two"]["mb"], _mb),
        _row(f"the same with {4 * runs} runs", batch["more"]["mb"], study["more"]["mb"], _mb),
        [
            f"along this line with {THOUSANDS:,}",
            *(_mb(_by_line(one, runs)) for one in (batch, study)),
            "–",
        ],
        ["one seed of ten raises an error", _failed(batch), _failed(study), "–"],
        ["killed (`kill -9`) half-way", _killed(batch, runs), _killed(study, runs), "–"],
        ["the same numbers, bit for bit", "", "yes" if facts["same"] else "**no**", "–"],
    ]
    return ["", "`mesa.batch_run`", "`ornok study`", "ratio"], rows


def _row(what: str, batch: float, study: float, tell: Any) -> list[str]:
    return [what, tell(batch), tell(study), f"{study / batch:.2f}"]


def _seconds(value: float) -> str:
    return f"{value:.1f} s"


def _mb(value: float) -> str:
    return f"{value:,.0f} MB"


def _by_line(way: Facts, runs: int) -> float:
    a_run = (way["more"]["mb"] - way["two"]["mb"]) / (3 * runs)
    return way["two"]["mb"] + max(a_run, 0.0) * (THOUSANDS - runs)


def _failed(way: Facts) -> str:
    kept, failed = way["fails"]["kept"], way["fails"]["failed"]
    if kept == 0:
        return f"the error ends the call: 0 of {10 * WORLDS_A_SEED} kept"
    return f"{kept} of {kept + failed} kept, {failed} recorded with seed, parameters and traceback"


def _killed(way: Facts, runs: int) -> str:
    kept, again = way["killed"]["kept"], way["killed"]["again"]
    if not again:
        return f"{kept} of {runs} kept; begin again"
    return f"{kept} of {runs} kept; the other {again['now']} took {again['seconds']:.1f} s"


def page(text: str, folder: Path = DOCS) -> str:
    """The page with its table made anew from the stored numbers."""
    facts = read(folder)
    if facts is None:
        return renewed(text, {"batch_run": lambda: NOT_YET})
    made = facts["made_on"]
    note = (
        f"{made['system']} {made['machine']}, {made['cores']} cores, Python {made['python']}; code "
        f"`{made['code']}`. Ratio: the study over `batch_run`, measured one after the other."
    )
    return renewed(text, {"batch_run": lambda: f"{markdown(*head_and_rows(facts))}\n\n{note}"})


def renew_page(folder: Path = DOCS) -> None:
    """Make the table of the page anew from the stored numbers."""
    path = folder / PAGE
    path.write_text(page(path.read_text(encoding="utf-8"), folder), encoding="utf-8")
