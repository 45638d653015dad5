"""How a part comes to be made at home, drawn from a run: who was asked, who failed at what, who won, what is bought."""

from __future__ import annotations

from typing import Any

import pandas as pd

from experiments.odd_tables import table
from model.contracts import REASONS, WON

# What each condition asks, in the order in which `model/markets/bids.py` asks it; price comes last.
_ASKED = {
    "quality": "quality enough for the part",
    "certification": "the carmaker's certificate",
    "scale": "a volume worth tooling for",
    "capacity": "able to grow so fast",
    "finance": "money for tools",
    "distance": "near enough",
    "price": "cheaper than kit and rivals",
}


def sieve(monthly: pd.DataFrame) -> list[tuple[str, int, int]]:
    """Condition, who failed at it, who is left after it; over all months of a run, in their order."""
    failed = {
        name: round(float(monthly[f"failed_{name}"].sum()))
        for number, name in enumerate(REASONS)
        if number != WON
    }
    left = round(float(monthly["tenders_won"].sum())) + sum(failed.values())
    rows = []
    for name, count in failed.items():
        left -= count
        rows.append((name, count, left))
    return rows


def tender_page(monthly: pd.DataFrame, world: str, setting: str) -> tuple[str, Any]:
    """The text with its tables, and the picture beside it (a matplotlib figure)."""
    rows = sieve(monthly)
    asked = rows[0][1] + rows[0][2]
    last = monthly.tail(12)
    shares = {
        name.removeprefix("local_share_").replace("_", " "): float(last[name].mean())
        for name in map(str, monthly.columns)
        if name.startswith("local_share_")
    }
    parts = [(name, f"{share:.0%}") for name, share in shares.items() if share > 0.005]
    makers, foreign = (round(float(last[f"tier1_{k}"].iloc[-1])) for k in ("suppliers", "foreign"))
    text = (
        "## From a tender to a part\n\n![Who was asked, and who was left after each condition](tenders.svg)\n\n"
        "Every quarter a plant asks makers for each part that its stage allows and no contract covers "
        "(`model/markets/tenders.py`). A candidate fails at the first condition that it misses, in this order; "
        "among those who are left the cheapest below the kit's saving wins, pays for tools and delivers "
        f"until the contract ends. All tenders of the world `{world}`, {setting}:\n\n"
        + table(
            ("condition", "failed at it", "left"),
            [("asked", "", asked)] + [(_ASKED[name], failed, left) for name, failed, left in rows],
        )
        + f"\n\nUnder contract at the end: {makers} makers, {foreign} of them foreign suppliers that followed. "
        "Bought at home in the last year, of what each part costs in a car:\n\n"
        + (table(("part", "share"), parts) if parts else "nothing.")
        + "\n"
    )
    return text, _draw(asked, rows)


def _draw(asked: int, rows: list[tuple[str, int, int]]) -> Any:
    """A bar a condition: who is left (blue) and who failed at it (grey)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 3.6))
    axes = figure.add_axes((0.25, 0.03, 0.72, 0.9))
    words = ["asked", *(_ASKED[name] for name, _, _ in rows)]
    left = [asked, *(count for _, _, count in rows)]
    lost = [0, *(count for _, count, _ in rows)]
    places = range(len(words))
    axes.barh(places, left, color="#0072B2", alpha=0.75, height=0.72)
    axes.barh(places, lost, left=left, color="#BBBBBB", height=0.72)
    for place in places:
        end = f"{left[place]:,} left" if place else f"{asked:,}"
        gone = f",  {lost[place]:,} failed" if lost[place] else ""
        axes.text(
            left[place] + lost[place] + 0.012 * asked, place, end + gone, va="center", fontsize=9
        )
    axes.set_yticks(list(places), words, fontsize=9)
    axes.set_xlim(0, 1.22 * asked)
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    return figure
