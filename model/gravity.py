"""Space in the base year: who buys from where, who looks for work where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.base_table import ratio
from model.firms import N_CRITICAL

if TYPE_CHECKING:
    from model.packs import Pack
    from model.params import Params


# Rounds of the Furness (1965) iteration for the gravity constants; it converges linearly.
_FURNESS_ROUNDS = 500


def gravity(
    pack: Pack,
    params: Params,
    inputs: dict[str, np.ndarray],
    flows: dict[str, Any],
    firm_output: np.ndarray,
    pool_output: np.ndarray,
) -> dict[str, np.ndarray]:
    """Attraction of each cell such that base-year demand equals base-year supply in every cell.

    Doubly constrained gravity by Furness (1965) iteration; the world buys from all regions alike.
    """
    n_regions, n_sectors = firm_output.shape
    output = firm_output + pool_output
    people = (pack.labour_force * pack.wage_level) / (pack.labour_force * pack.wage_level).sum()
    home_inputs = inputs["input_coefficient"] * (1.0 - inputs["input_import_share"])
    demand = np.zeros((n_regions + 1, n_sectors))
    demand[:-1] = (home_inputs[None] * output[:, None, :]).sum(axis=2)
    demand[:-1] += people[:, None] * flows["consumption_home"][None]
    surplus = (firm_output * ratio(pack.surplus, pack.firm_output)[None]).sum(axis=1)
    capital_home = flows["capital_home"] / max(
        flows["firms"] + flows["public"] + flows["housing"], 1e-9
    )
    by_region = flows["firms"] * surplus / max(surplus.sum(), 1e-9) + flows["housing"] * people
    by_region = by_region + flows["public"] * flows["government_share"]
    demand[:-1] += by_region[:, None] * capital_home[None]
    demand[:-1] += flows["norms"]["government_units"]
    demand[-1] = flows["norms"]["export_units"]
    power = np.where(pack.tradable, params.distance_tradable, params.distance_local)
    weight = np.ones((n_regions + 1, n_regions, n_sectors))
    weight[:-1] = pack.distance_km[:, :, None] ** (-power[None, None, :])
    pull = np.where(output > 0.0, output, 0.0)
    target = output * ratio(demand.sum(axis=0), output.sum(axis=0))[None]
    for _ in range(_FURNESS_ROUNDS):
        reach = weight * pull[None]
        share = ratio(reach, reach.sum(axis=1, keepdims=True) + np.zeros_like(reach))
        got = (demand[:, None, :] * share).sum(axis=0)
        pull = pull * ratio(target, got)
    reach = weight[:-1] * (pull * ratio(firm_output, output))[None]
    share = ratio(reach, reach.sum(axis=1, keepdims=True) + np.zeros_like(reach))
    # Of critical inputs a part is ordered from firms by name: the market's part for firms is less.
    named = np.zeros(n_sectors)
    for i in range(n_sectors):
        for k in range(N_CRITICAL):
            g = inputs["critical"][i, k]
            if g >= 0:
                flow = home_inputs[g, i] * firm_output[:, i].sum()
                named[g] += inputs["named_share"][i, k] * flow
    part = np.minimum(ratio(named, firm_output.sum(axis=0)), 0.95)
    firm_market = firm_output * (1.0 - part)[None]
    split = ratio(firm_market, firm_market + pool_output)
    # What a job elsewhere adds to the usual way to work, which is half inside either region.
    inside = np.diag(pack.distance_km)
    extra = pack.distance_km - 0.5 * (inside[:, None] + inside[None, :])
    extra = np.maximum(extra, 0.0)
    commute = np.exp(-extra / params.commuting_km) * pack.labour_force[None]
    commute = commute / commute.sum(axis=1, keepdims=True)
    return {
        "distance_weight": weight,
        "pull_firms": pull * split,
        "pull_pool": pull * (1.0 - split),
        "supplier_reach": np.cumsum(share, axis=1),
        "reach": np.cumsum(commute, axis=1),
        "commuting_cost": params.commuting_cost * extra,
    }
