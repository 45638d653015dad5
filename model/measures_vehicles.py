"""Where the country's cars come from: made at home or imported, and what is imported in them.

Shares are of the last twelve months, for a small region sells few cars in one. Cars in transit are
outside (rules.md 5), and second-hand cars too: they were in the country already.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from model.border import border_price
from model.markets.car_choice import NEW, USED

if TYPE_CHECKING:
    from model.model import RegionalModel

YEAR = 12


class VehicleFlows(NamedTuple):
    """Cars put into use at home by residents and the state, and trade in cars and kits; agent units.

    Attributes:
        made, imported: cars bought that were made at home; bought of dealers of new and used ones.
        exported: cars made at home that were sold abroad.
        made_value, imported_value: what buyers paid for them, KGS.
        border_value: of the imported ones at the border, KGS.
        kits_value: kits and parts that plants bought abroad, KGS; their other inputs are not in it.
        export_value: of exported ones, KGS.
    """

    made: float
    imported: float
    exported: float
    made_value: float
    imported_value: float
    border_value: float
    kits_value: float
    export_value: float


def vehicle_flows(model: RegionalModel) -> VehicleFlows:
    """This month's flows; dealers' sales at the prices they ask now."""
    counts, months = model.car_market.counts, [plant.month for plant in model.plants]

    def noted(name: str) -> float:
        return float(sum(month.get(name, 0.0) for month in months))

    made = counts["cars_sold_households"] + counts["cars_sold_state"]
    exported, sales = noted("cars_exported"), noted("plant_sales_value")
    at_home = made / (made + exported) if made + exported > 0.0 else 0.0
    dealers = model.importers
    at_border = {kind: border_price(model, kind) for kind in (NEW, USED)}
    return VehicleFlows(
        made=made,
        imported=float(sum(dealer.sold for dealer in dealers)),
        exported=exported,
        made_value=sales * at_home,
        imported_value=float(sum(dealer.sold * dealer.price for dealer in dealers)),
        border_value=float(sum(d.sold * at_border[d.kind] for d in dealers)),
        kits_value=noted("kits_imported_value") + noted("parts_imported_value"),
        export_value=sales * (1.0 - at_home),
    )


def import_shares(year: VehicleFlows) -> dict[str, float]:
    """Home supply (C1), import content and net import dependence of vehicles (C2), from sums.

    home supply     = made at home / (made at home + imported)                              cars
    import content  = (border value + kits in cars sold at home) / value put into use       KGS
    net imports     = (border value + all kits - exports of cars) / value put into use      KGS

    Of the kits, cars sold at home have their share of all cars sold. Without a plant: 0, and
    border over buyers' price twice. Not a number where nobody bought.
    """
    cars = year.made + year.imported
    value = year.made_value + year.imported_value
    if cars <= 0.0 or value <= 0.0:
        return dict.fromkeys(
            ("home_supply_share", "vehicle_import_content", "vehicle_net_imports"), math.nan
        )
    sold = year.made + year.exported
    kits_at_home = year.kits_value * year.made / sold if sold > 0.0 else 0.0
    return {
        "home_supply_share": year.made / cars,
        "vehicle_import_content": (year.border_value + kits_at_home) / value,
        "vehicle_net_imports": (year.border_value + year.kits_value - year.export_value) / value,
    }


def vehicle_measures(model: RegionalModel) -> dict[str, float]:
    """The shares over the last twelve months; keeps the months in the model's measures."""
    months = model.measures.vehicle_months
    months[model.period] = vehicle_flows(model)
    for old in [period for period in months if period <= model.period - YEAR]:
        del months[old]
    total = np.array(list(months.values())).sum(axis=0)
    return import_shares(VehicleFlows(*total.tolist()))
