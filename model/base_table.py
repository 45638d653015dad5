"""The pack's table as norms: coefficients, baskets, mixes, and who holds the capital."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.firms import N_CRITICAL
from model.sectors import CONSTRUCTION, N_GOODS, PUBLIC

if TYPE_CHECKING:
    from model.packs import Pack
    from model.params import Params


def apportion(exact: np.ndarray) -> np.ndarray:
    """Whole numbers near `exact` with the same total (largest remainders), int64, same shape."""
    flat = np.maximum(exact.ravel(), 0.0)
    whole = np.floor(flat + 1e-9)
    missing = round(float(flat.sum() - whole.sum()))
    order = np.argsort(-(flat - whole), kind="stable")
    whole[order[:missing]] += 1.0
    return whole.reshape(exact.shape).astype(np.int64)


def ratio(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a / b, and 0 where b is 0."""
    return np.where(b > 0.0, a / np.where(b > 0.0, b, 1.0), 0.0)


def shares(x: np.ndarray) -> np.ndarray:
    """Columns of [R, S] divided by their sums."""
    return ratio(x, x.sum(axis=0, keepdims=True) + np.zeros_like(x))


def capital_shares(pack: Pack, params: Params) -> np.ndarray:
    """Shares of sectors in the capital of firms [S].

    No record of it: capital earns the same everywhere, up to a share of value added above which
    surplus is read as rent (mines, banks), not as the return on machines.
    """
    rent_free = params.capital_share_cap * (pack.compensation + pack.surplus)
    return shares_1d(np.minimum(pack.surplus, rent_free))


def shares_1d(x: np.ndarray) -> np.ndarray:
    """A vector divided by its sum."""
    return ratio(x, np.full(x.shape, x.sum()))


def input_structure(pack: Pack) -> dict[str, np.ndarray]:
    """Coefficients per unit of output, import shares, and which inputs are critical."""
    output = pack.output[None, :] + np.zeros_like(pack.io_domestic)
    home, foreign = ratio(pack.io_domestic, output), ratio(pack.io_imported, output)
    total = home + foreign
    import_share = ratio(foreign, total)
    n = len(pack.sectors)
    critical = np.full((n, N_CRITICAL), -1, np.int64)
    critical_coefficient = np.ones((n, N_CRITICAL))
    named = np.zeros((n, N_CRITICAL))
    loose = total.copy()
    firm_part = ratio(pack.firm_output, pack.output)
    for i in range(n):
        if not (
            pack.storable[i] or i == CONSTRUCTION
        ):  # services keep no stock of inputs; builders do
            continue
        order = np.argsort(-total[:N_GOODS, i], kind="stable")[:N_CRITICAL]
        for k, g in enumerate(order):
            if total[g, i] > 0.01:
                critical[i, k] = g
                critical_coefficient[i, k] = total[g, i]
                named[i, k] = 0.9 * firm_part[g]
                loose[g, i] = 0.0
    return {
        "input_coefficient": total,
        "input_import_share": import_share,
        "loose_coefficient": loose,
        "critical": critical,
        "critical_coefficient": critical_coefficient,
        "named_share": named,
        "base_input_cost": total.sum(axis=0),
    }


def flows(pack: Pack, params: Params, month: float) -> dict[str, Any]:
    """Final demand in units a month; baskets and mixes as shares."""
    consumption_home, consumption_abroad = pack.household_demand, pack.household_imports
    capital_home, capital_abroad = pack.investment_demand, pack.investment_imports
    consumption = consumption_home + consumption_abroad
    capital = capital_home + capital_abroad
    total_capital = capital.sum() * month
    firms_share = min(params.reinvestment_share * pack.surplus.sum() * month / total_capital, 0.85)
    public = min(params.public_investment_share, 1.0 - firms_share) * total_capital
    firms = firms_share * total_capital
    housing = max(total_capital - firms - public, 0.0)
    level = pack.employees[:, PUBLIC] * pack.wage_level
    return {
        "consumption": consumption * month,
        "consumption_home": consumption_home * month,
        "capital_home": capital_home * month,
        "firms": firms, "public": public, "housing": housing,
        "government_share": level / level.sum(),
        "norms": {
            "basket": shares_1d(consumption),
            "basket_import_share": ratio(consumption_abroad, consumption),
            "capital_mix": shares_1d(capital),
            "capital_import_share": ratio(capital_abroad, capital),
            "government_units": (level / level.sum())[:, None] * pack.government_demand[None] * month,
            "export_units": pack.exports * month,
            "public_investment": (level / level.sum()) * public,
        },
    }  # fmt: skip
