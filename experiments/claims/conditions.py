"""What the runs over the ranges say of a claim, in the form of the answers: shares, condition, words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.claims import form
from experiments.claims.flips import Condition, Flip, find_flip, shares_by_dose
from experiments.claims.measures import YEAR, measure, window_of
from experiments.claims.runs import Runs
from experiments.claims.table import Claim, Dose, Table
from experiments.claims.words import Text, named, number, percent, say

__all__ = ["OFFTAKE", "Cases", "cases_of", "flip_of", "no_flip"]

OFFTAKE = "offtake"


@dataclass(frozen=True)
class Cases:
    """Cases of a claim over the ranges: what describes each, and its effect."""

    x: pd.DataFrame
    effects: np.ndarray
    points: np.ndarray
    dose: np.ndarray
    doses: list[Dose]


def cases_of(table: Table, claim: Claim, ranges: Runs) -> Cases:
    """Every point, seed and dose of the runs over the ranges, with parameters and features."""
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
    return Cases(
        pd.concat(frames, ignore_index=True),
        np.concatenate(effects),
        np.tile(points, len(doses)),
        np.repeat(np.arange(len(doses)), n),
        doses,
    )


def flip_of(table: Table, claim: Claim, cases: Cases, at_reference: form.FinalVerdict) -> form.Flip:
    """The condition under which a claim comes out otherwise than at the reference, if there is one."""
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


def no_flip(why: str) -> form.Flip:
    """Nothing over the ranges; `why`: the key of the sentence that says so."""
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
