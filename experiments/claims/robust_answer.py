"""From the runs of all variants to the table: what each claim says there, and whether it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from experiments.claims import robust_form as form
from experiments.claims.answer import can_be_asked, decided
from experiments.claims.form import FinalVerdict
from experiments.claims.measures import measure
from experiments.claims.robust_table import BASE
from experiments.claims.runs import Runs
from experiments.claims.table import Claim, Dose, Table
from experiments.intervals import t_interval

__all__ = ["lines_of"]


def lines_of(table: Table, runs: Mapping[str, Runs | None]) -> list[form.Line]:
    """A line a claim. `runs` by variant, the reference among them; None where nothing was run."""
    return [_line(table, claim, runs) for claim in table.claims]


def _line(table: Table, claim: Claim, runs: Mapping[str, Runs | None]) -> form.Line:
    base = runs[BASE]
    reference = _cell(table, claim, BASE, base, base, None)
    cells = [
        _cell(table, claim, name, own, base, reference.verdict)
        for name, own in runs.items()
        if name != BASE
    ]
    return form.Line(
        id=claim.id,
        name=claim.name,
        margin=claim.side * claim.margin,
        reference=reference,
        cells=cells,
        moved=[one.variant for one in cells if _moved(one)],
        doses=[_at(dose.name, reference, cells) for dose in table.doses_of(claim)],
    )


def _at(dose: str, reference: form.Cell, cells: Sequence[form.Cell]) -> form.AtDose:
    """Where the verdict at a dose is that of the reference, and where another."""
    at_reference = _verdict_at(reference, dose)
    verdicts = {one.variant: _verdict_at(one, dose) for one in cells}
    by: dict[str, list[str]] = {name: [] for name in ("same", "flips", "opens", "decides")}
    for variant, verdict in verdicts.items():
        if verdict != "not_asked" and at_reference != "not_asked":
            by[_standing(at_reference, verdict)].append(variant)
    return form.AtDose(
        dose=dose,
        reference=at_reference,
        asked=sum(map(len, by.values())),
        flips=by["flips"],
        opens=by["opens"],
        decides=by["decides"],
        sentence=_sentence(at_reference, verdicts, by),
    )


def _verdict_at(cell: form.Cell, dose: str) -> FinalVerdict:
    found = [one.verdict or "undecided" for one in cell.doses if one.dose == dose]
    return found[0] if found else "not_asked"


def _cell(
    table: Table,
    claim: Claim,
    name: str,
    runs: Runs | None,
    base: Runs | None,
    reference: FinalVerdict | None,
) -> form.Cell:
    """What a claim says under one variant. `reference`: the verdict to compare with; None: itself."""
    doses = [] if runs is None else [d for d in table.doses_of(claim) if _has(claim, d, runs)]
    lead = table.doses_of(claim)[0]
    if runs is None or lead not in doses or not can_be_asked(table, claim, runs.months):
        return form.Cell(
            variant=name, verdict="not_asked", stands="not_asked", effect=None, shift=None,
            identical=False, doses=[],
        )  # fmt: skip
    effects = [decided(table, claim, dose, runs) for dose in doses]
    verdict: FinalVerdict = effects[0].verdict or "undecided"
    shift, identical = None, False
    if base is not None and base is not runs and reference not in (None, "not_asked"):
        shift, identical = _shift(table, claim, lead, runs, base)
    return form.Cell(
        variant=name,
        verdict=verdict,
        stands=_standing(reference or verdict, verdict),
        effect=effects[0],
        shift=shift,
        identical=identical,
        doses=effects,
    )


def _has(claim: Claim, dose: Dose, runs: Runs) -> bool:
    """Whether a variant ran the worlds that the leading measure compares at a dose."""
    return all(name in runs.values for name in claim.worlds_of(claim.leading, dose).names())


def _standing(
    reference: FinalVerdict, verdict: FinalVerdict
) -> Literal["same", "flips", "opens", "decides", "not_asked"]:
    if reference == "not_asked":
        return "not_asked"
    if verdict == reference:
        return "same"
    if verdict == "undecided":
        return "opens"
    return "decides" if reference == "undecided" else "flips"


def _shift(
    table: Table, claim: Claim, dose: Dose, runs: Runs, base: Runs
) -> tuple[form.Shift, bool]:
    """The effect less the reference's over the seeds of both, and whether all are the same bits."""
    worlds = claim.worlds_of(claim.leading, dose)
    own, other = (
        dict(zip(one.cases, measure(claim.leading, worlds, one, table.window_months), strict=True))
        for one in (runs, base)
    )
    pairs = np.array([(own[case], other[case]) for case in own if case in other]).reshape(-1, 2)
    pairs = pairs[~np.isnan(pairs).any(axis=1)]
    if not len(pairs):
        return form.Shift(n=0, mean=None, low=None, high=None), False
    mean, low, high = (float(x) for x in t_interval(pairs[:, 0] - pairs[:, 1]))
    same = bool((pairs[:, 0] == pairs[:, 1]).all())
    return form.Shift(n=len(pairs), mean=mean, low=low, high=high), same


def _moved(one: form.Cell) -> bool:
    """Whether the effect differs from the reference's beyond chance, by its own interval."""
    shift = one.shift
    if shift is None or shift.low is None or shift.high is None:
        return False
    return shift.low > 0.0 or shift.high < 0.0


# --- Words ----------------------------------------------------------------------------------------


def _sentence(
    reference: FinalVerdict, verdicts: Mapping[str, FinalVerdict], by: Mapping[str, Sequence[str]]
) -> str:
    """Does the verdict stand?"""
    asked = sum(map(len, by.values()))
    if not asked:
        return "not asked"
    said = {name: f"{name} ({verdict})" for name, verdict in verdicts.items()}
    if reference == "undecided":
        if not by["decides"]:
            return f"undecided in all {asked}"
        found = ", ".join(said[name] for name in by["decides"])
        return f"undecided at the reference; decided in {found}"
    open_in = f"; open in {', '.join(by['opens'])}" if by["opens"] else ""
    if by["flips"]:
        return f"flips in {', '.join(said[name] for name in by['flips'])}{open_in}"
    if not by["opens"]:
        return f"stands in all {asked}"
    return f"stands in {len(by['same'])} of {asked}, flips in none{open_in}"
