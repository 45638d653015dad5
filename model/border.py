"""Cars at the border: recorded prices and transit, duty and VAT, and the base year's car trade."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.markets.car_choice import NEW, USED

if TYPE_CHECKING:
    from model.model import RegionalModel
    from model.packs import Pack
    from model.params import Params


def recorded(series: np.ndarray, period: int) -> float:
    """Value of a monthly record that starts in month 0; after its end, the last year's mean."""
    if period < len(series):
        return float(series[period])
    return float(np.mean(series[-12:]))


def car_price_index(model: RegionalModel) -> float:
    """World price of cars against the base year; 1 outside the record and in `flat`."""
    if not model.world.outside or model.period < 0:
        return 1.0
    return recorded(model.pack.car_series["import_price_index"], model.period)


def reexports_this_month(model: RegionalModel) -> float:
    """Foreign demand that passes through the dealers, real cars a month (rules.md 5).

    The record, times foreign demand and the part of goods that passes the border.
    """
    if not model.world.outside or model.period < 0:
        return 0.0
    now = recorded(model.pack.car_series["reexports_per_month"], model.period)
    return now * float(model.params.foreign_demand_index * model.params.corridor_open)


def border_price(model: RegionalModel, kind: int) -> float:
    """Price at the border before duty, KGS a car."""
    foreign = base_border_price(model.pack, kind) * car_price_index(model)
    p = model.params
    return foreign * float(p.numeraire * p.exchange_rate_index) * float(p.world_price_index)


def base_border_price(pack: Pack, kind: int) -> float:
    """The border price of the base year, KGS a car."""
    return float(pack.cars["new_import_price" if kind == NEW else "used_import_price"])


def border_taxes(params: Params, kind: int, price: float, fee: float) -> tuple[float, float]:
    """Duty with the fee of the first registration, and VAT, on a car of this border price, KGS."""
    duty = price * (params.new_car_duty_rate if kind == NEW else params.used_car_duty_rate)
    return duty + fee, (price + duty) * params.vat_rate


def landed_cost(model: RegionalModel, kind: int) -> tuple[float, float, float]:
    """Border price; duty with the fees of the first registration; VAT. KGS a car.

    `import_registration_fee` comes on top for imported cars (a recycling fee, say).
    """
    price = border_price(model, kind)
    fee = registration_fee(model) + model.params.import_registration_fee * model.params.numeraire
    return price, *border_taxes(model.params, kind, price, fee)


def registration_fee(model: RegionalModel) -> float:
    """What the first registration of a car costs, KGS."""
    return float(model.pack.cars["registration_cost"] * model.params.numeraire)


def freight_factor(model: RegionalModel) -> float:
    """Cost of freight against the base year: (1 + new routes / old routes)^−effect; 1 without any.

    Limão & Venables (2001): transport costs fall with infrastructure.
    """
    p = model.params
    if p.logistics_effect <= 0.0 or model.government.logistics_stock <= 0.0:
        return 1.0
    more = model.government.logistics_stock * model.scale / p.logistics_capital
    return float((1.0 + more) ** -p.logistics_effect)


def base_car_flows(pack: Pack, params: Params, workers: float) -> dict[str, float]:
    """What the car market of the base year adds to the books, KGS a month at base prices.

    `workers`: heads that buy, in agent units or real, as all results. Keys: `border` (paid to the
    world for households' cars), `taxes` (duty, fee and VAT on them), `state_border`,
    `state_taxes`, and `state_margin` (the dealers' part of what the state pays). Households lose
    border + taxes: the dealers' margin comes back to them as profit.
    """
    fee = float(pack.cars["registration_cost"])
    per_thousand = {NEW: params.new_imports_per_1000, USED: params.used_imports_per_1000}
    flows = dict.fromkeys(("border", "taxes"), 0.0)
    for kind, rate in per_thousand.items():
        cars, price = rate / 12000.0 * workers, base_border_price(pack, kind)
        flows["border"] += cars * price
        flows["taxes"] += cars * sum(border_taxes(params, kind, price, fee))
    cars = pack.cars["state_fleet"] / pack.cars["state_replacement_years"] / 12.0
    # The state's fleet is the country's: brought to the same units as the workers.
    cars *= workers / float(np.sum(pack.labour_force) + np.sum(pack.abroad))
    price = base_border_price(pack, NEW)
    taxes = sum(border_taxes(params, NEW, price, fee))
    flows["state_border"], flows["state_taxes"] = cars * price, cars * taxes
    flows["state_margin"] = cars * (price + taxes) * params.new_dealer_margin
    return {name: float(value * params.numeraire) for name, value in flows.items()}
