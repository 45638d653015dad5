"""Production accounts of the month: output, value added, wage and price indices.

Value added is output less the inputs it used, at today's prices, whoever produced it; the same
at base prices is real value added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model.accounts import GOVERNMENT, IMPORTERS, WORLD, Kind
from model.plant_costs import kit_price_index
from model.sectors import TRADE

if TYPE_CHECKING:
    from model.model import RegionalModel
    from model.plant import Plant


@njit(cache=True)
def sum_production(vehicles, region, sector, production, price, made, value):  # type: ignore[no-untyped-def]
    """Add up what firms but plants have made, in units and in KGS [R, S] each."""
    for f in range(len(region)):
        if production[f] != 0.0 and sector[f] != vehicles:
            made[region[f], sector[f]] += production[f]
            value[region[f], sector[f]] += production[f] * price[f]


def account_production(model: RegionalModel) -> None:
    """Phase 12, accounts: who made what, and the indices that next month's decisions read."""
    f, base, m = model.firms, model.base, model.market
    shape = base.firm_output.shape
    made, value = np.zeros(shape), np.zeros(shape)
    sum_production(base.vehicles, f.region, f.sector, f.production, f.price, made, value)
    units = made + m.pool_output
    worth = value + m.pool_output * m.pool_price
    model.output_value = worth
    model.value_added = worth - units * m.unit_input_cost
    model.real_value_added = units * np.maximum(1.0 - base.base_input_cost, 0.0)[None]
    weight = base.household_income / base.household_income.sum()
    model.price_level = float((weight * m.consumer_price).sum()) / model.params.numeraire
    for plant in model.plants:
        _add_plant(model, plant)
    _add_contract_margins(model)
    _add_car_trade(model)
    _update_wage_index(model)


def _add_plant(model: RegionalModel, plant: Plant) -> None:
    """A plant's output and value added; taxes on kits and cars are not its own, GDP adds them.

    At base prices cars are worth the opening day's price, kits and parts what kits cost at the base
    year's exchange rate, world prices and freight, and the rest is deflated by the price level.
    """
    month, cell = plant.month, (plant.region, model.base.vehicles)
    cars, materials = month.get("cars_made", 0.0), month.get("materials_used_value", 0.0)
    services = month.get("service_exports", 0.0)
    inputs = float(model.firms.material_cost[plant.row]) + month.get("commissions", 0.0)
    output = cars * plant.price + services
    model.output_value[cell] += output
    model.value_added[cell] += output - materials - inputs - month.get("taxes_paid", 0.0)
    real = cars * plant.base_price - materials / kit_price_index(plant)
    real += (services - inputs) / model.price_level
    model.real_value_added[cell] += real / model.params.numeraire


def _add_contract_margins(model: RegionalModel) -> None:
    """Parts are worth what the contract says, not the seller's list price, in the seller's cell."""
    f = model.firms
    for one in model.contracts:
        sets = one.delivered / one.units
        more = sets * one.price - one.delivered * float(f.price[one.firm])
        bought_in = sets * one.bought_in * float(model.market.import_price)
        model.output_value[f.region[one.firm], f.sector[one.firm]] += more
        model.value_added[f.region[one.firm], f.sector[one.firm]] += more - bought_in


def _add_car_trade(model: RegionalModel) -> None:
    """Dealers' margins are value added of trade, in the dealers' regions.

    What they took for cars, less what they paid for them with duty and VAT, and the change of
    their stock at landed cost; transit with its margin; commissions. Without it the trade that a plant
    displaces would be missing from what the country loses.
    """
    flows = model.accounts.flows
    took = flows[:, IMPORTERS, Kind.CARS].sum() + flows[WORLD, IMPORTERS, Kind.EXPORTS]
    took += flows[:, IMPORTERS, Kind.COMMISSIONS].sum()
    paid = flows[IMPORTERS, :, Kind.CARS].sum() + flows[IMPORTERS, GOVERNMENT].sum()
    stocked = sum((dealer.arrived - dealer.sold) * dealer.cost for dealer in model.importers)
    margin = float(took - paid) + stocked
    shares = sum(dealer.share for dealer in model.importers)
    for dealer in model.importers:
        part = margin * dealer.share / shares
        model.value_added[dealer.region, TRADE] += part
        model.output_value[dealer.region, TRADE] += part
        model.real_value_added[dealer.region, TRADE] += part / model.params.numeraire


@njit(cache=True)
def sum_wage_offers(vehicles, norm, alive, region, sector, employees, wage_offer, heads, weighted):  # type: ignore[no-untyped-def]
    """Add up staff, and offers against `norm` weighted by it, of firms but plants [R, S] each."""
    for f in range(len(alive)):
        r, s = region[f], sector[f]
        if alive[f] and s != vehicles:
            heads[r, s] += employees[f]
            weighted[r, s] += employees[f] * (wage_offer[f] / norm[r, s])


def _update_wage_index(model: RegionalModel) -> None:
    """Wages offered against the base year, [R]: staff-weighted over each region's firms."""
    f, base = model.firms, model.base
    cell_heads, cell_offers = np.zeros(base.wage.shape), np.zeros(base.wage.shape)
    norm = np.where(base.wage > 0.0, base.wage, 1.0)
    sum_wage_offers(
        base.vehicles, norm, f.alive, f.region, f.sector, f.employees, f.wage_offer, cell_heads,
        cell_offers,
    )  # fmt: skip
    weighted, heads = cell_offers.sum(axis=1), cell_heads.sum(axis=1)
    now = np.where(heads > 0.0, weighted / np.maximum(heads, 1e-12), model.wage_index)
    model.wage_index = model.wage_index + model.params.income_memory * (now - model.wage_index)
