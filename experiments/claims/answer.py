"""From runs to answers: every measure at every dose, the verdict at the reference, and what flips it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims import form
from experiments.claims.decide import Decision, decide
from experiments.claims.flips import Condition, Flip, find_flip, shares_by_dose
from experiments.claims.measures import measure, series_of, window_of
from experiments.claims.runs import Runs
from experiments.claims.table import SHOCK_KINDS, Claim, Dose, Measure, Table
from experiments.claims.words import Text, named, number, percent, say
from experiments.intervals import t_interval
from model.calendar_months import date_of

__all__ = ["OFFTAKE", "answer", "answer_all"]

OFFTAKE = "offtake"
YEAR = 12
LEAST_LEFT = 12  # months of a run after the last dated event of a claim's worlds


def answer_all(table: Table, reference: Runs, ranges: Runs | None) -> list[form.Answer]:
    """All claims, in order. `ranges`: runs over the parameters, if there are any."""
    return [answer(table, claim, reference, ranges) for claim in table.claims]


def answer(table: Table, claim: Claim, reference: Runs, ranges: Runs | None) -> form.Answer:
    """One claim: decided at its first dose by the reference runs, and flipped over the ranges."""
    if not can_be_asked(table, claim, reference.months):
        return _not_asked(table, claim, reference.months)
    doses = table.doses_of(claim)
    at_doses = [_decided(table, claim, dose, reference) for dose in doses]
    lead = at_doses[0]
    at_reference: form.FinalVerdict = lead.verdict or "undecided"
    cases = None if ranges is None else _cases(table, claim, ranges)
    flip = _no_flip("flip.not_run") if cases is None else _flip(table, claim, cases, at_reference)
    verdict = "only_if" if flip.confirmed else at_reference
    beside = claim.measures[1:]
    return form.Answer(
        **_texts(table, claim, reference.months),
        verdict=verdict,
        verdict_text=say(f"verdict.{verdict}"),
        at_reference=at_reference,
        reason=lead.reason or say("reason.few"),
        effect=lead,
        doses=at_doses,
        flip=flip,
        supporting=[_effect(table, claim, x, d, reference)[0] for x in beside for d in doses],
        figure=_figure(claim, doses, reference, cases, flip),
    )


def _not_asked(table: Table, claim: Claim, months: int) -> form.Answer:
    return form.Answer(
        **_texts(table, claim, months),
        verdict="not_asked",
        verdict_text=say("verdict.not_asked"),
        at_reference="not_asked",
        reason=say("reason.not_asked"),
        effect=None,
        doses=[],
        flip=_no_flip("reason.not_asked"),
        supporting=[],
        figure=None,
    )


def _texts(table: Table, claim: Claim, months: int) -> dict[str, Any]:
    """What an answer takes from the table as it is."""
    first, end = window_of(claim.leading, months, table.window_months)
    margin = number(claim.margin)
    return {
        "id": claim.id,
        "name": named(f"{claim.id}.name", claim.name),
        "quote": named(f"{claim.id}.quote", claim.quote),
        "statement": named(f"{claim.id}.statement", claim.statement, margin=margin),
        "side": claim.side,
        "margin": form.Margin(
            value=claim.margin,
            unit=_unit(claim, claim.leading),
            why=named(f"{claim.id}.margin_why", claim.margin_why),
            grade=claim.margin_grade,
            bar=claim.bar,
        ),
        "window": form.Window(first=date_of(first), last=date_of(end - 1)),
        "limits": [named(f"{claim.id}.limit.{k}", x) for k, x in enumerate(claim.limits, start=1)],
    }


def can_be_asked(table: Table, claim: Claim, months: int) -> bool:
    """Whether a horizon reaches beyond every dated event and closing that makes the claim's worlds."""
    lead = claim.leading
    if lead.kind in SHOCK_KINDS and window_of(lead, months, 0)[1] > months:
        return False
    for dose in table.doses_of(claim):
        for name in claim.worlds_of(lead, dose).names():
            spec = table.made(name)
            dated = [] if spec is None or spec.events_of is None else spec.make().events
            if any(event.period > months - LEAST_LEFT for event in dated):
                return False
    return True


# --- Effects --------------------------------------------------------------------------------------


def _unit(claim: Claim, one: Measure) -> Text:
    return named(f"{claim.id}.unit.{one.id}", one.unit)


def _effect(
    table: Table, claim: Claim, one: Measure, dose: Dose, runs: Runs
) -> tuple[form.Effect, Decision]:
    """A measure at a dose with its interval, and the claim's rule applied to it."""
    worlds = claim.worlds_of(one, dose)
    inside = window_of(one, runs.months, table.window_months)[1] <= runs.months
    values = measure(one, worlds, runs, table.window_months) if inside else np.empty(0)
    found = decide(values, claim.margin, claim.side, bar=claim.bar)
    effect = form.Effect(
        measure=one.id,
        words=named(f"{claim.id}.measure.{one.id}", one.words),
        unit=_unit(claim, one),
        dose=dose.name,
        treated=worlds.treated,
        control=worlds.control,
        n=found.n,
        left_out=len(values) - found.n,
        mean=found.mean,
        low=found.low,
        high=found.high,
        sd=found.sd,
    )
    return effect, found


def _decided(table: Table, claim: Claim, dose: Dose, runs: Runs) -> form.Effect:
    """The leading measure at a dose, with the verdict there."""
    effect, found = _effect(table, claim, claim.leading, dose, runs)
    return form.Effect(
        **{
            **effect.model_dump(),
            "verdict": found.verdict,
            "reason": reason_of(found, claim),
            "p_equivalence": found.p_equivalence,
            "seeds_needed": found.seeds_needed,
        }
    )


def reason_of(found: Decision, claim: Claim) -> Text:
    """Why the rule says what it says."""
    margin = f"{number(claim.side * claim.margin, signed=not claim.bar)} {claim.leading.unit}"
    if found.reason == "none":
        plain = f"{number(claim.margin)} {claim.leading.unit}"
        return say("reason.none", margin=plain, p=f"{max(found.p_equivalence, 0.001):.3f}")
    if found.reason in ("maybe_small", "unclear"):
        seeds = found.seeds_needed
        many = f"{seeds:,.0f}" if seeds == seeds and seeds < 1e6 else "a great many"
        return say(f"reason.{found.reason}", margin=margin, seeds=many)
    if found.reason in ("beyond", "small"):
        return say(f"reason.{found.reason}", margin=margin)
    return say(f"reason.{found.reason}")


# --- Over the ranges ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Cases:
    """Cases of a claim over the ranges: what describes each, and its effect."""

    x: pd.DataFrame
    effects: np.ndarray
    points: np.ndarray
    dose: np.ndarray
    doses: list[Dose]


def _cases(table: Table, claim: Claim, ranges: Runs) -> _Cases:
    doses = table.doses_of(claim)
    frames, effects = [], []
    points = np.array([point for point, _ in ranges.cases])
    first = window_of(claim.leading, ranges.months, table.window_months)[0]
    for dose in doses:
        worlds = claim.worlds_of(claim.leading, dose)
        x = ranges.parameters().astype(float)
        if len(doses) > 1:
            x[OFFTAKE] = float(dose.cars)
        for feature in claim.features:
            seen = ranges.series(worlds.treated_calm or worlds.treated, [feature.outcome])
            x[feature.outcome] = seen[:, max(first - YEAR, 0) : max(first, 1)].mean(axis=1)
        frames.append(x)
        effects.append(measure(claim.leading, worlds, ranges, table.window_months))
    n = len(points)
    return _Cases(
        pd.concat(frames, ignore_index=True),
        np.concatenate(effects),
        np.tile(points, len(doses)),
        np.repeat(np.arange(len(doses)), n),
        doses,
    )


def _flip(table: Table, claim: Claim, cases: _Cases, at_reference: form.FinalVerdict) -> form.Flip:
    found = find_flip(
        cases.x,
        cases.effects,
        cases.points,
        margin=claim.margin,
        side=claim.side,
        bar=claim.bar,
        reference=at_reference if at_reference in ("holds", "fails") else "undecided",
    )
    names = [dose.name for dose in cases.doses]
    shares = shares_by_dose(names, cases.dose, cases.effects, claim.margin, claim.side)
    condition = None
    if found.condition is not None:
        condition = _condition(table, claim, cases.x, found, found.condition)
    return form.Flip(
        target="fails" if found.target == "fails" else "holds",
        outcome=found.outcome,
        confirmed=found.found,
        share_holds=found.share,
        cases=found.cases,
        by_dose=[form.ShareAtDose(dose=k, share=s, cases=n) for k, (s, n) in shares.items()],
        condition=condition,
        text=_flip_text(found, condition),
    )


def _no_flip(why: str) -> form.Flip:
    return form.Flip(
        target="holds",
        outcome="not run",
        confirmed=False,
        share_holds=None,
        cases=0,
        by_dose=[],
        condition=None,
        text=say(why),
    )


def _flip_text(found: Flip, condition: form.Condition | None) -> Text:
    cases, share = f"{found.cases:,}", percent(found.share)
    if found.found and condition is not None:
        return condition.text
    if found.outcome == "no pattern":
        return say("flip.no_pattern", share=share, cases=cases)
    if found.share in (0.0, 1.0):
        return say("flip.never" if found.share == 0.0 else "flip.always", cases=cases)
    return say("flip.few", share=share, cases=cases)


def _condition(
    table: Table, claim: Claim, x: pd.DataFrame, flip: Flip, found: Condition
) -> form.Condition:
    bounds, phrases = [], []
    for one in found.bounds:
        words = _words_of(table, claim, one.parameter)
        low, high = (None if end is None else float(f"{end:.2g}") for end in (one.low, one.high))
        if low is not None and low == high:
            phrase = say("bound.is", words=words.en, low=number(low))
        elif low is not None and high is not None:
            phrase = say("bound.between", words=words.en, low=number(low), high=number(high))
        elif low is not None:
            phrase = say("bound.at_least", words=words.en, low=number(low))
        else:
            phrase = say("bound.at_most", words=words.en, high=number(high or 0.0))
        phrases.append(phrase.en)
        bounds.append(
            form.Bound(
                parameter=one.parameter,
                words=words,
                low=one.low,
                high=one.high,
                range_low=float(x[one.parameter].min()),
                range_high=float(x[one.parameter].max()),
                quasi_p=one.quasi_p,
            )
        )
    held = found.held_out
    joined = say("bound.and").en.join(phrases)
    return form.Condition(
        bounds=bounds,
        coverage=found.coverage,
        density=found.density,
        mass=found.mass,
        held_out_density=found.held_out_density,
        held_out_cases=found.held_out_cases,
        held_out_mean=None if held is None else held.mean,
        held_out_low=None if held is None else held.low,
        held_out_high=None if held is None else held.high,
        text=say("flip.found", verdict=say(f"verdict.{flip.target}").en, bounds=joined),
    )


def _words_of(table: Table, claim: Claim, name: str) -> Text:
    if name == OFFTAKE:
        return say("offtake")
    for feature in claim.features:
        if feature.outcome == name:
            return named(f"{claim.id}.feature.{name}", feature.words)
    words = {one.name: one.words for one in table.parameters}
    return named(f"parameter.{name}", words.get(name, name))


# --- Figures --------------------------------------------------------------------------------------


def _figure(
    claim: Claim, doses: list[Dose], runs: Runs, cases: _Cases | None, flip: form.Flip
) -> form.Figure:
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
    unit = _unit(claim, claim.leading)
    return form.Figure(unit=unit, every_months=every, dates=dates, lines=lines, scatter=scatter)


def _scatter(claim: Claim, cases: _Cases, flip: form.Flip) -> form.Scatter | None:
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
