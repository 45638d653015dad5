"""docs/evidence.md: its tables from the stored `evidence.json`; words and history by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from experiments.evidence.beside import changed
from experiments.evidence.protocol import script
from experiments.evidence.record import KINDS, page_lines
from experiments.evidence.targets import EMERGENT, TITLES
from experiments.evidence.verdict import BASELINES
from experiments.evidence.worlds import RUNS
from experiments.odd_tables import renewed
from experiments.odd_tables import table as markdown

DOCS = Path(__file__).resolve().parents[2] / "docs"
STORED, PAGE = "evidence.json", "evidence.md"
KEPT = Path(__file__).with_name(STORED)  # the same, where it travels with the package
NOT_YET = "*Not measured yet: `ornok evidence --save` writes this.*"
WORDS = {True: "yes", False: "no", None: "–"}

Json = Mapping[str, Any]


def read(folder: Path = DOCS) -> dict[str, Any]:
    """What is stored; nothing where there is no file yet."""
    path = folder / STORED
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def page(text: str, stored: Json) -> str:
    """The page with its generated blocks made anew."""
    return renewed(text, {name: _block(make, stored) for name, make in BLOCKS.items()})


def renew_page(folder: Path = DOCS) -> None:
    """Write the page's blocks anew from what is stored beside it."""
    path = folder / PAGE
    path.write_text(page(path.read_text(encoding="utf-8"), read(folder)), encoding="utf-8")


def _block(make: Callable[[Json], str], stored: Json) -> Callable[[], str]:
    return lambda: (make(stored) if stored else NOT_YET) or NOT_YET


# --- The scoreboard -------------------------------------------------------------------------------


def figure(value: float | None) -> str:
    """A number as the page writes it."""
    if value is None:
        return "–"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}".replace("-", "−")


def estimate(one: Json | None) -> str:
    """An estimate with its half width."""
    if one is None:
        return "–"
    if one["value"] is None:
        return "none"
    half = "" if one["half_width"] is None else f" ± {figure(float(f'{one["half_width"]:.2g}'))}"
    return f"{figure(one['value'])}{half}"


def target_word(one: Json) -> str:
    """How a target came out, in a word."""
    return "strict" if one["strict"] else "weak" if one["weak"] else "miss"


def labels(one: Json) -> str:
    """How the decisive rows come about, counted."""
    names = [row["label"] for row in one["rows"] if row["decisive"]]
    return ", ".join(f"{names.count(n)} {n}" for n in dict.fromkeys(names))


def score_lines(stored: Json) -> list[tuple[str, ...]]:
    """A line a target: name, verdict, rows, labels, controls, baselines, hardness, seeds."""
    lines: list[tuple[str, ...]] = []
    for name in TITLES:
        one = stored["targets"].get(name)
        if one is None:
            lines.append((name, TITLES[name], "not measured", *[""] * 6))
            continue
        decisive = [row for row in one["rows"] if row["decisive"]]
        rows = f"{sum(r['strict'] for r in decisive)} / {sum(r['weak'] for r in decisive)} of {len(decisive)}"
        tried = [c["holds"] for c in one["controls"] if c["holds"] is not None]
        passed = [n for n in BASELINES if one["baselines"][n]]
        hard = stored.get("hardness", {}).get(name)
        share = "–" if not hard or hard["share"] is None else f"{hard['passed']} of {hard['draws']}"
        lines.append(
            (name, one["title"], target_word(one), rows, labels(one),
             f"{sum(tried)} of {len(tried)}", ", ".join(passed) or "none", share,
             f"{len(one['seeds'])} at {one['scale']:g}")
        )  # fmt: skip
    return lines


SCORE_HEAD = ("", "target", "verdict", "rows strict / weak", "labels", "controls hold",
              "baselines that pass", "prior draws that pass", "seeds at scale")  # fmt: skip


def emergent_targets(found: Iterable[Json]) -> int:
    """Targets that pass strictly and whose decisive rows all emerge: only these are validation."""
    return sum(
        one["strict"] and all(r["label"] == EMERGENT for r in one["rows"] if r["decisive"])
        for one in found
    )


def totals(stored: Json) -> str:
    """The scoreboard in a sentence."""
    found = list(stored["targets"].values())
    strict, weak = (sum(one[k] for one in found) for k in ("strict", "weak"))
    dumb = {n: sum(one["baselines"][n] for one in found) for n in BASELINES}
    told = ", ".join(f"{n} {k}" for n, k in dumb.items())
    rows = [row for one in found for row in one["rows"] if row["decisive"]]
    own = [row for row in rows if row["label"] == EMERGENT]
    passed = [row for row in own if row["strict"]]
    alone = [
        row["row"] for row in passed if not any(b["passes"] for b in row["baselines"].values())
    ]
    emergent = emergent_targets(found)
    return (
        f"{strict} of {len(found)} targets pass in the strict sense, {weak} at least in the weak one; of "
        f"those that pass strictly {emergent} are EMERGENT in all their rows. Baselines: {told}. Of "
        f"{len(rows)} decisive rows {sum(row['strict'] for row in rows)} pass strictly; of the {len(own)} "
        f"EMERGENT among them {len(passed)}, and in {len(alone)} of these no baseline passes: "
        f"{', '.join(alone) or 'none'}."
    )


def _score(stored: Json) -> str:
    return f"{totals(stored)}\n\n{markdown(SCORE_HEAD, score_lines(stored))}"


# --- Rows -----------------------------------------------------------------------------------------

ROW_HEAD = ("row", "what", "published", "accepted", "as the paper", "truth", "bias", "verdict",
            "label", "seeds needed")  # fmt: skip


def row_lines(one: Json) -> list[tuple[str, ...]]:
    """A line a row of a target; the judged estimand is in bold."""
    lines: list[tuple[str, ...]] = []
    for row in one["rows"]:
        cells = {name: estimate(row[name]) for name in ("paper", "truth")}
        cells[row["judged"]] = f"**{cells[row['judged']]}**"
        name = row["row"] if row["decisive"] else f"({row['row']})"
        cited = f"[{row['citation']}]({row['address']})" if row["address"] else row["citation"]
        needed = "–" if row["seeds_needed"] is None else figure(row["seeds_needed"])
        lines.append(
            (name, f"{row['what']}, {row['unit']}",
             f"{row['published']}; {cited} ({row['confidence'].lower()})", row["band"],
             cells["paper"], cells["truth"], estimate(row["bias"]), row["word"], row["label"],
             needed)
        )  # fmt: skip
    return lines


def worlds_of(name: str) -> list[str]:
    """The worlds of the library that a target's runs are made in, each once."""
    return list(dict.fromkeys(RUNS[run].world for run in script(name).needs))


def _target(name: str, stored: Json) -> str:
    one = stored["targets"].get(name)
    if one is None:
        return NOT_YET
    notes = [f"- *{r['row']}*: {r['note']}." for r in one["rows"] if r["note"]]
    controls = [
        f"- {c['kind']}: {c['what']}"
        + (f": {estimate(c['estimate'])} {c['unit']}" if c["estimate"] else "")
        + f". **{'holds' if c['holds'] else 'not told' if c['holds'] is None else 'does not hold'}**"
        for c in one["controls"]
    ]
    left = [f"- left out: seed {s}: {why}" for s, why in one["left_out"].items()]
    base = [
        (r["row"], *(f"{figure(r['baselines'][b]['value'])}{' ✓' if r['baselines'][b]['passes'] else ''}"
                     for b in BASELINES))
        for r in one["rows"] if r["decisive"]
    ]  # fmt: skip
    worlds = ", ".join(f"`{world}`" for world in worlds_of(name))
    made = f"*{len(one['seeds'])} seeds at scale {one['scale']:g}, code `{one['code']}`. Worlds: {worlds}.*"
    return "\n\n".join(
        [
            f"**{target_word(one)}.** {made}",
            f"![{one['title']}](evidence_{name.lower()}.png)",
            markdown(ROW_HEAD, row_lines(one)),
            "\n".join([*notes, *left]) or "No notes.",
            "Controls:\n\n" + "\n".join(controls),
            "Baselines (✓ accepted):\n\n" + markdown(("row", *BASELINES), base),
        ]
    )


# --- Record and hardness --------------------------------------------------------------------------

RECORD_HEAD = ("what", "year", "recorded", "model", "within", "kind", "source", "what it misses")
PROMISE_HEAD = ("promise", "announced for", "target", "runs that ever reach it", "median year")


def _record(stored: Json) -> str:
    if not stored.get("record"):
        return NOT_YET
    kinds = "; ".join(f"*{kind.lower()}*: {words}" for kind, words in KINDS.items())
    seeds = f"{stored['record_seeds']} seeds at scale {stored['record_scale']:g}"
    return f"World `plant`, {seeds}. {kinds}.\n\n" + markdown(
        RECORD_HEAD, page_lines(stored["record"])
    )


def _announced(stored: Json) -> str:
    if not stored.get("announced"):
        return NOT_YET
    lines = [
        (one["milestone"], one["announced"], f"{figure(one['target'])} {one['unit']}",
         f"{one['reached']} of {one['seeds']} ({100 * one['low']:.0f} to {100 * one['high']:.0f} %)",
         figure(one["median_year"]).replace(",", "") if one["median_year"] else "–")
        for one in stored["announced"]
    ]  # fmt: skip
    return markdown(PROMISE_HEAD, lines)


def _hard(stored: Json) -> str:
    found = stored.get("hardness", {})
    if not found:
        return NOT_YET
    lines: list[Sequence[str]] = []
    for name, one in sorted(found.items(), key=lambda item: list(TITLES).index(item[0])):
        rows = ", ".join(f"{row} {n}" for row, n in one["rows"].items())
        span = (
            "–" if one["share"] is None else f"{100 * one['low']:.0f} to {100 * one['high']:.0f} %"
        )
        failed = f", {one['failed']} failed" if one["failed"] else ""
        draws = f"{one['passed']} of {one['draws']} at {one['scale']:g}{failed}"
        lines.append((name, TITLES[name], draws, span, rows))
    head = ("", "target", "draws that pass, at scale", "95 % (Wilson)", "draws by row")
    return markdown(head, lines)


def _beside(stored: Json) -> str:
    other = stored.get("beside")
    if not other:
        return NOT_YET
    lines = []
    for name, one in stored["targets"].items():
        for row in one["rows"]:
            there = other["rows"].get(row["row"])
            if row["decisive"] and there is not None:
                lines.append(
                    (name, row["row"], row["band"], estimate(row[row["judged"]]), row["word"],
                     estimate(there if "value" in there else None), there["word"])
                )  # fmt: skip
    told = changed(stored["targets"], other)
    some = next(iter(stored["targets"].values()))
    here, there = (
        f"{seeds} seeds at scale {scale:g}"
        for seeds, scale in (
            (len(some["seeds"]), some["scale"]), (other["seeds"], other["scale"]),
        )
    )  # fmt: skip
    same = some["code"] == other["code"]
    code = "The same code." if same else f"Other code: `{other['code']}`."
    head = ("", "row", "accepted", here, "verdict", there, "verdict")
    words = f"Another verdict in {len(told)} of {len(lines)} rows: {', '.join(told) or 'none'}."
    return f"{code} {words}\n\n{markdown(head, lines)}"


BLOCKS: Mapping[str, Callable[[Json], str]] = {
    "score": _score,
    **{name: partial(_target, name) for name in TITLES},
    "record": _record,
    "announced": _announced,
    "hard": _hard,
    "beside": _beside,
}
