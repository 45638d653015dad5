"""What the page Model shows: description, parameters, data, evidence, limits, versions. No numbers of its own."""

from __future__ import annotations

import csv
import json
import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import model
from experiments.evidence import page as evidence
from experiments.evidence.runs import code_version
from model import load_pack
from model.pack_tables import TABLES
from model.parameter_fields import GRADES
from ui.language import Words
from ui.odd_page import anchors, sections

PARTS = ("odd", "parameters", "data", "evidence", "limits", "version")
_PACKAGES = ("mesa", "numba", "numpy", "pandas", "solara")


def part_props(part: str, chosen: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """What one part needs; `chosen`: section, pack and table, already within their bounds."""
    if part == "odd":
        shown = sections()[chosen["section"]]
        return {
            "titles": [one.title for one in sections()],
            "section": chosen["section"],
            "html": shown.html,
            "anchors": anchors(),
        }
    if part == "parameters":
        return parameter_props(chosen["pack"])
    if part == "data":
        return data_props(chosen["pack"], chosen["table"])
    if part == "evidence":
        return evidence_props(words)
    if part == "version":
        return {"facts": version_facts()}
    return {"limits": words.part("limits")["limits"]}


# --- Parameters and data --------------------------------------------------------------------------


@cache
def parameter_props(pack: str) -> dict[str, Any]:
    """Every parameter as the pack sets it."""
    found = load_pack(pack).params().describe()
    rows = [
        {
            "name": one.name, "value": _plain(one.value), "unit": one.unit,
            "low": _plain(one.low), "high": _plain(one.high),
            "grade": one.grade, "source": one.source, "meaning": one.meaning,
        }
        for one in found
    ]  # fmt: skip
    return {"pack": pack, "rows": rows, "grades": _grades(one.grade for one in found)}


def _plain(value: Any) -> Any:
    """A number, a text, or nothing: what JSON can hold."""
    if value is None or isinstance(value, bool | str):
        return None if value is None else str(value).lower() if isinstance(value, bool) else value
    return float(f"{value:.6g}")


def _grades(grades: Any) -> list[dict[str, Any]]:
    counted = Counter(grades)
    return [{"grade": grade, "n": counted.get(grade, 0)} for grade in GRADES]


@cache
def data_props(pack: str, table: str) -> dict[str, Any]:
    """The tables of a pack, and one of them row by row."""
    tables = [
        {"name": name, "rows": len(read_table(pack, name)), "grades": _grades(_column(pack, name))}
        for name in TABLES
    ]
    rows = read_table(pack, table)
    return {
        "pack": pack,
        "table": table,
        "tables": tables,
        "columns": list(rows[0]) if rows else list(TABLES[table]),
        "cells": [list(row.values()) for row in rows],
    }


def _column(pack: str, table: str) -> list[str]:
    return [row["grade"] for row in read_table(pack, table)]


@cache
def read_table(pack: str, table: str) -> list[dict[str, str]]:
    """The rows of a pack's table as they stand in the file."""
    path = Path(model.__file__).parent / "data" / pack / table
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- Evidence -------------------------------------------------------------------------------------


@cache
def stored_evidence() -> dict[str, Any]:
    """What `ornok evidence --save` has left in the package."""
    kept = evidence.KEPT
    return dict(json.loads(kept.read_text(encoding="utf-8"))) if kept.exists() else {}


def evidence_props(words: Words) -> dict[str, Any]:
    """Every target with every row: passed or failed."""
    stored = stored_evidence()
    if not stored:
        return {"targets": [], "totals": words("model.evidence_none"), "record": []}
    targets = [_target(name, one, words) for name, one in stored["targets"].items()]
    found = stored["targets"].values()
    seeds = sorted({len(one["seeds"]) for one in found})
    current = {one["code"] for one in found} == {code_version()}
    return {
        "targets": targets,
        "totals": words(
            "model.evidence_totals", n=len(targets), strict=sum(x["strict"] for x in found),
            weak=sum(x["weak"] for x in found), emergent=evidence.emergent_targets(found),
        ),
        "made": words(
            "model.evidence_made", date=stored["made"], commit=stored["commit"], pack=stored["pack"],
            seeds=" / ".join(map(str, seeds)), scale=words.number(next(iter(found))["scale"]),
        ),
        "current": current,
        "record": [_recorded(one, words) for one in stored.get("record", [])],
    }  # fmt: skip


@cache
def read_evidence_texts(language: str) -> dict[str, dict[str, str]]:
    """What rows, units and bands are called in a language; nothing for English, which the rows bring along."""
    path = Path(__file__).parent / "evidence_texts" / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _said(kind: str, key: str, english: str, words: Words) -> str:
    return read_evidence_texts(words.language).get(kind, {}).get(key, english)


def _band(written: str, words: Words) -> str:
    for english, other in read_evidence_texts(words.language).get("band", {}).items():
        written = written.replace(english, other)
    return words.written(written)


def _target(name: str, one: Mapping[str, Any], words: Words) -> dict[str, Any]:
    decisive = [row for row in one["rows"] if row["decisive"]]
    tried = [c for c in one["controls"] if c["holds"] is not None]
    return {
        "name": name,
        "title": words(f"model.targets.{name}"),
        "word": evidence.target_word(one),
        "strict": sum(row["strict"] for row in decisive),
        "weak": sum(row["weak"] for row in decisive),
        "of": len(decisive),
        "labels": list(dict.fromkeys(row["label"] for row in decisive)),
        "controls": f"{sum(c['holds'] for c in tried)} / {len(tried)}",
        "baselines": sum(bool(x) for x in one["baselines"].values()),
        "rows": [_row(row, words) for row in one["rows"]],
        "notes": [f"{row['row']}: {row['note']}" for row in one["rows"] if row["note"]],
        "checks": [
            {"kind": c["kind"], "what": c["what"], "holds": c["holds"]} for c in one["controls"]
        ],
    }


def _row(row: Mapping[str, Any], words: Words) -> dict[str, Any]:
    return {
        "name": row["row"], "what": _said("row", row["row"], row["what"], words),
        "unit": _said("unit", row["unit"], row["unit"], words), "decisive": row["decisive"],
        "published": row["published"], "citation": row["citation"], "band": _band(row["band"], words),
        "judged": row["judged"], "word": row["word"], "label": row["label"],
        "estimate": _interval(row[row["judged"]], words),
        "other": _interval(row["truth" if row["judged"] == "paper" else "paper"], words),
    }  # fmt: skip


def _interval(one: Mapping[str, Any] | None, words: Words) -> str:
    if one is None or one["value"] is None:
        return "–"
    value, low, high = (words.written(evidence.figure(one[k])) for k in ("value", "low", "high"))
    return value if one["low"] is None else f"{value} [{low}; {high}]"


def _recorded(one: Mapping[str, Any], words: Words) -> dict[str, Any]:
    unit, model = one["unit"], one["model"]
    ends = {k: one[k] for k in ("value", "low", "high")}
    if abs(one["value"]) >= 1e9:
        unit = f"bn {unit}"
        ends, model = _in_billions(ends), model and _in_billions(model)
    value, low, high = (words.written(evidence.figure(ends[k])) for k in ("value", "low", "high"))
    # To miss a plan that did not happen is no fault of the model.
    missed_plan = one["kind"] == "PLAN" and not one["holds"]
    return {
        "what": _said("record", one["what"], one["what"], words), "year": one["year"],
        "unit": _said("unit", unit, unit, words), "kind": one["kind"],
        "recorded": value if low == high else f"{value} ({low} – {high})",
        "model": _interval(model, words), "holds": None if missed_plan else one["holds"],
        "source": one["source"],
    }  # fmt: skip


def _in_billions(numbers: Mapping[str, Any]) -> dict[str, Any]:
    return {k: x / 1e9 if isinstance(x, float) else x for k, x in numbers.items()}


# --- Versions -------------------------------------------------------------------------------------


@cache
def version_facts() -> dict[str, str]:
    """Versions of code, data and packages."""
    from importlib.metadata import version

    from experiments.provenance import git_commit, versions

    known = versions()
    packs = {f"pack {name}": load_pack(name).digest[:12] for name in ("kyrgyzstan", "valley")}
    packages = {name: version(name) for name in _PACKAGES}
    return {
        "Ornok": known["ornok"],
        "code": known["code"],
        "commit": git_commit() or "–",
        **packs,
        "Python": known["python"],
        **packages,
    }
