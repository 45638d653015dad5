"""What the economy is made of: concentration of exports, traditional trades, manufacturing.

Ratios and indices of what other rules left behind; nothing here moves anything.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from model.accounts import IMPORTERS, WORLD, Kind
from model.sectors import TRADE, VEHICLES

if TYPE_CHECKING:
    from model.model import RegionalModel

# What a region without the plant lives on: farming, mines, food and clothing (by name in SECTORS).
TRADITIONAL_SECTORS = ("agriculture", "mining", "light_industry")
MANUFACTURING_SECTORS = ("light_industry", "materials_engineering", "vehicles")


def concentration(values: np.ndarray) -> tuple[float, float]:
    """Herfindahl index and entropy of shares; 1/n and ln n for n equal parts (V19).

    What is not positive counts as nothing.
    """
    positive = [x for x in values.tolist() if x > 0.0]
    total = sum(positive)
    if total <= 0.0:
        return math.nan, math.nan
    shares = [x / total for x in positive]
    return sum(x * x for x in shares), -sum(x * math.log(x) for x in shares)


def exports_by_sector(model: RegionalModel) -> np.ndarray:
    """Exports of the month by the sector that sells, KGS [S]; of cars in transit the margin.

    Sums to the outcome `exports`: goods by sector, plants' cars under vehicles, transit under trade.
    """
    exports = model.market.export_value.copy()
    exports[VEHICLES] += model.accounts.paid(Kind.EXPORTS) - exports.sum()
    transit = float(model.accounts.flows[WORLD, IMPORTERS, Kind.EXPORTS])
    exports[VEHICLES] -= transit
    margin = model.params.reexport_margin
    exports[TRADE] += transit * margin / (1.0 + margin)
    return exports


def structure_measures(model: RegionalModel) -> dict[str, float]:
    """Concentration of exports, the traditional sectors' share, manufacturing."""
    herfindahl, entropy = concentration(exports_by_sector(model))
    added = dict(zip(model.pack.sectors, model.value_added.sum(axis=0).tolist(), strict=True))
    total = sum(added.values())
    traditional = sum(added[name] for name in TRADITIONAL_SECTORS)
    return {
        "exports_herfindahl": herfindahl,
        "exports_entropy": entropy,
        "traditional_share": traditional / total if total > 0.0 else math.nan,
        "manufacturing_value_added": sum(added[name] for name in MANUFACTURING_SECTORS),
    }
