"""From runs to answers: every measure at every dose, the verdict at the reference, and what flips it."""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.claims import form
from experiments.claims.conditions import cases_of, flip_of, no_flip
from experiments.claims.decide import Decision, decide
from experiments.claims.figure_data import figure_of
from experiments.claims.measures import measure, window_of
from experiments.claims.runs import Runs
from experiments.claims.table import SHOCK_KINDS, Claim, Dose, Measure, Table
from experiments.claims.words import Text, named, number, say, unit_of
from model.calendar_months import date_of

__all__ = ["answer", "answer_all", "can_be_asked", "decided"]

LEAST_LEFT = 12  # months of a run after the last dated event of a claim's worlds


def answer_all(table: Table, reference: Runs, ranges: Runs | None) -> list[form.Answer]:
    """All claims, in order. `ranges`: runs over the parameters, if there are any."""
    return [answer(table, claim, reference, ranges) for claim in table.claims]


def answer(table: Table, claim: Claim, reference: Runs, ranges: Runs | None) -> form.Answer:
    """One claim: decided at its first dose by the reference runs, and flipped over the ranges."""
    if not can_be_asked(table, claim, reference.months):
        return _not_asked(table, claim, reference.months)
    doses = table.doses_of(claim)
    at_doses = [decided(table, claim, dose, reference) for dose in doses]
    lead = at_doses[0]
    at_reference: form.FinalVerdict = lead.verdict or "undecided"
    cases = None if ranges is None else cases_of(table, claim, ranges)
    flip = no_flip("flip.not_run") if cases is None else flip_of(table, claim, cases, at_reference)
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
        figure=figure_of(claim, doses, reference, cases, flip),
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
        flip=no_flip("reason.not_asked"),
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
            unit=unit_of(claim, claim.leading),
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
        unit=unit_of(claim, one),
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


def decided(table: Table, claim: Claim, dose: Dose, runs: Runs) -> form.Effect:
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
