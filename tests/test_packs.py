"""Country packs: the carried ones are sound, broken ones say what is wrong, builds repeat."""

import csv
import shutil
from dataclasses import fields

import numpy as np
import pytest

from model.data import build_kyrgyzstan, build_valley
from model.data.balancing import fit_to_margins, whole_numbers
from model.data.build_pack import DERIVED
from model.errors import InputError
from model.pack_tables import TABLES
from model.packs import FOLDER, SECTORS, check_pack, load_pack, pack_names
from model.params import Params

PACKS = ("kyrgyzstan", "valley")


@pytest.fixture(scope="module", params=PACKS)
def pack(request):
    return load_pack(request.param)


@pytest.fixture
def copy(tmp_path):
    """A copy of the valley that a test may break."""
    shutil.copytree(FOLDER / "valley", tmp_path / "valley")
    return tmp_path / "valley"


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.reader(stream))


def write_rows(path, rows):
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def change(folder, file, key, column, value):
    """Set one value in the first row that begins with `key`; returns its line number."""
    rows = rows_of(folder / file)
    place = next(i for i, row in enumerate(rows) if row[: len(key)] == list(key))
    rows[place][rows[0].index(column)] = value
    write_rows(folder / file, rows)
    return place + 1


def drop(folder, file, key):
    """Remove every row that begins with `key`."""
    rows = rows_of(folder / file)
    write_rows(folder / file, [row for row in rows if row[: len(key)] != list(key)])


# --- Good packs -----------------------------------------------------------------------------------


def test_both_packs_are_carried_and_sound():
    assert set(PACKS) <= set(pack_names())
    for name in PACKS:
        assert check_pack(name) == []


def test_output_is_uses_is_cost(pack):
    final = pack.household_demand + pack.government_demand + pack.investment_demand + pack.exports
    cost = pack.io_domestic.sum(axis=0) + pack.io_imported.sum(axis=0)
    added = pack.compensation + pack.mixed_income + pack.surplus
    np.testing.assert_allclose(pack.io_domestic.sum(axis=1) + final, pack.output, rtol=1e-9)
    np.testing.assert_allclose(cost + added, pack.output, rtol=1e-9)
    np.testing.assert_allclose(pack.firm_output + pack.own_account_output, pack.output, rtol=1e-12)
    assert added.sum() == pytest.approx(pack.gdp * pack.basic_price_share, rel=1e-6)


def test_expenditure_is_value_added(pack):
    """C + G + I + X - M = value added at basic prices."""
    home = pack.household_demand + pack.government_demand + pack.investment_demand + pack.exports
    imports = pack.io_imported.sum()
    added = pack.compensation + pack.mixed_income + pack.surplus
    assert home.sum() - imports == pytest.approx(added.sum(), rel=1e-9)


def test_the_world_pays_for_the_imports(pack):
    imports = pack.io_imported.sum() + (pack.household_imports + pack.investment_imports).sum()
    paid = pack.exports.sum() + pack.remittances + pack.other_inflows
    assert imports == pytest.approx(paid, rel=1e-9)
    assert 0.38 <= imports / pack.gdp <= 0.48
    assert pack.government_imports.sum() == 0


def test_firms_can_live(pack):
    """Surplus of at least 8 % of value added in every sector of the base year."""
    added = (pack.compensation + pack.mixed_income + pack.surplus)[:-1]
    assert (pack.surplus[:-1] >= 0.0799 * added).all()


def test_pay_covers_the_wages_of_the_employees(pack):
    social = pack.params().social_rate_employer
    bill = (pack.employees.sum(axis=0) * pack.wage * 12 * (1 + social))[:-1]
    np.testing.assert_allclose(pack.compensation[:-1], bill, rtol=0.02)


def test_own_account_income_is_neither_absurd_nor_above_wages(pack):
    alone = pack.own_account.sum(axis=0)
    mean = pack.mixed_income.sum() / alone.sum() / 12
    assert 0.55 <= mean / pack.mean_wage <= 0.75
    used = alone > 0
    each = pack.mixed_income[used] / alone[used] / 12
    assert (each > 0.35 * pack.mean_wage).all()
    assert (each < 1.3 * pack.mean_wage).all()


def test_vehicles_exist_only_through_plants(pack):
    assert pack.sectors == list(SECTORS)
    assert pack.sectors[-1] == "vehicles"
    for name in ("io_domestic", "io_imported"):
        assert getattr(pack, name)[:, -1].sum() == 0
        assert getattr(pack, name)[-1].sum() == 0
    for name in ("employees", "own_account", "firms_small", "firms_large"):
        assert getattr(pack, name)[:, -1].sum() == 0
    inputs = pack.vehicle_inputs_domestic.sum() + pack.vehicle_inputs_imported.sum()
    assert 0 < inputs < 1 - pack.cars["kit_share"]


def test_jobs_agree_with_labour_force_and_firms(pack):
    employed = (pack.employees + pack.own_account).sum(axis=1)
    np.testing.assert_allclose(employed, pack.labour_force * (1 - pack.unemployment_rate), atol=1)
    firms = pack.firms_small + pack.firms_large
    assert (firms[pack.employees > 0] >= 1).all()
    assert (pack.employees_small >= pack.firms_small).all()
    assert (pack.employees_large >= pack.firms_large).all()
    assert np.average(pack.wage_level, weights=pack.employees.sum(axis=1)) == pytest.approx(
        1, abs=1e-4
    )


def test_distances_are_a_metric_over_the_roads(pack):
    km = pack.distance_km
    off = ~np.eye(len(km), dtype=bool)
    assert (km == km.T).all()
    assert (np.diag(km) > 0).all()
    road = np.where(off, km, 0)
    assert (road[:, None, :] <= road[:, :, None] + road[None, :, :] + 1e-9).all()


def test_arrays_are_read_only(pack):
    for field in fields(pack):
        value = getattr(pack, field.name)
        if isinstance(value, np.ndarray):
            with pytest.raises(ValueError, match="read-only"):
                value[...] = 0


def test_outside_series_hold_their_last_year(pack):
    series = pack.car_series["reexports_per_month"]
    assert len(series) > 600
    recorded = int(np.flatnonzero(series != series[-1])[-1]) + 1
    assert series[-1] == pytest.approx(series[recorded - 12 : recorded].mean(), rel=0.05)
    assert (pack.car_series["import_price_index"] > 0).all()


def test_components_are_a_whole_car(pack):
    assert pack.components["ice_share"].sum() == pytest.approx(1, abs=1e-6)
    assert pack.components["ev_share"].sum() == pytest.approx(1, abs=1e-6)
    early = set(pack.components["name"][pack.components["earliest_stage"] == 1])
    assert {"battery_12v", "tyres", "seats_interior_textiles", "packaging_paper"} <= early
    assert not {"body_stamping", "paint_chemicals_adhesives"} & early


def test_rates_reach_params_with_their_sources():
    params = load_pack("valley").params()
    assert params.scale == 1
    assert params.pack == "valley"
    described = {row.name: row for row in load_pack("kyrgyzstan").params().describe()}
    assert described["minimum_wage"].value == 2460
    assert "2,460" in described["minimum_wage"].source
    assert described["minimum_wage"].grade == "recalled"


def test_kyrgyzstan_is_the_country_that_the_sources_describe():
    pack = load_pack("kyrgyzstan")
    assert pack.gdp == 1500e9
    assert not pack.made_up
    assert len(pack.region_ids) == 9
    assert pack.region_ids[pack.capital_region] == "KG-GB"
    assert pack.map_file is not None
    assert pack.population.sum() == pytest.approx(7.282e6, rel=0.001)
    assert (pack.labour_force + pack.abroad).sum() == pytest.approx(3.23e6, rel=0.01)
    national = np.average(pack.unemployment_rate, weights=pack.labour_force)
    assert national == pytest.approx(0.055, abs=0.002)
    assert pack.firms_small.sum() == 17_000
    assert pack.firms_large.sum() == 1_840
    assert pack.employees.sum() == pytest.approx(1.0e6, rel=0.05)
    agriculture = (pack.employees + pack.own_account).sum(axis=0)[0]
    assert agriculture / (pack.employees + pack.own_account).sum() == pytest.approx(0.24, abs=1e-3)
    plant = pack.plants[pack.reference_plant]
    assert (plant["announced"], plant["opening"]) == ("2023-01", "2024-07")
    assert plant["region"] == "KG-C"
    assert plant["drivetrain"] == "combustion"
    other = pack.plants["sokuluk"]
    assert (other["announced"], other["opening"]) == ("2024-02", "2026-09")
    assert (other["drivetrain"], other["capacity_3"]) == ("electric", 80000.0)
    assert pack.record["cars_made", 2024] == (500, 400, 700)


def test_the_mining_enclaves_do_not_set_supplier_wages():
    pack = load_pack("kyrgyzstan")
    level = dict(zip(pack.region_ids, pack.wage_level, strict=True))
    assert max(level["KG-Y"], level["KG-T"]) < level["KG-N"] < level["KG-GB"]


def test_the_valley_is_small_and_says_that_it_is_made_up():
    pack = load_pack("valley")
    assert pack.made_up
    assert "made up" in pack.title
    assert 1_900 <= (pack.labour_force + pack.abroad).sum() <= 2_100
    assert 110 <= (pack.firms_small + pack.firms_large).sum() <= 130


# --- Broken packs ---------------------------------------------------------------------------------

BROKEN = {
    "number": (
        "labour.csv",
        ["town", "trade", "own_account"],
        "persons",
        "many",
        "must be a number",
    ),
    "not finite": ("distances.csv", ["town", "upper"], "km", "nan", "must be finite"),
    "infinite": ("cars.csv", ["fleet"], "value", "inf", "must be finite"),
    "negative": ("labour.csv", ["town", "trade"], "persons", "-5", "must not be negative"),
    "fraction of a person": ("labour.csv", ["town", "trade"], "persons", "5.5", "whole number"),
    "range": ("regions.csv", ["town", "unemployment_rate"], "value", "5.5", "out of range"),
    "share above one": ("cars.csv", ["kit_share"], "value", "84", "out of range"),
    "low and high": ("rates.csv", ["loan_rate"], "value", "0.5", "between low and high"),
    "no source": ("cars.csv", ["fleet"], "source", "", "must not be empty"),
    "grade": ("cars.csv", ["fleet"], "grade", "recaled", "did you mean 'recalled'"),
    "region": ("labour.csv", ["town", "trade"], "region", "twon", "did you mean 'town'"),
    "sector": ("firms.csv", ["town", "trade"], "sector", "trad", "did you mean 'trade'"),
    "kind": ("labour.csv", ["town", "trade"], "kind", "own_acount", "did you mean 'own_account'"),
    "quantity": ("regions.csv", ["town", "abroad"], "quantity", "abrod", "did you mean 'abroad'"),
    "car name": ("cars.csv", ["fleet"], "name", "flet", "did you mean 'flet'"),
    "rate name": ("rates.csv", ["loan_rate"], "name", "laon_rate", "did you mean 'loan_rate'"),
    "rate value": ("rates.csv", ["minimum_wage"], "value", "-1", "out of range"),
    "policy name": (
        "policies.csv",
        ["valley_motors"],
        "parameter",
        "car_lon_rate",
        "car_loan_rate",
    ),
    "policy month": ("policies.csv", ["valley_motors"], "date", "March", "must be a month"),
    "plant region": ("plants.csv", ["valley_motors", "region"], "value", "lowr", "mean 'lower'"),
    "plant date": ("plants.csv", ["valley_motors", "opening"], "value", "2024-13", "a month"),
    "plant order": ("plants.csv", ["valley_motors", "opening"], "value", "2022-01", "then opened"),
    "no reference": ("plants.csv", ["valley_motors", "reference"], "value", "0", "exactly one"),
    "capital": ("pack.csv", ["capital_region"], "value", "twn", "did you mean 'town'"),
    "map": ("pack.csv", ["map_file"], "value", "map.geojson", "map file is missing"),
    "month gap": ("car_series.csv", ["2023-02"], "month", "2023-03", "must follow each other"),
    "component shares": ("components.csv", ["tyres"], "ice_share", "0.5", "must sum to 1"),
    "component sector": ("components.csv", ["tyres"], "home_sector", "vehicles", "unknown home"),
    "asymmetric": ("distances.csv", ["upper", "town"], "km", "61", "must equal the way back"),
    "vehicle jobs": ("labour.csv", ["town", "trade"], "sector", "vehicles", "through plants"),
    "car value": ("cars.csv", ["kit_share"], "high", "0.83", "low and high"),
}
BROKEN_SUMS = {
    "unbalanced": (
        "io_table.csv",
        ["domestic", "trade", "transport"],
        "value",
        "1",
        "is not balanced",
    ),
    "inflows": ("pack.csv", ["other_inflows"], "value", "0", "imports - exports - remittances"),
    "gdp": ("pack.csv", ["gdp"], "value", "2e9", "value added sums to"),
    "no firm": ("firms.csv", ["town", "trade", "small"], "firms", "0", "jobs but no small firm"),
    "few jobs": ("firms.csv", ["town", "trade", "small"], "firms", "9999", "fewer jobs than"),
    "own-account": ("sectors.csv", ["trade", "own_account_allowed"], "value", "0", "not allow"),
    "persons": ("regions.csv", ["town", "labour_force"], "value", "900", "persons with work"),
    "wage level": ("regions.csv", ["town", "wage_level"], "value", "2", "must have mean 1"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_value_is_named(copy, case):
    file, key, column, value, rule = BROKEN[case]
    change(copy, file, key, column, value)
    problems = check_pack(copy)
    assert any(text.startswith(file) and rule in text for text in problems), problems
    with pytest.raises(InputError):
        load_pack(copy)


@pytest.mark.parametrize("case", BROKEN_SUMS)
def test_tables_that_disagree_are_named(copy, case):
    file, key, column, value, rule = BROKEN_SUMS[case]
    change(copy, file, key, column, value)
    problems = check_pack(copy)
    assert any(rule in text for text in problems), problems
    with pytest.raises(InputError):
        load_pack(copy)


def test_a_car_costs_more_than_its_parts(copy):
    change(copy, "cars.csv", ["kit_share"], "high", "1")
    change(copy, "cars.csv", ["kit_share"], "value", "0.95")
    assert any("not below 1" in text for text in check_pack(copy))


def test_the_message_names_file_row_column_value_and_rule(copy):
    row = change(copy, "distances.csv", ["town", "upper"], "km", "-60")
    with pytest.raises(InputError) as caught:
        load_pack(copy)
    text = str(caught.value)
    for part in ("distances.csv", f"row {row}", "'km'", "-60", "must not be negative"):
        assert part in text


def test_all_problems_are_told_at_once(copy):
    change(copy, "distances.csv", ["town", "upper"], "km", "-60")
    change(copy, "cars.csv", ["fleet"], "value", "lots")
    with pytest.raises(InputError, match=r"problems in pack(.|\n)*distances(.|\n)*fleet|lots"):
        load_pack(copy)


@pytest.mark.parametrize(
    "file", ["regions.csv", "io_table.csv", "rates.csv", "components.csv", "pack.csv"]
)
def test_a_missing_file_is_named(copy, file):
    (copy / file).unlink()
    assert any(file in text and "missing" in text for text in check_pack(copy))


def test_all_missing_files_are_named(copy, tmp_path):
    for file in ("pack.csv", "labour.csv", "regions.csv", "rates.csv"):
        (copy / file).unlink()
    problems = check_pack(copy)
    assert [text.split(":")[0] for text in problems if "is missing" in text] == [
        "pack.csv", "regions.csv", "labour.csv", "rates.csv"
    ]  # fmt: skip
    (tmp_path / "empty").mkdir()
    assert len(check_pack(tmp_path / "empty")) == len(TABLES)


@pytest.mark.parametrize("year", ["20", "2o24", "2024.5", "24", "last year", "2024-2020", "12024"])
def test_a_broken_year_is_named(copy, year):
    row = change(copy, "labour.csv", ["town"], "year", year)
    (problem,) = check_pack(copy)
    for word in ("labour.csv", f"row {row}", "'year'", repr(year), "YYYY"):
        assert word in problem


def test_a_span_of_years_is_a_year(copy):
    change(copy, "labour.csv", ["town"], "year", "2020-2024")
    assert check_pack(copy) == []


def test_missing_and_unknown_columns_are_named(copy):
    rows = rows_of(copy / "firms.csv")
    rows[0][rows[0].index("firms")] = "firm"
    write_rows(copy / "firms.csv", rows)
    problems = "\n".join(check_pack(copy))
    assert "'firms': the column is missing; did you mean 'firm'" in problems
    assert "'firm': unknown column; did you mean 'firms'" in problems


@pytest.mark.parametrize(
    ("file", "key", "words"),
    [
        ("regions.csv", ["town", "population"], "'population' is missing"),
        ("sectors.csv", ["trade", "wage"], "'wage' is missing"),
        ("distances.csv", ["town", "upper"], "town to upper is missing"),
        ("labour.csv", ["upper"], "region 'upper' is missing"),
        ("cars.csv", ["state_fleet"], "'state_fleet' is missing"),
        ("plants.csv", ["valley_motors", "capacity_2"], "'capacity_2' is missing"),
        ("io_table.csv", ["income", "surplus", "trade"], "trade is not balanced"),
        ("io_table.csv", ["income", "mixed_income", "trade"], "trade is not balanced"),
    ],
)
def test_a_missing_row_is_named(copy, file, key, words):
    drop(copy, file, key)
    assert any(words in text for text in check_pack(copy)), check_pack(copy)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (["drivetrain", "electirc"], "did you mean 'electric'"),
        (["domestic_price", "0"], "out of range"),
        (["domestic_price", "dear"], "must be a number"),
    ],
)
def test_a_plants_own_facts_are_checked(copy, row, words):
    rows = rows_of(copy / "plants.csv")
    new = ["valley_motors", *row, "", "", "text", "2024", "made up", "assumed"]
    write_rows(copy / "plants.csv", [*rows, new])
    problems = check_pack(copy)
    assert any(words in text for text in problems), problems


def test_a_row_that_stands_twice_or_is_short_is_named(copy):
    rows = rows_of(copy / "cars.csv")
    write_rows(copy / "cars.csv", [*rows, rows[1], rows[2][:-1]])
    problems = check_pack(copy)
    assert any("stands already in row 2" in text for text in problems)
    assert any(f"row {len(rows) + 2}" in text and "7 values" in text for text in problems)


def test_a_pack_that_does_not_exist_gets_a_hint():
    with pytest.raises(InputError, match="did you mean 'kyrgyzstan'"):
        load_pack("kyrgystan")
    assert "no such pack" in check_pack("nowhere/at/all")[0]


def test_the_digest_follows_the_tables(copy):
    same = load_pack("valley").digest
    assert load_pack(copy).digest == same
    change(copy, "cars.csv", ["fleet"], "value", "1101")
    assert load_pack(copy).digest != same


# --- Builds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("build", "name"), [(build_kyrgyzstan.main, "kyrgyzstan"), (build_valley.main, "valley")]
)
def test_the_build_repeats_the_committed_tables(tmp_path, capsys, build, name):
    build(tmp_path)
    printed = capsys.readouterr().out
    for file in DERIVED:
        ours, theirs = rows_of(tmp_path / file), rows_of(FOLDER / name / file)
        assert len(ours) == len(theirs), file
        for left, right in zip(ours, theirs, strict=True):
            for one, other in zip(left, right, strict=True):
                assert one == other or float(one) == pytest.approx(float(other), rel=1e-6, abs=2)
    readme = (FOLDER / name / "README.md").read_text(encoding="utf-8")
    for line in printed.splitlines():
        assert line in readme, "the pack's README shows another macro check"


def test_balancing_keeps_margins_zeros_and_a_balanced_seed():
    seed = np.array([[1.0, 2.0, 0.0], [3.0, 1.0, 4.0]])
    fitted, _ = fit_to_margins(seed, np.array([5.0, 6.0]), np.array([3.0, 4.0, 4.0]))
    np.testing.assert_allclose(fitted.sum(axis=1), [5, 6], rtol=1e-10)
    np.testing.assert_allclose(fitted.sum(axis=0), [3, 4, 4], rtol=1e-10)
    assert fitted[0, 2] == 0
    # Biproportional: cross ratios of the seed are kept, which is what least cross-entropy means.
    assert fitted[0, 0] * fitted[1, 1] / (fitted[0, 1] * fitted[1, 0]) == pytest.approx(1 / 6)
    again, change = fit_to_margins(seed, seed.sum(axis=1), seed.sum(axis=0))
    np.testing.assert_allclose(again, seed)
    assert change == pytest.approx(0, abs=1e-12)


def test_balancing_refuses_the_impossible():
    with pytest.raises(ValueError, match="margins differ"):
        fit_to_margins(np.ones((2, 2)), np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    with pytest.raises(ValueError, match="zeros"):
        fit_to_margins(np.array([[1.0, 0.0], [1.0, 0.0]]), np.ones(2), np.ones(2))
    with pytest.raises(ValueError, match="pattern of zeros"):
        fit_to_margins(np.eye(2), np.array([1.0, 2.0]), np.array([2.0, 1.0]), rounds=50)


def test_whole_numbers_sum_and_respect_the_least():
    values = np.array([0.5, 10.0, 3.3, 0.0])
    result = whole_numbers(values, 17, np.array([1, 0, 0, 1]))
    assert result.sum() == 17
    assert result.tolist() == [1, 11, 4, 1]
    with pytest.raises(ValueError, match="cannot be shared"):
        whole_numbers(values, 1, np.array([1, 0, 0, 1]))


def test_the_rates_name_parameters():
    for name in PACKS:
        assert set(load_pack(name).rates) <= set(Params.names())
