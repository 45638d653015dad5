"""Local content of what plants make, and who supplies them.

Identities: nominal = local goods / (kits + goods) over twelve months, without freight and the
plant's own value added (rules.md 26); deep ≤ nominal, for it leaves out what the goods hold of
imports. Limits: without contracts both are 0; with no imported inputs deep equals nominal.
"""

from __future__ import annotations

from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING

import numpy as np

from model.contracts import REASONS
from model.firms import FOREIGN

if TYPE_CHECKING:
    from model.model import RegionalModel
    from model.plant import Plant

YEAR = 12
_SHARE = "local_share_"


def domestic_content(model: RegionalModel) -> np.ndarray:
    """Domestic value added in a KGS of each sector's goods, suppliers' suppliers included [S].

    1 − m′(I − A)⁻¹ with the import shares and prices of today, A home inputs and m imported ones
    per KGS of output (Leontief 1936; Hummels, Ishii & Yi 2001). The country's mean over regions.
    """
    base, m = model.base, model.market
    weight = base.firm_output / np.maximum(base.firm_output.sum(axis=0), 1e-12)
    share = (m.input_import_share * weight[:, None, :]).sum(axis=0)
    price = m.price[:-1].mean(axis=0)
    relative = price[:, None] / price[None, :]
    home = base.input_coefficient * (1.0 - share) * relative
    abroad = (base.input_coefficient * share * (m.import_price / price)[None, :]).sum(axis=0)
    return cumulated_content(home, abroad)


def cumulated_content(home: np.ndarray, abroad: np.ndarray) -> np.ndarray:
    """1 − m′(I − A)⁻¹ for home inputs A [S, S] and imported inputs m [S] per unit of output."""
    content: np.ndarray = 1.0 - np.linalg.solve((np.eye(len(abroad)) - home).T, abroad)
    return content


def note_month(plant: Plant, content: np.ndarray) -> None:
    """Enter the month in the plant's last twelve; its local content follows."""
    parts, sectors = plant.parts, plant.model.pack.components["home_sector"]
    goods = float(parts.delivered_value.sum())
    deep = float((parts.made_here * content[sectors]).sum()) if goods > 0.0 else 0.0
    kits = plant.month.get("kits_imported_value", 0.0)
    parts.history.append((kits, goods, deep, parts.delivered.copy(), parts.from_kits.copy()))
    parts.made.append(float(plant.month.get("cars_made", 0.0)))
    del parts.history[:-YEAR], parts.made[:-YEAR]
    plant.local_content = contents([plant])[0]


def contents(plants: list[Plant]) -> tuple[float, float]:
    """Nominal and deep local content of these plants together over twelve months."""
    kits = sum(month[0] for plant in plants for month in plant.parts.history)
    goods = sum(month[1] for plant in plants for month in plant.parts.history)
    deep = sum(month[2] for plant in plants for month in plant.parts.history)
    total = kits + goods
    return (goods / total, deep / total) if total > 0.0 else (0.0, 0.0)


def local_shares(plants: list[Plant]) -> np.ndarray:
    """Share of the sets of each part that local suppliers brought in twelve months [C]."""
    local = sum(month[3] for plant in plants for month in plant.parts.history)
    kits = sum(month[4] for plant in plants for month in plant.parts.history)
    total = np.asarray(local + kits)
    return np.asarray(np.where(total > 0.0, local / np.where(total > 0.0, total, 1.0), 0.0))


def chain_measures(model: RegionalModel) -> dict[str, float]:
    """The chain's outcomes: content, suppliers, their jobs, contracts, tenders and failures."""
    f, plants = model.firms, model.plants
    nominal, deep = contents(plants)
    first, second = np.flatnonzero(f.supplier_tier == 1), f.supplier_tier == 2
    # The record grows for years; this month's is at its end.
    recent = takewhile(lambda one: one.period == model.period, reversed(model.failures))
    reasons = [one.reason for one in recent]
    # Staff in proportion to what of a firm's sales goes to plants: the rest needs the others.
    jobs = sum(
        float(f.employees[one.firm]) * one.delivered / max(float(f.sales[one.firm]), 1e-9)
        for one in model.contracts
    )
    out = {
        "local_content_nominal": nominal,
        "local_content_deep": deep,
        "tier1_suppliers": float(len(first)),
        "tier2_suppliers": float(np.count_nonzero(second)),
        "tier1_foreign": float(np.count_nonzero(f.ownership[first] == FOREIGN)),
        "tier1_staff": float(f.employees[first].sum()),
        "supplier_jobs": jobs,
        "contracts": float(len(model.contracts)),
        "tenders_open": float(len(model.open_tenders)),
        "tenders_won": float(reasons.count("won")),
        "tender_failures": float(len(reasons) - reasons.count("won")),
        "parts_bought_value": sum(p.month.get("parts_bought_value", 0.0) for p in plants),
        "cars_short_of_parts": sum(p.month.get("line_short_of_parts", 0.0) for p in plants),
    }
    out |= {f"failed_{name}": float(reasons.count(name)) for name in REASONS if name != "won"}
    return out | _shares_by_part(model)


def _shares_by_part(model: RegionalModel) -> dict[str, float]:
    """Local share of every part that the schema names; 0 for one that the pack does not have."""
    out = dict.fromkeys(share_outcomes(), 0.0)
    # Kits alone, and nothing was ever delivered: no need to look.
    if not model.contracts and not model.past_contracts:
        return out
    shares = local_shares(model.plants)
    if shares.ndim and len(shares):
        here = zip(model.pack.components["name"].tolist(), shares.tolist(), strict=True)
        out |= {f"{_SHARE}{part}": share for part, share in here if f"{_SHARE}{part}" in out}
    return out


@cache
def share_outcomes() -> tuple[str, ...]:
    """Names of the outcomes that are local shares of parts, in the order of the schema."""
    from model.measures import outcomes

    return tuple(name for name in outcomes() if name.startswith(_SHARE))
