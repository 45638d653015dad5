"""Leontief mode against linear algebra: rows V01 and V02, on both packs and on known tables."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.leontief import FrozenEconomy, multipliers, respond
from model import InputError, load_pack
from model.pack_fields import SECTORS

# A three-sector table (parts, metal and services, trade): rows supply, columns use.
THREE = np.array([[0.10, 0.05, 0.02], [0.30, 0.15, 0.05], [0.05, 0.10, 0.20]])
JOBS = np.array([0.010, 0.020, 0.030])
LABOUR_SHARE = 0.25
SPENT_AT_HOME = np.array([0.02, 0.18, 0.35])


def coefficients(pack):
    return pack.io_domestic / np.where(pack.output > 0.0, pack.output, 1.0)


def inverse(matrix, pack):
    out = np.linalg.inv(np.eye(len(matrix)) - matrix)
    out[:, pack.output <= 0.0] = 0.0
    return out


def assert_relative(found, exact, tolerance=1e-9):
    there = exact != 0.0
    assert np.abs(found / np.where(there, exact, 1.0) - 1.0)[there].max() < tolerance
    assert np.all(found[~there] == 0.0)


@pytest.fixture(scope="module", params=["valley", "kyrgyzstan"])
def pack(request):
    return load_pack(request.param)


def test_the_base_year_keeps_still_in_leontief_mode(pack):
    made, own = FrozenEconomy(pack, pack.params()).come_to_rest()
    assert_relative(12.0 * (made + own), pack.output, 1e-12)
    assert_relative(12.0 * made, pack.firm_output, 1e-12)


def test_v01_type_one_is_the_inverse_of_the_packs_table(pack):
    found = multipliers(pack, pack.params())
    assert_relative(found, inverse(coefficients(pack), pack))


def test_type_two_is_the_inverse_of_the_closed_table(pack):
    p = pack.params()
    output = np.where(pack.output > 0.0, pack.output, 1.0)
    wages = pack.compensation / (1.0 + p.social_rate_employer) * (1.0 - p.income_tax_rate)
    earned = (wages + pack.mixed_income * (1.0 - p.own_account_tax_rate)) / output
    basket = pack.household_demand / (pack.household_demand + pack.household_imports).sum()
    capital = pack.investment_demand / (pack.investment_demand + pack.investment_imports).sum()
    housing = FrozenEconomy(pack, p).base.housing_share
    spent = basket * (1.0 - housing) / (1.0 + p.vat_rate) + capital * housing
    closed = coefficients(pack) + np.outer(p.income_propensity * spent, earned)
    found = multipliers(pack, p, households=True)
    assert_relative(found, inverse(closed, pack))


def test_jobs_follow_output(pack):
    p = pack.params()
    one = respond(pack, p, {"trade": 1e9})
    per_unit = (pack.employees + pack.own_account).sum(axis=0) / np.where(
        pack.output > 0.0, pack.output, 1.0
    )
    assert_relative(one.jobs, per_unit * one.output)
    assert one.jobs.sum() == pytest.approx(one.employee_jobs.sum() + one.own_account.sum())


def test_the_response_is_linear_and_signed(pack):
    p = pack.params()
    both = respond(pack, p, {"trade": 2e6, "mining": -1e6})
    apart = respond(pack, p, {"trade": 1e6}).output * 2 - respond(pack, p, {"mining": 1e6}).output
    np.testing.assert_allclose(both.output, apart, rtol=1e-8)


def test_what_nobody_makes_is_refused(pack):
    with pytest.raises(InputError, match="vehicles"):
        respond(pack, pack.params(), {"vehicles": 1.0})
    with pytest.raises(InputError, match="trade"):
        respond(pack, pack.params(), {"trad": 1.0})


# --- Tables with known answers ----------------------------------------------------------------


def pack_of(table, labour_share, spent_at_home, propensity=1.0):
    """The valley with another table in its first sectors, and nothing in the others.

    No taxes and no housing; households spend `propensity` of labour income, and of that
    `spent_at_home` on each home good. Returns pack and params.
    """
    n, size = len(table), len(SECTORS)
    output = np.zeros(size)
    output[:n] = 1e9
    flows = np.zeros((size, size))
    flows[:n, :n] = table * 1e9
    value_added = output - flows.sum(axis=0)
    compensation = labour_share * output
    bought = np.zeros(size)
    bought[:n] = spent_at_home
    abroad = np.zeros(size)
    abroad[0] = 1.0 - bought.sum()
    households = 0.05 * 1e9
    exports = output - flows.sum(axis=1) - bought * households
    staff = np.full((3, size), 100, np.int64)
    zero = np.zeros(size)
    pack = replace(
        load_pack("valley"), io_domestic=flows, io_imported=np.zeros((size, size)), output=output,
        firm_output=output, own_account_output=zero, household_demand=bought * households,
        household_imports=abroad * households, government_demand=zero, exports=exports,
        investment_demand=zero + 1e-3 * (output > 0), investment_imports=zero,
        compensation=compensation, mixed_income=zero, surplus=value_added - compensation,
        employees=staff, own_account=np.zeros((3, size), np.int64),
    )  # fmt: skip
    no_tax = dict.fromkeys(
        ("vat_rate", "income_tax_rate", "social_rate_employer", "profit_tax_rate"), 0.0
    )
    settings = {"income_propensity": propensity, "reinvestment_share": 1.0}
    return pack, pack.params().with_values({**no_tax, **settings})


@pytest.mark.parametrize(
    ("local", "type_one", "type_two"), [(1.0, 2.31932, 3.34109), (0.3, 1.36127, 2.06730)]
)
def test_v01_the_three_sector_table(local, type_one, type_two):
    table = THREE.copy()
    table[:, 0] *= local
    pack, p = pack_of(table, LABOUR_SHARE, SPENT_AT_HOME)
    closed = table + LABOUR_SHARE * np.outer(SPENT_AT_HOME, np.ones(3))
    for households, matrix, published in ((False, table, type_one), (True, closed, type_two)):
        found = respond(pack, p, {SECTORS[0]: 100.0}, households=households).output[:3]
        exact = np.linalg.inv(np.eye(3) - matrix)[:, 0]
        np.testing.assert_allclose(found, 100.0 * exact, rtol=1e-9)
        assert JOBS @ found / 100.0 / JOBS[0] == pytest.approx(published, abs=5e-6)


@pytest.mark.parametrize(("spent", "local"), [(0.8, 0.35), (0.8, 0.5), (0.9, 0.6)])
def test_v02_the_local_keynes_multiplier(spent, local):
    """One sector, all of whose output is labour income: 1 / (1 − propensity · local share)."""
    pack, p = pack_of(np.zeros((1, 1)), 1.0 - 1e-6, np.array([local]), propensity=spent)
    found = respond(pack, p, {SECTORS[0]: 1.0}, households=True).output[0]
    assert found == pytest.approx(1.0 / (1.0 - (1.0 - 1e-6) * spent * local), rel=1e-9)
