"""Levers, presets and corrections in words, as the browser shows them."""

from __future__ import annotations

from functools import cache
from typing import Any

from model import load_pack
from ui.language import Words
from ui.levers import BY_NAME, CHOICE, FLAG, LEVERS, Lever, evidence_of
from ui.question import Correction, Question
from ui.run_request import HORIZON, PACKS, SCALES, SEEDS
from ui.world_edits import Value

# The library's worlds in the order and groups of the menu.
WORLD_GROUPS = {
    "plant": (
        "plant", "plan", "volume", "enclave", "elsewhere", "delayed", "edge", "expansion", "expansion_large",
        "closure", "second_plant", "plan_delayed", "plan_elsewhere", "protected",
    ),
    "policy": (
        "announced", "mandate", "supplier_fund", "guarantee", "soft_credit", "training",
        "logistics", "procurement", "car_loans", "tariff", "import_fee", "no_exemption",
        "tax_holiday", "package",
    ),
    "shock": (
        "corridor_block", "long_block", "devaluation", "world_price", "export_slump", "remittance_collapse",
        "supplier_outage", "supplier_dip", "policy_reversal",
    ),
    "none": ("none",),
}  # fmt: skip


def lever_props(question: Question, words: Words) -> list[dict[str, Any]]:
    """Every lever with where it stands."""
    evidence = evidence_of(question.pack)
    props = []
    for one in LEVERS:
        grade, source = evidence[one.name]
        usable = question.usable(one)
        props.append(
            {
                "name": one.name, "group": one.group, "kind": one.kind,
                "low": one.low, "high": one.high, "step": one.step, "factor": one.factor,
                "digits": one.digits or None, "usable": usable,
                "value": question.value(one) if usable else (False if one.kind == "flag" else one.low),
                "moved": one.name in question.moved,
                "unit": words(f"units.{one.unit}") if one.unit else "",
                "label": words(f"levers.{one.name}.label"),
                "help": words(f"levers.{one.name}.help"),
                "grade": words(f"lever_panel.grades.{grade}"), "source": source,
                "choices": _choices(one.name, one.choices, words) if one.kind == CHOICE else {},
            }
        )  # fmt: skip
    return props


def _choices(name: str, choices: tuple[str, ...], words: Words) -> dict[str, str]:
    """Choices in words; one that is a number is a number, with its unit."""
    texts: dict[str, str] = {}
    for one in choices:
        if not one.isdecimal():
            texts[one] = words(f"levers.{name}.choices.{one}")
        elif name == "offtake":
            texts[one] = words("levers.offtake.volume", n=words.number(float(one)))
        else:
            texts[one] = one
    return texts


def setup_props(question: Question, words: Words) -> dict[str, Any]:
    """World, pack, scale and seed, with what else there is to choose."""
    return {
        "world": question.world,
        "question": words(f"worlds.{question.world}.question"),
        "worlds": [
            {
                "label": words(f"lever_panel.world_groups.{group}"),
                "worlds": [
                    {"name": name, "title": words(f"worlds.{name}.title")}
                    for name in names
                    if fits(name, question.pack)
                ],
            }
            for group, names in WORLD_GROUPS.items()
        ],
        "pack": question.pack,
        "packs": {name: _pack_title(name, words) for name in PACKS},
        "scale": question.scale,
        "scales": list(SCALES[question.pack]),
        "seed": question.seed,
        "most_seed": SEEDS[1],
        "horizon": HORIZON,
    }


def _pack_title(name: str, words: Words) -> str:
    """A pack's name in the visitor's language, else as the pack gives it."""
    text = f"lever_panel.packs.{name}"
    return words(text) if words.has(text) else load_pack(name).title


@cache
def fits(world: str, pack: str) -> bool:
    """Whether the pack has the plants and regions that the world names."""
    return Question(pack=pack, world=world).possible


def moved_texts(question: Question, words: Words) -> list[str]:
    """Levers that were moved, with their values: "Fee on imported cars: 100,000 KGS a car"."""
    return [
        f"{words(f'levers.{name}.label')}: {value_text(BY_NAME[name], value, words)}"
        for name, value in question.moved.items()
    ]


def value_text(lever: Lever, value: Value, words: Words) -> str:
    """A lever's value in words."""
    if lever.kind == CHOICE:
        return _choices(lever.name, lever.choices, words)[str(value)]
    if lever.kind == FLAG:
        return words("lever_panel.yes" if value else "lever_panel.no")
    shown = float(value) * lever.factor
    digits = lever.digits or (0 if abs(shown - round(shown)) < 1e-9 else 1)
    return f"{words.number(shown, digits)} {words(f'units.{lever.unit}')}".strip()


def notices_of(corrections: list[Correction], words: Words) -> list[str]:
    """What was corrected, one sentence each."""
    return [
        words(
            "explore.not_known" if one.unknown else "explore.correction",
            name=_name(one.name, words), asked=one.asked, used=one.used,
        )
        for one in corrections
    ]  # fmt: skip


def _name(name: str, words: Words) -> str:
    return words(f"levers.{name}.label") if name in BY_NAME else words(f"lever_panel.{name}")
