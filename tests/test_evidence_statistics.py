"""The statistics of the evidence scripts on data with a planted answer."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from experiments.evidence import p1_regression, p2_study, p6_shapes
from experiments.evidence import p2_suppliers as p2
from experiments.evidence import p3_incumbents as p3
from experiments.evidence import p4_wages as p4
from experiments.evidence import p5_learning as p5
from experiments.evidence import p6_demography as p6
from experiments.evidence import p7_outage as p7
from experiments.evidence import p8_localisation as p8
from experiments.evidence.books import labour_shares, with_logs, yearly_books
from experiments.evidence.estimate import over_seeds
from experiments.evidence.p7_figure import by_seed, mean_loss
from model import RegionalModel, World, load_pack
from model.firms import Firms
from model.shocks import output_left

RNG = np.random.default_rng(11)


# --- P1 -------------------------------------------------------------------------------------------


def test_the_long_difference_finds_the_planted_multiplier():
    """Zones of very different size, a trend of each run's own, a plant in one of them."""
    zones = []
    for trend in (-0.02, 0.0, 0.05):
        before = RNG.uniform(1e4, 4e5, 9)
        plant = np.where(np.arange(9) == 0, 3000.0 / before, 0.0)
        noise = RNG.normal(0.0, 5.0, 9) / before
        zones.append(
            pd.DataFrame({"before": before, "all": trend + 1.4 * plant + noise, "plant": plant})
        )
    assert p1_regression.long_difference(zones, "all") == pytest.approx(1.4, abs=0.05)


def test_local_trades_are_neither_tradable_nor_public():
    pack = load_pack("kyrgyzstan")
    firms = pd.DataFrame({"sector": range(len(pack.sectors))})
    local = {
        name for name, here in zip(pack.sectors, p1_regression.local_trade(firms, pack)) if here
    }
    assert {"trade", "construction", "personal_services"} <= local
    assert not local & {"agriculture", "materials_engineering", "public_services", "vehicles"}


def test_jobs_are_means_over_snapshots():
    firms = pd.DataFrame({"period": [11, 11, 23, 35], "jobs": [10.0, 5.0, 7.0, 99.0]})
    chosen = np.array([True, False, True, True])
    assert p1_regression.jobs_of(firms, (0, 24), chosen) == 8.5


# --- Books ----------------------------------------------------------------------------------------


def books_table(n=60, years=14, sectors=2, entrants=()):
    """Yearly books of firms that drift with their trade and by chance."""
    firm = np.repeat(np.arange(n), years)
    year = np.tile(np.arange(years), n)
    sector = firm % sectors
    shock = RNG.normal(0.0, 0.3, (sectors, years))[sector, year]
    level = RNG.normal(0.0, 1.0, n)[firm]
    noise = RNG.normal(0.0, 0.01, n * years)
    table = pd.DataFrame({"identity": firm, "year": year, "sector": sector})
    return table.assign(staff=level + shock + noise, sales=level + shock + noise)


def planted_events(books, chosen, first, effect):
    """`effect(since)` is added to the staff of the chosen firms from their event on."""
    events = pd.Series(first, index=list(chosen))
    since = books["year"] - books["identity"].map(events)
    add = since.map(lambda k: effect(k) if k >= 0 else 0.0).fillna(0.0)
    return books.assign(staff=books["staff"] + add), events


def test_the_event_study_finds_the_planted_path_and_no_trend_before():
    books = books_table()
    books, events = planted_events(
        books, range(12), [4] * 6 + [7] * 6, lambda k: -0.2 if k == 0 else 0.05 * k
    )
    found = p2_study.event_study(books, events, set(range(12)), ["staff", "sales"])
    path = found.loc["staff"]
    assert path[-1] == 0.0
    assert path[[-3, -2]].abs().max() < 0.02
    assert path[0] == pytest.approx(-0.2, abs=0.02)
    assert path[4] == pytest.approx(0.2, abs=0.02)
    assert found.loc["sales"].abs().max() < 0.02


def test_later_suppliers_are_no_controls_of_earlier_ones():
    """Effects that grow, two cohorts: two-way fixed effects without stacks would be far off."""
    books = books_table(n=20)
    books, events = planted_events(books, range(16), [4] * 8 + [6] * 8, lambda k: 0.3 * (k + 1))
    found = p2_study.event_study(books, events, set(range(16)), ["staff"])
    assert found.loc["staff", 4] == pytest.approx(1.5, abs=0.03)


def test_twins_are_compared_where_both_are_in_business():
    one = pd.DataFrame({"identity": [1, 1, 2], "year": [5, 9, 5], "staff": [2.0, 3.0, 9.0]})
    other = pd.DataFrame({"identity": [1, 1], "year": [5, 9], "staff": [1.5, 2.0]})
    found, twins = p2_study.twin_study(one, other, pd.Series([5, 5], index=[1, 2]), ["staff"])
    assert (found.loc["staff", 0], found.loc["staff", 4], twins) == (0.5, 1.0, 1)


def test_suppliers_need_a_delivery_and_a_history():
    contracts = pd.DataFrame(
        {"identity": [1, 1, 2, 3], "award": [40, 60, 50, 50], "value": [0.0, 9.0, 0.0, 7.0]}
    )
    first = p2.first_awards(contracts)
    assert first.to_dict() == {1: 5, 3: 4}
    books = pd.DataFrame([(1, y) for y in range(12)] + [(3, y) for y in range(3, 12)],
                         columns=["identity", "year"])  # fmt: skip
    assert p2.with_history(first, books).to_dict() == {1: 5}
    assert not len(p2.first_awards(contracts.head(0)))


def test_productivity_is_what_inputs_do_not_explain():
    """Twice the value added from the same staff and capital: log 2, whatever the shares."""
    rows = 8
    firms = pd.DataFrame({
        "identity": range(rows), "period": 11, "ownership": 0, "origin": 0, "region": 0,
        "sector": [0, 1] * 4, "age": 50, "employees": [10] * rows, "capital": [1e6] * rows,
        "knowledge": 0.0, "part_sales": [0.0] * rows, "wage_bill": [3e5] * rows,
        "revenue": [1.5e6] * 4 + [2.5e6] * 4, "material_cost": [5e5] * rows,
    })  # fmt: skip
    books = yearly_books(firms)
    shares = labour_shares(books, load_pack("valley").params())
    tfpr = with_logs(books, shares)["tfpr"]
    assert tfpr[4] - tfpr[0] == pytest.approx(np.log(2.0))
    plants = firms.assign(origin=7)
    assert not len(yearly_books(plants))


# --- P3 -------------------------------------------------------------------------------------------


def incumbents(effect, n=3000):
    firms = pd.DataFrame({
        "region": RNG.integers(0, 3, n), "sector": RNG.integers(0, 5, n),
        "year": RNG.integers(5, 7, n),
    })  # fmt: skip
    firms["home"], firms["away"] = firms["region"] == 0, firms["region"] == 1
    trade = np.array([1.0, -4.0, 3.0, 0.0, 2.0])[firms["sector"]]
    close = pd.Series([0.1, 0.2, 0.3, 0.4, 0.5])
    own = effect(firms["sector"].map(close)) * firms["home"] + RNG.normal(0.0, 1.0, n)
    firms["truth"], firms["change"] = own, trade * firms["year"] + own
    return SimpleNamespace(firms=firms, labour=close, technology=close)


def test_winners_less_losers_takes_trades_out():
    sample = incumbents(lambda close: 5.0)
    assert p3.winners_less_losers([sample]) == pytest.approx(5.0, abs=0.2)
    assert p3.mean_effect([sample], "truth", "home") == pytest.approx(5.0, abs=0.2)


def test_the_gradient_is_per_standard_deviation():
    sample = incumbents(lambda close: 2.0 + 10.0 * close)
    spread = sample.firms.loc[sample.firms["home"], "sector"].map(sample.labour).std()
    found = p3.gradient([sample], "labour", "truth")
    assert found == pytest.approx(10.0 * spread, abs=0.15)
    assert abs(p3.gradient([incumbents(lambda close: 2.0)], "labour", "truth")) < 0.15


def test_a_car_is_nearest_to_its_parts_trade():
    pack = load_pack("kyrgyzstan")
    close = p3.technology_closeness(pack)
    assert close.idxmax() == list(pack.sectors).index("materials_engineering")
    assert (close >= 0.0).all()
    assert (close <= 1.0 + 1e-12).all()


# --- P4 -------------------------------------------------------------------------------------------


def test_the_exposure_slope_is_found_beside_cells_and_years():
    cells = []
    for seed in range(2):
        keys = [(r, s, y) for r in range(2) for s in range(6) for y in range(8)]
        table = pd.DataFrame(keys, columns=["region", "trade", "period"])
        table["people"] = RNG.integers(50, 500, len(table))
        table["exposure"] = RNG.uniform(0.0, 0.02, len(table))
        usual = 0.1 * table["trade"] + 0.03 * table["period"] * (seed + 1)
        table["twin"] = usual + RNG.normal(0.0, 1e-4, len(table))
        table["growth"] = table["twin"] + 0.8 * table["exposure"]
        cells.append(table)
    together = pd.concat(cells)
    spread = p4.weighted_sd(together["exposure"], together["people"])
    for outcome in ("own", "paired"):
        found = p4.exposure_slope(cells, outcome)
        assert found == pytest.approx(100.0 * 0.8 * spread, rel=0.01)


def test_who_stays_who_arrives_and_the_exposure_of_a_cell():
    people = pd.DataFrame({
        "identity": [1, 2, 3, 4] * 2, "period": [11] * 4 + [23] * 4, "region": 0,
        "employer": [5, 5, 5, 9, 5, 9, 6, 9], "log_wage": [0.0] * 4 + [0.1, 0.3, 0.2, 0.5],
    })  # fmt: skip
    growth = p4.yearly_growth(people, {9}, pd.Series({5: 2, 6: 3}))
    by_person = growth.set_index("identity")
    assert by_person["stays"].tolist() == [True, False, False, False]
    assert by_person["arrives"].tolist() == [False, True, False, False]
    (cell,) = p4.cell_years(growth, growth, pd.Series(dtype=int)).to_dict("records")
    assert (cell["trade"], cell["people"]) == (2, 1)
    assert cell["exposure"] == pytest.approx(1 / 3)


# --- P5 -------------------------------------------------------------------------------------------


def plant_books(ratio, months=40, stop=()):
    """Books of a plant on Wright's law from its first car on, with no staff that is fixed."""
    made, total = [], 0.0
    staff = []
    for month in range(months):
        cars = 0.0 if month in stop else 20.0 + month
        middle = total + cars / 2.0
        hours = middle ** np.log2(ratio) if middle > 0.0 else 1.0
        made.append(cars)
        staff.append(hours * max(cars, 20.0))
        total += cars
    return pd.DataFrame({"period": range(months), "cars_made": made, "employees": staff,
                         "planned": [20.0 + m for m in range(months)], "stage": "SKD"})  # fmt: skip


@pytest.mark.parametrize("ratio", [0.7, 0.81, 1.0])
def test_the_progress_ratio_of_wrights_law_is_found(ratio):
    assert p5.progress_ratio(*p5.learning_months(plant_books(ratio))) == pytest.approx(ratio)


def test_a_stop_is_read_from_the_months_beside_it():
    start = p5.STOP
    books = plant_books(0.8, months=6, stop=(3, 4)).assign(period=range(start - 3, start + 3))
    found = p5.around_stop(books)
    assert found.months == 2
    assert found.before == pytest.approx(books["employees"][2] / books["cars_made"][2])
    assert found.restart == pytest.approx(books["employees"][5] / books["cars_made"][5])
    other = books.assign(stage=["SKD"] * 3 + ["CKD"] * 3)
    assert np.isnan(p5.around_stop(other).restart)


# --- P6 -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exponent", [0.9, 1.06, 1.4])
def test_the_tail_of_whole_numbers_is_found(exponent):
    body = RNG.integers(1, 20, 4000)
    tail = np.floor(19.5 * RNG.random(4000) ** (-1.0 / exponent) + 0.5).astype(np.int64)
    found, cut = p6_shapes.pareto_tail(np.concatenate([body, tail]))
    assert found == pytest.approx(exponent, abs=0.08)
    assert 10 <= cut < 200
    assert np.isnan(p6_shapes.pareto_tail(body[:20])[0])


@pytest.mark.parametrize("exponent", [0.8, 1.06, 1.5])
def test_the_exponent_by_bins_is_found(exponent):
    """Whole sizes from 1 on, as registers have them, of a Pareto distribution."""
    sizes = np.floor(np.random.default_rng(5).uniform(size=400_000) ** (-1.0 / exponent))
    assert p6_shapes.binned_exponent(sizes) == pytest.approx(exponent, abs=0.08)


@pytest.mark.parametrize(("draw", "shape"), [("laplace", 1.0), ("normal", 2.0)])
def test_the_shape_of_growth_is_found(draw, shape):
    x = getattr(RNG, draw)(0.0, 0.2, 20_000)
    assert p6_shapes.subbotin_shape(x) == pytest.approx(shape, abs=0.08)


def test_growth_is_of_whole_years_less_the_trades_mean():
    quarters = [(f, 12 * y + q) for f in (1, 2, 3) for y in range(6) for q in (2, 5, 8, 11)]
    firms = pd.DataFrame(quarters, columns=["identity", "period"])
    rate = {1: 0.3, 2: 0.1, 3: 0.0}
    firms["revenue"] = np.exp(firms["identity"].map(rate) * (firms["period"] // 12))
    firms["employees"], firms["sector"] = np.where(firms["identity"] == 3, 5, 20), 0
    # The third is too small; the other two grow by 0.1 more and less than their mean.
    assert np.sort(p6.yearly_growth(firms)) == pytest.approx([-0.1, 0.1])


def test_the_hazards_slopes_are_found():
    age, staff = RNG.integers(0, 30, 40_000), RNG.integers(1, 80, 40_000)
    risk = 1.0 / (1.0 + np.exp(1.0 + 0.4 * np.log(age + 1.0) + 0.3 * np.log(staff)))
    gone = RNG.random(40_000) < risk
    cells = pd.DataFrame({"age": age, "staff": staff, "gone": gone})
    cells = cells.groupby(["age", "staff"])["gone"].agg(firms="size", exits="sum").reset_index()
    found = p6.hazard_slopes(cells)
    assert found == pytest.approx((-0.4, -0.3), abs=0.05)


def test_exits_and_lives_are_counted_from_the_register():
    firms = pd.DataFrame({"identity": [1, 2, 1], "period": [11, 11, 23], "age": [30, 5, 42],
                          "employees": [3, 0, 4]})  # fmt: skip
    cells = p6.exit_cells(firms).set_index(["age", "staff"])
    assert cells.loc[(2, 3)].tolist() == [1, 0]
    assert cells.loc[(0, 1)].tolist() == [1, 1]
    events = pd.DataFrame({
        "event": ["entry"] * 3 + ["exit"], "identity": [1, 2, 3, 2], "period": [0, 10, -5, 20],
        "origin": [1, 2, 1, 2],
    })  # fmt: skip
    months, ended = p6.entrants_lives(events, 40)
    assert (months.tolist(), ended.tolist()) == ([40, 10], [False, True])


# --- P7 -------------------------------------------------------------------------------------------


def test_the_stricken_are_those_whom_the_model_strikes():
    """The list from the register and the seed is the model's own."""
    pack = load_pack("valley")
    params = pack.params().with_values({"burn_in": 3, "horizon": 6})
    model = RegionalModel(params, world="none", pack="valley", rng=5)
    for _ in range(5):
        model.step()
    event = dict(World.load("supplier_dip").events[0].values)
    rows = np.flatnonzero(model.firms.alive)
    names = [c.name for c in Firms.describe()]
    columns = {n: model.firms.values(n)[rows] for n in names}
    table = {n: v for n, v in columns.items() if v.ndim == 1}
    table |= {f"supplier_{k}": columns["supplier"][:, k] for k in range(6)}
    found = p7.stricken_rows(pd.DataFrame(table, index=rows), pack, 5)
    model.params = params.with_values(event)
    struck = set(np.flatnonzero((output_left(model) < 1.0) & model.firms.alive))
    assert found == struck
    assert struck


def firms_around(loss):
    """Two years of quarterly sales of 300 firms; those with an even number lose in the second."""
    quarters = [p7.SHOCK - 12 + 3 * q + 2 for q in range(8)]
    table = pd.DataFrame(
        [(f, q) for f in range(300) for q in quarters], columns=["identity", "period"]
    )
    level = np.exp(RNG.normal(0.0, 1.0, 300))[table["identity"]]
    later = table["period"] >= p7.SHOCK
    trade = 0.02 * (table["identity"] % 3) * later
    hurt = -loss * ((table["identity"] % 2 == 0) & later)
    return table.assign(revenue=level * np.exp(trade + hurt + RNG.normal(0, 1e-3, len(table))))


def test_the_growth_gap_finds_the_planted_loss_trade_by_trade():
    private = pd.DataFrame({"identity": range(300), "sector": np.arange(300) % 3})
    customers = set(range(0, 300, 2))
    found = p7.growth_gap(firms_around(0.03), private, customers, {1})
    assert found == pytest.approx(-3.0, abs=0.1)


def test_losses_are_split_and_scaled():
    table = pd.DataFrame({"loss": [-4.0, -4.0, -1.0, -1.0], "makers": [1, 1, 9, 9],
                          "cover": [1.0, 9.0, 1.0, 9.0]})  # fmt: skip
    sample = SimpleNamespace(customers=table, stricken=np.array([-10.0, -10.0]))
    assert p7.split_ratio([sample], "makers") == 4.0
    assert p7.split_ratio([sample], "cover") == 1.0
    assert p7.per_five([sample]) == pytest.approx(-1.25)


@pytest.mark.parametrize("losses", [[0.4, 0.4, 0.2, 0.2], [-4.0, -4.0, 1.0, 1.0], [0.0] * 4])
def test_a_ratio_of_gains_is_no_ratio_of_losses(losses):
    table = pd.DataFrame({"loss": losses, "makers": [1, 1, 9, 9]})
    assert np.isnan(p7.split_ratio([SimpleNamespace(customers=table)], "makers"))


def test_customers_of_one_seed_are_one_draw():
    table = pd.DataFrame({"loss": [1.0, 3.0, 5.0], "seed": [0, 0, 1]})
    assert [x.tolist() for x in by_seed(table)] == [[1.0, 3.0], [5.0]]
    assert over_seeds(mean_loss, by_seed(table)).half_width > 0.0
    assert np.isnan(mean_loss([]))


def test_the_shortfall_is_the_largest_months():
    sample = SimpleNamespace(
        cars=np.array([[10.0, 10.0], [10.0, 4.0]]), kits=np.array([[5.0, 5.0], [1.0, 9.0]])
    )
    assert p7.shortfall_ratio([sample, sample]) == pytest.approx(0.6 / 0.8)


def test_links_name_the_more_struck_input():
    firms = pd.DataFrame(
        {f"supplier_{k}": -1 for k in range(6)}
        | {"input_stock_0": 3.0, "input_stock_1": 8.0, "material_cost": 4.0, "region": 0,
           "sector": [0, 0, 1, 1]},
        index=[10, 11, 12, 13],
    )  # fmt: skip
    firms.loc[10, ["supplier_0", "supplier_1", "supplier_3"]] = [12, 11, 13]
    links = p7.struck_links(firms, firms, {12, 13})
    assert links.index.tolist() == [10]
    assert links.loc[10].to_dict() == {"makers": 2.0, "cover": 2.0, "struck": 1.0}


# --- P8 -------------------------------------------------------------------------------------------


def test_the_middle_of_a_logistic_curve_is_found():
    volumes = np.array([5e3, 2e4, 5e4, 1e5, 2e5, 3e5])
    shares = 0.8 / (1.0 + (6e4 / volumes) ** 3)
    assert p8.middle_of_curve(volumes, shares) == pytest.approx(6e4, rel=0.1)
    assert p8.middle_of_curve(volumes, np.full(6, 0.5)) == 5e3
    assert np.isnan(p8.middle_of_curve(volumes, np.full(6, 0.01)))
    bumpy = shares + np.array([0.0, 0.02, -0.02, 0.0, 0.01, -0.01])
    assert p8.middle_of_curve(volumes, bumpy) == pytest.approx(6e4, rel=0.15)


def test_the_gap_is_of_runs_with_enough_content():
    one = SimpleNamespace(nominal={"a": 50.0, "b": 20.0}, deep={"a": 38.0, "b": 1.0})
    assert p8.gap([one, one]) == 12.0
    assert np.isnan(p8.gap([SimpleNamespace(nominal={"a": 1.0}, deep={"a": 0.0})]))


def test_middles_are_weighted_in_logs():
    shares = pd.DataFrame(
        [[0.0, 0.0, 0.6], [0.0, 0.6, 0.6], [0.0, 0.0, 0.0]], columns=[1e4, 4e4, 16e4]
    )
    found = p8.middle([SimpleNamespace(shares=shares)])
    first, second = (
        p8.middle_of_curve(shares.columns.to_numpy(), r) for r in shares.to_numpy()[:2]
    )
    assert found == pytest.approx(np.sqrt(first * second))
