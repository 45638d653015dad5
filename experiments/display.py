"""How results show themselves in a notebook and at a prompt: small tables with all that a number needs.

A card holds the figures with unit and interval, how many seeds there are, and the code that made
them. It needs nothing from anywhere, and every text in it is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from experiments.outcomes import (
    headline_outcomes,
    in_words,
    outcomes,
    readable,
    yearly_factor,
    yearly_unit,
)

if TYPE_CHECKING:
    from experiments.economic_impact import EconomicImpact
    from experiments.effects import Effect
    from experiments.impact import Impact
    from experiments.simulate import Results

MOST_ROWS = 10
_YEAR = 12
_LEFT, _RIGHT = (f"text-align:{side};padding:.1em .6em" for side in ("left", "right"))


def card(
    title: str,
    about: Iterable[str],
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    words: int = 2,
    note: str = "",
) -> str:
    """An HTML table with a title and lines about it; the first `words` columns are text."""
    sides = [_LEFT if column < words else _RIGHT for column in range(len(head))]
    top = "".join(f"<th style='{side}'>{escape(x)}</th>" for side, x in zip(sides, head))
    lines = [
        "".join(f"<td style='{side}'>{escape(x)}</td>" for side, x in zip(sides, row))
        for row in rows
    ]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    parts = [
        f"<p><b>{escape(title)}</b><br>{'<br>'.join(escape(line) for line in about if line)}</p>",
        f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>" if lines else "",
        f"<p><small>{escape(note)}</small></p>" if note else "",
    ]
    return f"<div>{''.join(parts)}</div>"


def made_by(versions: Mapping[str, str], pack: str) -> str:
    """Pack, version and code of runs."""
    known = f"Ornok {versions['ornok']} (code {versions['code']})" if versions else ""
    return ", ".join(text for text in (f"pack {pack}" if pack else "", known) if text)


def seeds_in_words(seeds: Sequence[int]) -> str:
    """1 seed (7): chance included; or: 5 seeds (1 to 5), 95 % intervals."""
    if len(seeds) == 1:
        return f"1 seed ({seeds[0]}): chance included"
    there = f"{min(seeds)} to {max(seeds)}"
    return f"{len(seeds)} seeds ({there}), 95 % t intervals over seeds"


def half_width(low: float, high: float, unit: str) -> str:
    """Half of an interval, as it is printed behind ±; a dash where there is none."""
    return readable((high - low) / 2.0, unit)


# --- Cards ------------------------------------------------------------------------------------------


def results_card(run: Results) -> str:
    """One run: mean of its last twelve months, flows per year."""
    known, monthly = outcomes(), run.monthly
    names = headline_outcomes([name for name in monthly.columns if name in known], MOST_ROWS)
    last = monthly.tail(_YEAR)
    rows = []
    for name in names:
        unit = yearly_unit(known[name])
        value = float(last[name].mean()) * yearly_factor(known[name])
        rows.append((in_words(name), unit, readable(value, unit)))
    span = f"{last['date'].iloc[0]:%Y-%m} to {last['date'].iloc[-1]:%Y-%m}"
    about = (
        f"{len(monthly):,} months, scale {run.params.scale:g}, seed {run.seed}, {run.run_time:.1f} s",
        made_by(run.versions, run.pack),
    )
    note = (
        f"One run, chance included. {len(monthly.columns) - 1} outcomes are in .monthly, by region in "
        ".regional; .plot() draws them."
    )
    return card(f"World {run.world.name}", about, ("", "unit", f"mean of {span}"), rows, note=note)


def effect_card(effect: Effect) -> str:
    """A paired effect: mean of the last years, with its interval."""
    from experiments.impact import WINDOW

    known = outcomes()
    names = headline_outcomes([name for name in effect.mean.columns if name in known], MOST_ROWS)
    dates = effect.dates.tail(WINDOW)
    first, last = f"{dates.iloc[0]:%Y-%m}", f"{dates.iloc[-1]:%Y-%m}"
    rows = []
    for line in effect.table(names, first=first).to_dict("records"):
        outcome = known[line["outcome"]]
        unit, factor = yearly_unit(outcome), yearly_factor(outcome)
        mean = readable(line["mean"] * factor, unit, signed=True)
        half = half_width(line["low"] * factor, line["high"] * factor, unit)
        rows.append((in_words(line["outcome"]), unit, mean, half, str(line["n"])))
    run = effect.pairs.treated[0]
    failed = f"{len(effect.failures)} runs failed and are left out" if effect.failures else ""
    about = (
        f"Mean of {first} to {last}, scale {run.params.scale:g}, {seeds_in_words(effect.seeds)}",
        made_by(run.versions, run.pack),
        failed,
    )
    head = ("", "unit", "difference", "± 95 %", "seeds")
    note = (
        ".table() has every outcome by window, month, year, region or sector; .plot() draws months."
    )
    return card(f"World {effect.world} less {effect.against}", about, head, rows, note=note)


def impact_card(impact: Impact) -> str:
    """The impact table."""
    rows, group = [], ""
    for line in impact.to_pandas().to_dict("records"):
        unit = line["unit"]
        cells = [readable(line["without"], unit), readable(line["with"], unit)]
        cells += [
            readable(line["difference"], unit, signed=True),
            half_width(line["low"], line["high"], unit),
        ]
        rows.append(
            ("" if line["group"] == group else line["group"], line["row"], unit, *map(str, cells))
        )
        group = line["group"]
    about = (
        f"Mean of {impact.first} to {impact.last}, {seeds_in_words(impact.seeds)}",
        made_by(impact.versions, impact.pack),
    )
    head = ("", "", "unit", "without", "with", "difference", "± 95 %")
    note = "Constant KGS of 2024. Read total employment beside employee jobs."
    title = f"World {impact.world} against {impact.against}"
    return card(title, about, head, rows, words=3, note=note)


# --- At a prompt ------------------------------------------------------------------------------------


def repr_of(found: Results | Effect | Impact | EconomicImpact) -> str:
    """One line: what it is, of which worlds, months and seeds, by which code."""
    return f"<{type(found).__name__}: {_facts(found)}>"


def _facts(found: Any) -> str:
    seeds: Sequence[int] = found.seeds if hasattr(found, "seeds") else [found.seed]
    number = f"seed {seeds[0]}" if len(seeds) == 1 else f"{len(seeds)} seeds"
    if hasattr(found, "against"):
        what = f"{found.world} against {found.against}"
    else:
        what = f"world {found.world.name}"
    runs = getattr(found, "pairs", None)
    run = runs.treated[0] if runs is not None else found
    dates = getattr(run, "monthly", {}).get("date")
    if dates is not None:
        span = f"{dates.iloc[0]:%Y-%m} to {dates.iloc[-1]:%Y-%m}"
    else:
        span = f"mean of {found.first} to {found.last}"
    return ", ".join(x for x in (what, span, number, made_by(run.versions, run.pack)) if x)
