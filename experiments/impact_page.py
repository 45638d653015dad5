"""The practitioner's impact table on the screen, in a notebook and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from rich.console import Group
from rich.markup import escape
from rich.table import Table

from experiments.channels_job import displacement_rows, plain_page
from experiments.display import card, half_width, made_by, seeds_in_words
from experiments.economic_impact import AROUND, DIRECT, MEAN, NET, OTHERS, EconomicImpact
from experiments.impact_gap import GAP, INDIRECT, INDUCED, MODEL, TYPE_1, TYPE_2
from experiments.impact_measures import MEASURES
from experiments.job import records
from experiments.outcomes import readable
from experiments.releases import RELEASES

WORDS = {
    DIRECT: "direct: the plant",
    "supplier": "supplier (indirect)",
    "income": "income (induced)",
    AROUND: "around it",
    NET: "net effect",
}
HEADS = {
    "employee_jobs": "empl.\njobs", "employment": "all\njobs", "labour_income": "labour\nincome",
    "value_added": "value\nadded", "real_value_added": "in\nvolume",
}  # fmt: skip
SHORT = {
    DIRECT: "plant", AROUND: "around\nit", "interaction": "inter-\naction", OTHERS: "others",
}  # fmt: skip
_NOTES = (
    "Empl. jobs: employees; all jobs: own-account workers too. KGS a year at the\nprices of each world; in volume: value added at the base year's prices.",
    "Around it: what hiring its crew and selling its cars does to others, no channel on.",
    "Displacement is inside these rows and told beside them, never added.",
)
ONE_SEED = "One seed: every number holds chance too. Try --seeds 5 for an interval."


def impact_page(found: EconomicImpact, *, by_year: bool = False) -> Group:
    """All that a user sees on the screen."""
    pages: list[Any] = [effect_as_table(found), ""]
    if by_year:
        pages += [years_as_table(found), ""]
    if len(found.io):
        pages += [io_as_table(found), ""]
    pages += [_costs(found), "", _displaced(found), "", notes(found)]
    return Group(*pages)


def notes(found: EconomicImpact) -> str:
    """What a reader should know before believing the table."""
    told = [*_NOTES]
    if found.channels:
        told.insert(
            0, "Channels first-in: what each does alone; last-out: what is lost without it."
        )
    if len(found.seeds) == 1:
        told.append(ONE_SEED)
    return "\n".join(told)


def _of(found: EconomicImpact) -> str:
    seeds = f"{len(found.seeds)} seeds" if len(found.seeds) > 1 else f"seed {found.seeds[0]}"
    return f"{escape(found.world)} against {escape(found.against)}, {found.first} to {found.last}, {seeds}"


def money_unit(found: EconomicImpact) -> tuple[str, float]:
    """Millions or billions of KGS, by the largest amount on the page; one for all its cells."""
    amounts = found.wide().drop(columns=["employee_jobs", "employment"]).abs()
    return ("bn", 1e9) if float(amounts.to_numpy().max()) >= 9.5e9 else ("m", 1e6)


def cell(value: float, unit: str, *, signed: bool = True, money: float = 1e6) -> str:
    """Whole jobs, or KGS in units of `money`, in few digits; a dash for what is not a number."""
    if value != value:
        return "–"
    size = value / money if unit.startswith("KGS") else value
    digits = 0 if unit == "jobs" or abs(size) >= 9.95 else 1
    text = f"{abs(size):,.{digits}f}"
    if float(text.replace(",", "")) == 0.0:
        return "0"
    return ("−" if size < 0.0 else "+" if signed else "") + text


def _columns(page: Table, *, after_jobs: str = "") -> None:
    """A column for each measure, and one after employee jobs."""
    page.add_column("", no_wrap=True)
    for measure in MEASURES:
        page.add_column(HEADS.get(measure.name, measure.words), justify="right", no_wrap=True)
        if measure.name == "employee_jobs" and after_jobs:
            page.add_column(after_jobs, justify="right", style="dim", no_wrap=True)


def effect_as_table(found: EconomicImpact) -> Table:
    """Rows: direct, channels, around it, interaction, net; columns: the measures."""
    word, size = money_unit(found)
    page = plain_page(f"Impact, mean of a year; jobs and {word} KGS\n{_of(found)}")
    told = bool(found.channels)
    _columns(page, after_jobs="last\nout" if told else "")
    now, late = (found.wide(part=part) for part in ("first-in", "last-out"))
    for row in found.rows:
        if row in (NET, AROUND):
            page.add_section()
        cells = [cell(_at(now, row, m.name), m.unit, money=size) for m in MEASURES]
        if told:
            twice = row in found.channels or row == found.rows[-2]
            cells.insert(1, cell(_at(late, row, "employee_jobs"), "jobs") if twice else "")
        page.add_row(WORDS.get(row, row), *cells)
    if len(found.seeds) > 1:
        halves = [_half(found, m.name, m.unit, money=size) for m in MEASURES]
        page.add_row("  ± 95 %", *(halves[:1] + [""] * told + halves[1:]))
    return page


def _at(page: pd.DataFrame, row: str, column: str) -> float:
    return float(page[column][row])


def _half(
    found: EconomicImpact, measure: str, unit: str, period: int | str = MEAN, money: float = 1e6
) -> str:
    """Half the interval of the net effect."""
    low, high = (found.value(measure, NET, period=period, column=end) for end in ("low", "high"))
    return cell((high - low) / 2.0, unit, signed=False, money=money)


def years_as_table(found: EconomicImpact) -> Table:
    """Employee jobs by year: the plant, the channels, around it, net with its interval.

    Knowledge, mobility, entrepreneurship and budget in one column: apart they are in the CSV.
    """
    page = plain_page(f"Employee jobs by year, first-in\n{_of(found)}")
    page.add_column("year", no_wrap=True)
    several = len(found.seeds) > 1
    lumped = [row for row in found.channels if row not in ("supplier", "income")]
    columns: list[tuple[str, list[str]]] = []
    for row in found.rows:
        if row not in lumped:
            columns.append((SHORT.get(row, row), [row]))
        elif row == lumped[0]:
            columns.append(("other\nchannels", lumped))
    for words in (*(words for words, _ in columns), *(["±\n95 %"] if several else [])):
        page.add_column(words, justify="right", no_wrap=True)
    for year in found.years:
        cells = [
            cell(sum(found.value("employee_jobs", row, period=year) for row in rows), "jobs")
            for _, rows in columns
        ]
        if several:
            cells.append(_half(found, "employee_jobs", "jobs", year))
        page.add_row(str(year), *cells)
    return page


def io_as_table(found: EconomicImpact) -> Table:
    """Type I and II, the model's answer, the gap and its reasons."""
    word, size = money_unit(found)
    page = plain_page(f"Input-output answer from the same table; jobs and {word} KGS\n{_of(found)}")
    several = len(found.seeds) > 1
    _columns(page, after_jobs="±\n95 %" if several else "")
    io = found.io[found.io["period"] == MEAN].set_index(["row", "part", "measure"])["mean"]
    gap = found.gap.set_index(["row", "measure"])
    blank = [""] * several
    for words, row, part in (
        ("direct", "direct", ""), ("indirect", INDIRECT, TYPE_1),
        ("induced", INDUCED, TYPE_2), ("total, Type I", "total", TYPE_1),
        ("total, Type II", "total", TYPE_2),
    ):  # fmt: skip
        cells = [cell(float(io[row, part, m.name]), m.unit, money=size) for m in MEASURES]
        page.add_row(words, *cells[:1], *blank, *cells[1:])
    page.add_section()
    cells = [cell(found.value(m.name, NET), m.unit, money=size) for m in MEASURES]
    half = [_half(found, "employee_jobs", "jobs")] * several
    page.add_row("model, net", *cells[:1], *half, *cells[1:])
    for row in found.gap["row"].unique():
        if row in (TYPE_2, MODEL):
            continue
        words = "gap: II − model" if row == GAP else f"  {'for ' * (row in RELEASES)}{row}"
        cells = [cell(float(gap["mean"][row, m.name]), m.unit, money=size) for m in MEASURES]
        width = (gap["high"] - gap["low"])[row, "employee_jobs"] / 2.0
        half = [cell(float(width), "jobs", signed=False)] * several
        page.add_row(words, *cells[:1], *half, *cells[1:])
    return page


def _costs(found: EconomicImpact) -> Table:
    page = plain_page("Cost to the budget of a job, KGS a year\n(below zero: the budget gains)")
    page.add_column("", no_wrap=True)
    costs = found.costs[found.costs["period"] == MEAN]
    for per in costs["per"].unique():
        page.add_column(per, justify="right")
    words = {"budget": "budget balance lost", "incentives": "incentives given"}
    for what in costs["what"].unique():
        mine = costs[costs["what"] == what]["value"]
        page.add_row(words[what], *(readable(float(value), "KGS") for value in mine))
    return page


def _displaced(found: EconomicImpact) -> Table:
    page = plain_page("Displacement: jobs in others than the plant,\nand whose its staff would be")
    page.add_column("", no_wrap=True)
    page.add_column("jobs", justify="right", no_wrap=True)
    for words, jobs in displacement_rows(found.displacement):
        page.add_row(words, jobs)
    return page


# --- In a notebook, and for machines ----------------------------------------------------------------


def as_html(found: EconomicImpact) -> str:
    """The table of the mean with the net effect's interval, and Type I and II below it."""
    heads = [f"{m.words}, {m.unit}" for m in MEASURES]
    page = found.wide()
    rows = [
        (WORDS.get(row, row), *(_signed(page[m.name][row], m.unit) for m in MEASURES))
        for row in found.rows
    ]
    if len(found.seeds) > 1:
        low, high = (
            [found.value(m.name, NET, column=end) for m in MEASURES] for end in ("low", "high")
        )
        halves = (half_width(x, y, m.unit) for x, y, m in zip(low, high, MEASURES))
        rows.append(("± 95 %", *halves))
    about = (
        f"Mean of {found.first} to {found.last}, {seeds_in_words(found.seeds)}; channels first-in",
        made_by(found.versions, found.pack),
    )
    title = f"World {found.world} against {found.against}"
    cards = [card(title, about, ("", *heads), rows, words=1)]
    if len(found.io):
        io = found.io[found.io["period"] == MEAN]
        wide = io.pivot(index=["row", "part"], columns="measure", values="mean")
        rows = [
            (" ".join(filter(None, key)), *(_signed(wide[m.name][key], m.unit) for m in MEASURES))
            for key in wide.index
        ]
        cards.append(card("Input-output answer", (), ("", *heads), rows, words=1))
    return "".join(cards)


def _signed(value: float, unit: str) -> str:
    return readable(float(value), unit, signed=True)


def as_json(found: EconomicImpact) -> dict[str, Any]:
    """What depends on code, world and seed alone."""
    tables: Sequence[tuple[str, pd.DataFrame]] = (
        ("table", found.table), ("input_output", found.io), ("gap", found.gap),
        ("cost_per_job", found.costs), ("export", found.export),
        ("displacement", found.displacement),
    )  # fmt: skip
    return {
        "world": found.world,
        "against": found.against,
        "seeds": found.seeds,
        "months": {"first": found.first, "last": found.last},
        "channels": list(found.channels),
        "runs": found.runs,
        **{name: records(table) for name, table in tables},
    }
