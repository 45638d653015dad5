"""The answers of the claims as the page shows them: words and numbers, no rule of its own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from experiments.claims import form
from experiments.claims.stored import committed, is_of_this_code
from experiments.claims.studies import DEFAULT
from model import World
from ui.claim_words import ClaimWords
from ui.language import Words
from ui.question import WITHOUT

# Which lesson (experiments/lessons/lessons.toml) goes with a claim.
LESSONS = {
    "C1": ("plant",), "C2": ("plant",), "C4": ("plant", "seeds"), "C5": ("knowhow",), "C6": ("knowhow",),
    "C9": ("kits",), "C10": ("border",), "C12": ("kits", "founders"), "C13": ("seeds",),
}  # fmt: skip
OFFTAKE = "offtake"  # the dose, in cars a year
# Worlds of the library that ask most nearly what a claim's own worlds ask.
NEAREST = {"C10": ("corridor_block", "plant"), "C13": ("policy_reversal", "plant")}


def claim_props(words: Words) -> dict[str, Any]:
    """Everything on the page but its fixed texts."""
    answers = committed()
    said = ClaimWords(words)
    doses = {one.name: said.text(one.words) for one in answers.doses}
    # Where a parameter stands in the worlds of the answers; offtake in the reference, the first dose.
    now = {one.name: one.default for one in answers.parameters}
    now |= {OFFTAKE: float(answers.doses[0].cars)}
    return {
        "made": _made(answers.made, len(answers.parameters), words),
        "claims": [
            _claim(one, doses, said) | {"condition": _condition(one, now, said)}
            for one in answers.claims
        ],
        "counts": _counts(answers, said),
    }


def _made(made: form.Made, parameters: int, words: Words) -> dict[str, Any]:
    return {
        "current": is_of_this_code(made),
        "few": made.seeds < int(DEFAULT.seeds or 0) or made.missing > 0,
        "text": words(
            "claims.made",
            date=made.date[:10], seeds=words.number(made.seeds), points=words.number(made.points),
            parameters=words.number(parameters), runs=words.number(made.runs),
            failed=words.number(made.failed), missing=words.number(made.missing),
            scale=words.number(made.scale), code=made.code, pack=made.pack,
        ),
    }  # fmt: skip


def _counts(answers: form.Answers, said: ClaimWords) -> list[dict[str, Any]]:
    kinds = ("holds", "only_if", "undecided", "fails", "not_asked")
    counted = {kind: sum(one.verdict == kind for one in answers.claims) for kind in kinds}
    return [
        {"kind": kind, "text": said.sentence(f"verdict.{kind}"), "n": n}
        for kind, n in counted.items()
        if n
    ]


def _claim(one: form.Answer, doses: dict[str, str], said: ClaimWords) -> dict[str, Any]:
    effect = one.effect
    shown: dict[str, Any] = {
        "id": one.id,
        "name": said.text(one.name),
        "quote": said.text(one.quote),
        "statement": said.text(one.statement, margin=said.number(one.margin.value)),
        "verdict": one.verdict,
        "verdict_text": said.sentence(f"verdict.{one.verdict}"),
        "at_reference": said.sentence(f"verdict.{one.at_reference}"),
        "reason": said.reason(one, one.reason),
        "effect": said.effect(effect),
        "margin": said.margin(one),
        "why": said.text(one.margin.why),
        "grade": one.margin.grade,
        "window": f"{said.words.month(one.window.first)} – {said.words.month(one.window.last)}",
        "limits": [said.text(x) for x in one.limits],
        "flip": said.flip(one.flip),
        "doses": _doses(one, doses, said),
        "beside": _beside(one, said),
        "figure": None if one.figure is None else _figure(one, one.figure, doses, said),
        "lessons": list(LESSONS.get(one.id, ())),
        "links": _links(one),
        "measure": "", "unit": "", "worlds": [], "n": 0, "left_out": "",
    }  # fmt: skip
    if effect is not None:
        every = str(effect.n + effect.left_out)
        shown |= {
            "measure": said.text(effect.words),
            "unit": said.text(effect.unit),
            "worlds": [effect.treated, effect.control],
            "n": effect.n,
            "left_out": said.sentence("left_out", n=str(effect.left_out), all=every)
            if effect.left_out
            else "",
        }
    return shown


def _doses(one: form.Answer, doses: dict[str, str], said: ClaimWords) -> list[dict[str, str]]:
    shares = {share.dose: share.share for share in one.flip.by_dose}
    return [
        {
            "dose": doses[effect.dose],
            "effect": said.effect(effect),
            "verdict": effect.verdict or "",
            "text": said.sentence(f"verdict.{effect.verdict}") if effect.verdict else "–",
            "share": said.percent(shares.get(effect.dose)),
        }
        for effect in one.doses
    ]


def _beside(one: form.Answer, said: ClaimWords) -> list[dict[str, Any]]:
    """Other measures: a row each, a cell a dose."""
    rows: dict[str, dict[str, Any]] = {}
    for effect in one.supporting:
        start = {"words": said.text(effect.words), "unit": said.text(effect.unit), "cells": []}
        rows.setdefault(effect.measure, start)["cells"].append(said.effect(effect, unit=False))
    return list(rows.values())


def _figure(
    one: form.Answer, figure: form.Figure, doses: dict[str, str], said: ClaimWords
) -> dict[str, Any]:
    scatter = figure.scatter
    cases = None
    if scatter is not None and scatter.values and scatter.parameters:
        cases = {
            "x": said.text(scatter.words[0]),
            "parameter": scatter.parameters[0],
            "values": scatter.values[0],
            "effect": scatter.effect,
            "holds": scatter.holds,
            "dose": [doses.get(name, name) for name in scatter.dose],
        }
    return {
        "unit": said.text(figure.unit),
        "dates": [date[:4] if figure.every_months == 12 else date for date in figure.dates],
        "mark": one.side * one.margin.value,
        "lines": [
            {"name": doses[line.dose], "mean": line.mean, "low": line.low, "high": line.high}
            for line in figure.lines
        ],
        "cases": cases,
    }


def _condition(one: form.Answer, now: dict[str, float], said: ClaimWords) -> dict[str, Any] | None:
    found = one.flip.condition
    if found is None:
        return None
    quality = said.sentence(
        "flip.quality",
        coverage=said.percent(found.coverage), density=said.percent(found.density),
        held=said.percent(found.held_out_density), cases=str(found.held_out_cases),
    )  # fmt: skip
    return {
        "confirmed": one.flip.confirmed,
        "text": said.condition(one.flip.target, found.bounds),
        "quality": quality,
        "bounds": [
            {
                "words": said.text(bound.words).rstrip(","),
                "parameter": bound.parameter,
                "low": bound.low,
                "high": bound.high,
                "from": said.number(bound.low) if bound.low is not None else "",
                "to": said.number(bound.high) if bound.high is not None else "",
                "now": said.number(now.get(bound.parameter)),
                "range": f"{said.number(bound.range_low)} – {said.number(bound.range_high)}",
            }
            for bound in found.bounds
        ],
    }


def _links(one: form.Answer) -> dict[str, str]:
    """Where the claim can be looked at: its worlds in Compare, or the nearest of the library."""
    if one.effect is None:
        return {}
    treated, control = NEAREST.get(one.id, (one.effect.treated, one.effect.control))
    if not {treated, control} <= set(World.names()):
        return {}
    sides = {"a": urlencode({"world": treated})}
    if control != WITHOUT:
        sides["b"] = urlencode({"world": control})
    links = {"compare": f"/compare?{urlencode(sides)}"}
    if control == WITHOUT:
        links["explore"] = f"/explore?{urlencode({'world': treated})}"
    return links
