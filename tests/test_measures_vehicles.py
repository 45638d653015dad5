"""Import shares of cars and the make-up of the economy: identities and limits."""

import math

import numpy as np
import pytest
from gates import build
from hypothesis import given, settings
from hypothesis import strategies as st

from model.accounts import WORLD, Kind, Sector
from model.border import border_price
from model.measures_structure import (
    MANUFACTURING_SECTORS,
    TRADITIONAL_SECTORS,
    exports_by_sector,
    structure_measures,
)
from model.measures_vehicles import VehicleFlows, import_shares, vehicle_flows


@pytest.fixture(scope="module")
def plan():
    model = build("plan")
    for _ in range(34):
        model.step()
    return model


@pytest.fixture(scope="module")
def none():
    model = build("none")
    for _ in range(20):
        model.step()
    return model


# --- Cars -------------------------------------------------------------------------------------------


def test_without_a_plant_nothing_is_made_at_home(none):
    now = none.measures.now
    assert now["home_supply_share"] == 0.0
    assert 0.0 < now["vehicle_import_content"] == now["vehicle_net_imports"] < 1.0
    dealers = none.importers
    prices = [border_price(none, d.kind) / d.price for d in dealers]
    assert min(prices) < now["vehicle_import_content"] < max(prices) * 1.1


def test_shares_are_of_twelve_months(plan):
    months = plan.measures.vehicle_months
    assert sorted(months) == list(range(plan.period - 11, plan.period + 1))
    series = plan.measures.monthly
    made = (series["cars_sold_households"] + series["cars_sold_state"])[-12:].sum()
    assert sum(month.made for month in months.values()) * plan.scale == pytest.approx(made)
    imported = sum(month.imported for month in months.values()) * plan.scale
    assert plan.measures.now["home_supply_share"] == pytest.approx(made / (made + imported))
    exported = series["cars_exported"][-12:].sum()
    assert exported > 0.0
    kits = series["kits_imported_value"][-12:].sum()
    assert sum(m.kits_value for m in months.values()) * plan.scale == pytest.approx(kits)
    sales = series["plant_sales_value"][-12:].sum()
    both = sum(m.made_value + m.export_value for m in months.values()) * plan.scale
    assert both == pytest.approx(sales)


def test_measuring_twice_is_measuring_once(plan):
    from model.measures import measure

    before = dict(plan.measures.vehicle_months)
    measure(plan)
    assert plan.measures.vehicle_months == before


def test_dealers_sales_are_what_buyers_paid(none):
    """What left dealers' stocks is what came into use; each is counted in the flow."""
    flows = vehicle_flows(none)
    assert flows.imported == sum(d.sold for d in none.importers)
    assert flows.made == flows.exported == flows.kits_value == flows.export_value == 0.0


positive = st.floats(0.0, 1e6)


@given(positive, st.floats(1.0, 1e6), positive, st.floats(0.0, 1.0))
@settings(max_examples=60, deadline=None)
def test_limits_of_the_shares(made, imported, exported, border):
    """All of a car's price imported in kits and at the border: import content 1, less what is home."""
    price = 2.0
    flows = VehicleFlows(
        made, imported, exported, made * price, imported * price, imported * price * border,
        (made + exported) * price, exported * price,
    )  # fmt: skip
    found = import_shares(flows)
    assert 0.0 <= found["home_supply_share"] <= 1.0
    expected = (imported * border + made) / (imported + made)
    assert found["vehicle_import_content"] == pytest.approx(expected, rel=1e-9)
    # Kits in exported cars are no dependence: they leave again at the same value.
    assert found["vehicle_net_imports"] == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_nobody_bought():
    found = import_shares(VehicleFlows(*[0.0] * 8))
    assert all(math.isnan(value) for value in found.values())


# --- What the economy is made of --------------------------------------------------------------------


@pytest.mark.parametrize("world", ["plan", "none"])
def test_exports_by_sector_sum_to_exports(world, request):
    model = request.getfixturevalue(world)
    exports = exports_by_sector(model)
    now = model.measures.now["exports"] / model.scale
    assert exports.sum() == pytest.approx(now, rel=1e-9)
    assert (exports >= -1e-6 * now).all()
    names = list(model.pack.sectors)
    cars = sum(p.month.get("cars_exported", 0.0) * p.price for p in model.plants)
    assert exports[names.index("vehicles")] == pytest.approx(cars, abs=1e-6 * now)
    flows = model.accounts.flows
    assert flows[WORLD, Sector.IMPORTERS, Kind.EXPORTS] >= 0.0


def test_parts_of_value_added(plan):
    now = plan.measures.now
    total = now["value_added"]
    traditional = sum(now[f"value_added_{name}"] for name in TRADITIONAL_SECTORS)
    assert now["traditional_share"] == pytest.approx(traditional / total)
    made = sum(now[f"value_added_{name}"] for name in MANUFACTURING_SECTORS)
    assert now["manufacturing_value_added"] == pytest.approx(made)


def test_cars_alone_are_all_exports(plan):
    """Limit: where only one sector exports the index is 1 and the entropy 0."""
    kept = plan.market.export_value
    plan.market.export_value = np.zeros_like(kept)
    paid, flows = plan.accounts.paid(Kind.EXPORTS), plan.accounts.flows[:, :, Kind.EXPORTS].copy()
    plan.accounts.flows[:, :, Kind.EXPORTS] = 0.0
    plan.accounts.flows[WORLD, Sector.FIRMS, Kind.EXPORTS] = paid
    found = structure_measures(plan)
    plan.market.export_value = kept
    plan.accounts.flows[:, :, Kind.EXPORTS] = flows
    assert found["exports_herfindahl"] == pytest.approx(1.0)
    assert found["exports_entropy"] == pytest.approx(0.0, abs=1e-12)
