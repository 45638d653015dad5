"""The words of the report: a headline that is true, what is compared, where it comes from."""

from __future__ import annotations

from experiments.effects import Pairs
from experiments.impact import WINDOW, Impact
from experiments.outcomes import readable

FEW_SEEDS = 10
"""With fewer, the interval itself is an estimate from too little to lean on."""


def headline(pairs: Pairs, impact: Impact) -> str:
    """What happened, in one sentence with numbers; no job is claimed that chance may have made."""
    made = impact.value("cars_made", "with") if _has(impact, "cars_made") else 0.0
    own = impact.value("plant_jobs", "with") if _has(impact, "plant_jobs") else 0.0
    low, high = spread_of_jobs(pairs, impact)
    if low <= 0.0 <= high:
        return (
            f"In the simulation's {years_of(impact)} the car plant employs {own:,.0f} "
            f"and makes {made:,.0f} cars a year; other jobs: not clear"
        )
    jobs = impact.value("employee_jobs")
    return (
        f"In the simulation's {years_of(impact)} the car plant makes {made:,.0f} cars a year; employee jobs: "
        f"{readable(own, 'jobs', signed=True)} at the plant, {readable(jobs - own, 'jobs', signed=True)} elsewhere"
    )


def years_of(impact: Impact) -> str:
    """The years the table averages: 2038–42, or 2042 alone."""
    first, last = impact.first[:4], impact.last[:4]
    if first == last:
        return first
    return f"{first}–{last[2:] if first[:2] == last[:2] else last}"


def spread_of_jobs(pairs: Pairs, impact: Impact) -> tuple[float, float]:
    """Between which numbers the change of employee jobs lies.

    With several seeds the 95 % interval; with one, the lowest and highest 12-month difference of
    the months that the impact table averages.
    """
    if len(impact.seeds) > 1:
        return impact.value("employee_jobs", "low"), impact.value("employee_jobs", "high")
    one, other = pairs.treated[0], pairs.control[0]
    change = (one.monthly["employee_jobs"] - other.monthly["employee_jobs"]).tail(WINDOW)
    yearly = change.rolling(min(12, len(change))).mean().dropna()
    return float(yearly.min()), float(yearly.max())


def standfirst(pairs: Pairs, impact: Impact) -> str:
    """The lines under the headline: what is compared, when, and how sure it is."""
    words = (
        f"World “{impact.world}” against “{impact.against}”, mean of {impact.first} "
        f"to {impact.last}, in a simulation."
    )
    change = readable(impact.value("employee_jobs"), "jobs", signed=True)
    words += f" Employee jobs: {change}"
    if _has(impact, "employment"):
        gain = readable(impact.value("employment"), "jobs", signed=True)
        words += f"; total employment, own-account work included: {gain}"
    low, high = (readable(end, "jobs", signed=True) for end in spread_of_jobs(pairs, impact))
    if len(impact.seeds) > 1:
        few = " So few seeds are easily wrong." if len(impact.seeds) < FEW_SEEDS else ""
        return f"{words}. Employee jobs, 95\u00a0% interval over {len(impact.seeds)} seeds: {low} to {high}.{few}"
    return (
        f"{words}. This is one run of chance: its 12-month difference wanders from {low} to {high}. "
        "Several seeds give an interval."
    )


def _has(impact: Impact, outcome: str) -> bool:
    return outcome in set(impact.table["outcome"])


def source_line(pairs: Pairs, command: str) -> str:
    """Where the picture comes from: command, seeds, versions."""
    run = pairs.treated[0]
    known = run.versions
    seeds = ", ".join(str(seed) for seed in pairs.seeds[:5])
    word = "seed" if len(pairs.seeds) == 1 else "seeds"
    more = f" and {len(pairs.seeds) - 5} more" if len(pairs.seeds) > 5 else ""
    text = (
        f"Source: Ornok {known.get('ornok', '')} (code {known['code'][:8]}), pack {run.pack} "
        f"({run.pack_hash[:8]}), scale {run.params.scale:g}, {word} {seeds}{more}. "
        f"KGS of 2024 at the prices of each world. Monthly series are shown as 12-month means."
    )
    return f"{text}\nCommand: {command}" if command else text
