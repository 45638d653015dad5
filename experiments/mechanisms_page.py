"""The survey of mechanisms as a page of `docs/`; it holds no date, so equal code gives it again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.odd_tables import table as markdown
from experiments.outcomes import readable
from experiments.provenance import versions
from model.worlds import date_of

if TYPE_CHECKING:
    from experiments.mechanisms import Survey

SCALE, HORIZON = 20.0, 192
COMMAND = "python -m experiments.mechanisms --write"

_HEAD = """# Which mechanisms act

Every mechanism of the model is switched on and off in the same world with the same seed. It *acts*
when the outcome named for it differs in any month. A mechanism that is on by default is compared
with the same world at its neutral values; a lever or a shock with the same world without it. Where
the reference case leaves a mechanism idle, it is tried at settings that are just as believable,
and its line says at which of them it acts.

Written by `{command}`: kyrgyzstan, scale {scale:g}, {horizon} months, {seeds}, code `{code}`,
{runs} runs. `ornok mechanisms NAME` repeats a line.

A change is the mean from the first month in which the outcome differs to the last month, flows per
year. {chance}
"""
_ONE_SEED = (
    "With one seed it holds chance too: two runs that once differ drift apart in everything, so a "
    "small change of jobs, sales or entries is no estimate of an effect. That a mechanism acts, and "
    "from when on, is exact."
)
_SEEDS = (
    "Behind ± is half of the 95 % interval over seeds; a change within it is not known to differ "
    "from nothing. That a mechanism acts, and from when on, is exact."
)


def write_page(found: Survey, path: Path) -> None:
    """Write the page."""
    path.write_text(page(found), encoding="utf-8")


def page(found: Survey) -> str:
    """The page as Markdown."""
    lines: list[Mapping[Any, Any]] = [*found.table.to_dict("records")]
    seeds = max((int(line["seeds"]) for line in lines), default=0)
    head = _HEAD.format(
        command=COMMAND + (f" --seeds {seeds}" if seeds > 1 else ""), scale=SCALE, horizon=HORIZON,
        seeds=f"seeds 1 to {seeds}" if seeds > 1 else "seed 1", code=versions()["code"],
        runs=found.setups, chance=_SEEDS if seeds > 1 else _ONE_SEED,
    )  # fmt: skip
    at_home = [line for line in lines if line["acts_at_defaults"]]
    elsewhere = [line for line in lines if line["acts_when_plausible"] is True]
    nowhere = [one for one in lines if one not in at_home and one not in elsewhere]
    parts = [
        head,
        f"## Idle in the reference case: {len(elsewhere) + len(nowhere)} of {len(lines)}\n",
        _idle(elsewhere, nowhere),
        f"## At work in the reference case: {len(at_home)} of {len(lines)}\n",
        _table(at_home),
    ]
    return "\n".join(parts) + "\n"


def _idle(elsewhere: list[Mapping[Any, Any]], nowhere: list[Mapping[Any, Any]]) -> str:
    parts = []
    if elsewhere:
        rows = [
            (f"`{line['mechanism']}`", line["meaning"], line["reason"], where(line),
             f"`{line['outcome']}`", change(line), since(line))
            for line in elsewhere
        ]  # fmt: skip
        head = ("mechanism", "what it is", "why nothing changes", "acts at", "outcome", "change",
                "first in")  # fmt: skip
        parts.append(
            "They change nothing there. Results about them hold for the settings named only.\n\n"
            + markdown(head, rows)
        )
    if nowhere:
        rows3 = [
            (f"`{line['mechanism']}`", line["meaning"], line["reason"], f"`{line['outcome']}`")
            for line in nowhere
        ]
        parts.append(
            "### Idle wherever it was tried\n\n"
            + markdown(("mechanism", "what it is", "why nothing changes", "outcome"), rows3)
        )
    return "\n\n".join(parts or ["None."]) + "\n"


def _table(lines: list[Mapping[Any, Any]]) -> str:
    rows = [
        (f"`{line['mechanism']}`", line["meaning"], where(line), f"`{line['outcome']}`",
         change(line), since(line))
        for line in lines
    ]  # fmt: skip
    return markdown(("mechanism", "what it is", "world", "outcome", "change", "first in"), rows)


def where(line: Mapping[Any, Any]) -> str:
    """World and settings of a line."""
    settings = f" with `{line['settings']}`" if line["settings"] else ""
    return f"`{line['world']}`{settings}"


def change(line: Mapping[Any, Any]) -> str:
    """Change with unit, and half of the interval with several seeds."""
    unit = str(line["unit"])
    said = readable(float(line["change"]), unit, signed=True)
    if line["low"] == line["low"]:
        said += f" ± {readable((line['high'] - line['low']) / 2.0, unit)}"
    return f"{said} {unit}"


def since(line: Mapping[Any, Any]) -> str:
    """The month of the first difference; and in how many seeds, where not in all."""
    first = line["months_to_first"]
    if first is None or first != first:
        return "–"
    some = line["seeds_acting"] < line["seeds"]
    return date_of(int(first)) + (f" ({line['seeds_acting']} of {line['seeds']})" if some else "")
