"""Worlds in which some firms of `valley` have a contract with the plant, as if they had won it."""

from __future__ import annotations

from typing import Any

import numpy as np
from gates import build

from model import RegionalModel
from model.contracts import Contract
from model.sectors import ENGINEERING


def makers(model: RegionalModel, n: int) -> list[int]:
    """The n largest engineering firms near the plant."""
    f = model.firms
    here = f.alive & (f.sector == ENGINEERING) & (f.region == model.plants[0].region)
    rows = np.flatnonzero(here)
    if len(rows) < n:
        rows = np.flatnonzero(f.alive & (f.sector == ENGINEERING))
    return [int(row) for row in rows[np.argsort(-f.employees[rows], kind="stable")][:n]]


def award(model: RegionalModel, rows: list[int], share: float = 0.5) -> None:
    """Contracts for one part each, with the marks that a tender leaves on the row."""
    f = model.firms
    for k, row in enumerate(rows):
        price = float(f.price[row]) * 1e4
        model.contracts.append(
            Contract(
                model.plants[0], k, row, int(f.identity[row]), share, price, 1e4,
                model.period, model.period, model.period + 60,
            )
        )  # fmt: skip
        f.component[row], f.supplier_tier[row] = k, 1


def deliver(model: RegionalModel) -> None:
    """Note on the rows what the plant's output of last month took of them."""
    f = model.firms
    f.part_sales[:] = 0.0
    for one in model.contracts:
        cars = one.plant.month.get("cars_made", 0.0)
        if one.closed < 0 and f.alive[one.firm]:
            f.part_sales[one.firm] += one.share * cars * one.price


def supplied(months: int, n: int = 2, seed: int = 1, **settings: Any) -> RegionalModel:
    """A model that was run so long; contracts are won in the month the plant opens."""
    model = build("plan", "valley", seed, **({"search_employee": 0.2} | settings))
    for _ in range(months):
        if model.period == model.plants[0].opening:
            award(model, makers(model, n))
        deliver(model)
        model.step()
    return model
