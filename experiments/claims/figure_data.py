"""The data of a claim's figures: worlds and effect over time by dose, and cases over the ranges."""

from __future__ import annotations

import numpy as np

from experiments.claims import form
from experiments.claims.conditions import Cases
from experiments.claims.measures import YEAR, series_of
from experiments.claims.runs import Runs
from experiments.claims.table import SHOCK_KINDS, Claim, Dose
from experiments.claims.words import Text, named, say, unit_of
from experiments.intervals import t_interval
from experiments.outcomes import outcomes, yearly_unit
from model.calendar_months import date_of

__all__ = ["figure_of"]


def figure_of(
    claim: Claim, doses: list[Dose], runs: Runs, cases: Cases | None, flip: form.Flip
) -> form.Figure:
    """Lines at each dose from runs at the reference, and cases over the ranges if there are any."""
    lines, dates, every = [], [], YEAR
    for dose in doses:
        over_time = series_of(claim.leading, claim.worlds_of(claim.leading, dose), runs)
        whole = ~np.isnan(over_time.effect).any(axis=1)
        if not whole.any():
            continue
        every, dates = over_time.every, [date_of(int(x)) for x in over_time.periods]
        mean, low, high = t_interval(over_time.effect[whole])
        levels = (x[whole].mean(axis=0) for x in (over_time.treated, over_time.control))
        treated, control = levels
        lines.append(
            form.Line(
                dose=dose.name,
                treated=treated.tolist(),
                control=control.tolist(),
                mean=mean.tolist(),
                low=low.tolist(),
                high=high.tolist(),
            )
        )
    scatter = None if cases is None else _scatter(claim, cases, flip)
    return form.Figure(
        unit=unit_of(claim, claim.leading),
        level_unit=level_unit(claim),
        every_months=every,
        dates=dates,
        lines=lines,
        scatter=scatter,
    )


def level_unit(claim: Claim) -> Text:
    """The unit of the worlds' own levels: the effect's, or the outcome's a year where that is relative."""
    lead = claim.leading
    if lead.kind in ("relative", "kept"):
        return named(f"{claim.id}.level_unit", yearly_unit(outcomes()[lead.outcomes[0]]))
    if lead.kind in SHOCK_KINDS:
        return say("level.shock")
    return unit_of(claim, lead)


def _scatter(claim: Claim, cases: Cases, flip: form.Flip) -> form.Scatter | None:
    """Cases over the (at most two) parameters that tell most, or none where nothing does."""
    if flip.condition is None:
        return None
    leading = sorted(flip.condition.bounds, key=lambda one: one.quasi_p or 0.0)[:2]
    known = ~np.isnan(cases.effects)
    names = [one.parameter for one in leading]
    effects = cases.effects[known]
    return form.Scatter(
        parameters=names,
        words=[one.words for one in leading],
        values=[cases.x[name].to_numpy(float)[known].tolist() for name in names],
        effect=effects.tolist(),
        holds=(claim.side * effects > claim.margin).tolist(),
        dose=[cases.doses[k].name for k in cases.dose[known]],
    )
