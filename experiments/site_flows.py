"""Who pays whom and what goes into a car, drawn from the ledger and the outcomes of a run."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from experiments.odd_tables import table
from experiments.simulate import simulate
from experiments.site_tenders import tender_page
from model.accounts import Kind, Sector

PACK, SCALE, HORIZON = "kyrgyzstan", 50.0, 36
WORLD, PARTS_WORLD, PARTS_HORIZON = "plant", "volume", 144
_WORDS = {kind: kind.name.lower().replace("_", " ") for kind in Kind}
_WORDS[Kind.GOVERNMENT_PURCHASES] = "public\npurchases"
_LEAST_SHOWN = 0.01  # of the largest flow between two sectors


def month_flows() -> np.ndarray:
    """All payments of the last simulated year, bn KGS [payer, payee, kind], of the whole country."""
    from model.model import RegionalModel
    from model.packs import load_pack

    params = load_pack(PACK).params().with_values({"scale": SCALE, "horizon": HORIZON})
    model = RegionalModel(params, world=WORLD, pack=PACK, rng=1)
    total = np.zeros_like(model.accounts.flows)
    while model.period < HORIZON - 1:
        model.step()
        if model.period >= HORIZON - 12:
            total += model.accounts.flows
    return total * SCALE / 1e9


def money_page(flows: np.ndarray) -> tuple[str, bytes]:
    """The text about flows of money with its table, and the picture beside it."""
    rows = []
    for kind in Kind:
        for payer, payee in zip(*np.nonzero(flows[:, :, kind] > 0.0)):
            amount = f"{flows[payer, payee, kind]:,.2f}"
            rows.append((_WORDS[kind].replace("\n", " "), _name(payer), _name(payee), amount))
    text = (
        "## Flows of money\n\n![Payments between sectors](money.svg)\n\n"
        f"Every payment has a payer and a payee in the ledger (`model/accounts.py`); these are all of "
        f"2025 in the world `{WORLD}`, bn KGS of 2024, scale {SCALE:g}, seed 1. Rows pay, "
        "columns are paid; the area of a disc is in proportion to the money, with its two largest uses. What a sector receives less what it pays is the change of its deposits; "
        "government and the world hold none: what they pay in raises the public debt and the reserves.\n\n"
        + table(("payment", "from", "to", "bn KGS a year"), rows)
    )
    return text, _svg(_draw_money(flows))


def _name(sector: int) -> str:
    return Sector(sector).name.lower()


def _draw_money(flows: np.ndarray) -> Any:
    """A matrix: rows pay, columns are paid; the area of a disc is the money."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Circle

    pairs = flows.sum(axis=2)
    figure = Figure(figsize=(9.0, 7.4))
    axes = figure.add_axes((0.12, 0.02, 0.87, 0.88))
    axes.set(xlim=(-0.5, len(Sector) - 0.5), ylim=(len(Sector) - 0.5, -0.5), aspect="equal")
    for payer, payee in zip(*np.nonzero(pairs > _LEAST_SHOWN * pairs.max())):
        amount = pairs[payer, payee]
        radius = 0.44 * float(np.sqrt(amount / pairs.max()))
        axes.add_patch(Circle((payee, payer), radius, color="#56B4E9", alpha=0.6, linewidth=0))
        kinds = [Kind(k) for k in np.argsort(-flows[payer, payee])[:2]]
        shown = [_WORDS[k] for k in kinds if flows[payer, payee, k] > 0.1 * amount]
        words = "\n".join(shown)
        axes.text(payee, payer, f"{amount:,.0f}\n{words}", ha="center", va="center", fontsize=7.5)
    names = [_name(one) for one in Sector]
    axes.set_xticks(range(len(Sector)), [f"to {name}" for name in names])
    axes.set_yticks(range(len(Sector)), names)
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelsize=9)
    axes.set_xticks(np.arange(len(Sector) - 1) + 0.5, minor=True)
    axes.set_yticks(np.arange(len(Sector) - 1) + 0.5, minor=True)
    axes.grid(which="minor", color="#DDDDDD", linewidth=0.8)
    axes.tick_params(which="minor", length=0)
    for side in axes.spines.values():
        side.set_color("#BBBBBB")
    return figure


def parts_run() -> pd.DataFrame:
    """The months of the run from which parts and tenders are drawn."""
    return simulate(PARTS_WORLD, pack=PACK, scale=SCALE, seed=1, horizon=PARTS_HORIZON).monthly


def tenders_page(monthly: pd.DataFrame) -> tuple[str, bytes]:
    """The text about tenders with its tables, and the picture beside it."""
    setting = f"{PARTS_HORIZON // 12} years, scale {SCALE:g}, seed 1"
    text, figure = tender_page(monthly, PARTS_WORLD, setting)
    return text, _svg(figure)


def parts_page(monthly: pd.DataFrame) -> tuple[str, bytes]:
    """The text about parts and cars with its table, and the picture beside it."""
    last = monthly.tail(12)
    year = last.sum(numeric_only=True)
    local = year["parts_bought_value"] / 1e9
    deep = last["local_content_deep"].iloc[-1] / max(last["local_content_nominal"].iloc[-1], 1e-12)
    steps = [
        ("kits from the parent", "abroad", "plant", year["kits_imported_value"] / 1e9),
        ("local parts", "makers at home", "plant", local),
        ("of these, value added at home", "makers at home", "", local * deep),
        ("of these, imported inputs", "abroad", "makers at home", local * (1.0 - deep)),
    ]
    cars = [
        ("households", year["cars_sold_households"]),
        ("state bodies", year["cars_sold_state"]),
        ("abroad", year["cars_exported"]),
    ]
    text = (
        "## What goes into a car\n\n![Kits, parts and cars](parts.svg)\n\n"
        f"The twelfth year of the world `{PARTS_WORLD}` (a buyer abroad takes 100,000 cars a year), scale "
        f"{SCALE:g}, seed 1: in the reference case hardly a part is local, and the picture would be one "
        "arrow. The deep share counts only what is earned at home in the local parts.\n\n"
        + table(
            ("what", "from", "to", "bn KGS a year"),
            [(*words, f"{amount:,.2f}") for *words, amount in steps],
        )
        + "\n\n"
        + table(("cars go to", "cars a year"), [(who, f"{count:,.0f}") for who, count in cars])
        + "\n"
    )
    return text, _svg(_draw_parts([step[3] for step in steps], cars))


def _draw_parts(amounts: list[float], cars: list[tuple[str, float]]) -> Any:
    """Bands whose heights are shares: of the plant's inputs on the left, of its cars on the right."""
    from matplotlib.figure import Figure

    kits, _, home, imported = amounts
    left = [
        ("kits from the parent", kits, "#0072B2"),
        ("inputs of local makers from abroad", imported, "#56B4E9"),
        ("value added by local makers", home, "#E69F00"),
    ]
    figure = Figure(figsize=(9.0, 3.6))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set(xlim=(0.0, 10.0), ylim=(-0.15, 1.15))
    axes.set_axis_off()
    for x0, x1, bands, side in (
        (3.2, 4.6, left, "right"),
        (5.4, 6.8, [(who, n, "#009E73") for who, n in cars], "left"),
    ):
        total = sum(amount for _, amount, _ in bands)
        edges = np.concatenate(([0.0], np.cumsum([amount / total for _, amount, _ in bands])))
        for (words, amount, colour), (low, high) in zip(bands, pairwise(edges), strict=True):
            axes.fill_between(
                [x0, x1], low + 0.004, high - 0.004, color=colour, alpha=0.7, linewidth=0
            )
            x = x0 - 0.1 if side == "right" else x1 + 0.1
            share = f"{amount / total:.1%}"
            axes.text(x, _apart(low, high, edges), f"{words}  {share}" if side == "right" else f"{share}  {words}",
                      ha=side, va="center", fontsize=9)  # fmt: skip
    axes.text(5.0, 0.5, "plant", ha="center", va="center", fontsize=12, weight="bold", rotation=90)
    axes.text(3.9, 1.08, "what it buys to build cars", ha="center", fontsize=9)
    axes.text(6.1, 1.08, "who takes the cars", ha="center", fontsize=9)
    return figure


def _apart(low: float, high: float, edges: np.ndarray) -> float:
    """Where a band's words stand: its middle, moved so that thin bands' words do not collide."""
    place = (low + high) / 2
    rank = int(np.searchsorted(edges, low + 1e-9))
    least = 0.07 * rank
    most = 1.0 - 0.07 * (len(edges) - 1 - rank)
    return float(np.clip(place, least, most))


def _svg(figure: Any) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()
