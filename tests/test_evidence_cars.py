"""P9 on markets with a planted answer: what is counted as bought, what a tariff does to prices."""

import math
from types import SimpleNamespace

import pandas as pd
import pytest

from experiments.evidence import p3_incumbents as p3
from experiments.evidence import p9_cars as p9
from model import load_pack
from model.border import base_border_price
from model.markets.car_choice import NEW, USED

PACK = load_pack("kyrgyzstan")
SEED = SimpleNamespace(pack=PACK, params=PACK.params())


def planted(elasticity, own, scale=1.0):
    """A market that answers with these elasticities exactly; kinds get dearer by different parts."""
    dearer = {"new": math.log(1.04), "used": math.log(1.05), "domestic": 0.0}
    before = {"new": 100.0, "used": 1000.0, "domestic": 50.0}
    paid = {kind: cars * price for (kind, cars), price in zip(before.items(), (3.0, 1.0, 2.0))}
    change = sum(paid[k] * dearer[k] for k in paid) / sum(paid.values())
    total = sum(before.values()) * math.exp(elasticity * change)
    after = {"new": 90.0, "used": total - 90.0 - 60.0, "domestic": 60.0}
    sold = (40.0 * scale, 40.0 * scale * 1.2**own)
    return p9.Sample(
        bought={k: (scale * before[k], scale * after[k]) for k in before},
        dearer=dearer, paid=paid, sold=sold, price=(1.0e6, 1.2e6), same_before=True,
    )  # fmt: skip


def test_both_elasticities_are_found():
    samples = [planted(-1.1, -4.0), planted(-1.1, -4.0, scale=1.0)]
    assert p9.market_elasticity(samples) == pytest.approx(-1.1, abs=1e-12)
    assert p9.own_elasticity(samples) == pytest.approx(-4.0, abs=1e-12)
    found = p9.find(samples)
    assert found["TR04"].truth.value == pytest.approx(-1.1)
    assert found["TR03"].truth.half_width == pytest.approx(0.0, abs=1e-9)
    assert "imported cars 5.0 % dearer" in found["TR04"].note


def test_a_market_without_cars_has_no_elasticity():
    none = p9.Sample(
        bought=dict.fromkeys(p9.KINDS, (0.0, 0.0)), dearer=dict.fromkeys(p9.KINDS, 0.04),
        paid=dict.fromkeys(p9.KINDS, 0.0), sold=(0.0, 0.0), price=(math.nan, math.nan),
        same_before=True,
    )  # fmt: skip
    assert math.isnan(p9.market_elasticity([none]))
    assert math.isnan(p9.own_elasticity([none]))


@pytest.mark.parametrize(("kind", "rates"), [(NEW, (0.15, 0.20)), (USED, (0.10, 0.15))])
def test_five_points_of_duty_pass_into_the_landed_cost(kind, rates):
    price, fee = base_border_price(PACK, kind), float(PACK.cars["registration_cost"])
    vat = PACK.params().vat_rate
    expected = [price * (1.0 + rate) * (1.0 + vat) + fee for rate in rates]
    assert p9.landed(SEED, kind) == pytest.approx(tuple(expected), rel=1e-12)


def test_what_the_state_buys_abroad_is_not_the_households():
    wanted = float(PACK.cars["state_fleet"] / PACK.cars["state_replacement_years"] / 12.0)
    months = pd.DataFrame(
        {"cars_imported_new": [wanted + 50.0] * 4, "cars_imported_used": [800.0] * 4,
         "cars_sold_state": [wanted / 4.0] * 4, "cars_sold_households": [9.0] * 4}
    )  # fmt: skip
    assert p9.household_cars(SEED, months, "new") == pytest.approx(50.0 + wanted / 4.0)
    assert p9.household_cars(SEED, months, "used") == 800.0
    assert p9.household_cars(SEED, months, "domestic") == 9.0


def test_a_price_is_that_of_the_months_with_a_plant():
    assert p9.mean_price(pd.DataFrame({"plant_price": [0.0, 3.0, 5.0]})) == 4.0
    assert math.isnan(p9.mean_price(pd.DataFrame({"plant_price": [0.0, 0.0]})))


def test_the_wage_a_head_is_that_of_the_books():
    books = pd.DataFrame(
        {"identity": [1, 2], "year": [0, 0], "wage_bill": [200.0, 50.0], "employees": [4, 0]}
    )
    wage = p3._wage(books)
    assert wage[1, 0] == pytest.approx(math.log(50.0))
    assert math.isnan(wage[2, 0])
