"""Parameters: one place of validation, provenance, identity."""

import math
import pickle
from dataclasses import dataclass, fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import InputError, nearest
from model.parameter_fields import GRADES, ParameterSet, flag, integer, number, text
from model.params import RUN_SETTINGS, Params, parse_settings


@dataclass(frozen=True)
class Toy(ParameterSet):
    speed: float = number(
        1.0, unit="km/h", low=0.0, high=9.0, grade="assumed", source="us", meaning="speed"
    )
    legs: int = integer(4, "legs", 1, 8, "measured", "a count", "number of legs")
    colour: str = text("red", "assumed", "us", "colour", choices=("red", "blue"))
    tame: bool = flag(True, "assumed", "us", "it is tame")


def test_every_parameter_says_what_it_is():
    rows = Params().describe()
    assert [row.name for row in rows] == Params.names()
    for row in rows:
        assert row.unit, row.name
        assert row.source, row.name
        assert row.meaning, row.name
        assert row.grade in GRADES
        if isinstance(row.value, (int, float)) and not isinstance(row.value, bool):
            assert row.low <= row.value <= row.high, row.name


def test_every_field_has_a_line_of_its_own():
    assert {one.name for one in fields(Params)} == {*Params.names(), "origins"}
    assert set(RUN_SETTINGS) <= set(Params.names())


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("speed", 9.1, r"field 'speed': out of range, got 9\.1; allowed: 0 to 9 km/h"),
        ("speed", math.nan, "finite"),
        ("speed", -math.inf, "finite"),
        ("speed", "3", "must be a number"),
        ("speed", True, "must be a number"),
        ("speed", 1j, "must be a number"),
        ("speed", None, "must be a number"),
        ("legs", 2.5, "whole number"),
        ("legs", 9, "out of range"),
        ("legs", math.nan, "finite"),
        ("colour", "blu", "did you mean 'blue'"),
        ("colour", 1, "red, blue"),
        ("tame", 1, "true or false"),
        ("lgs", 3, "did you mean 'legs'"),
        ("nothing_like_it", 3, "no such parameter"),
    ],
)
def test_bad_values_are_refused_everywhere(name, value, message):
    with pytest.raises(InputError, match=message):
        Toy().with_values({name: value})
    if name in Toy.names():
        with pytest.raises(InputError, match=message):
            Toy(**{name: value})


def test_values_take_the_type_of_their_field():
    toy = Toy().with_values({"speed": 3, "legs": 2.0})
    assert (toy.speed, type(toy.speed)) == (3.0, float)
    assert (toy.legs, type(toy.legs)) == (2, int)
    assert type(Toy(speed=np.float32(2)).speed) is float
    assert type(Toy(legs=np.int64(2)).legs) is int


def test_with_values_leaves_the_original_alone():
    toy = Toy()
    assert toy.with_values({"legs": 2}) != toy
    assert toy == Toy()
    assert toy.with_values({}) == toy


def test_provenance_follows_the_value():
    toy = Toy().with_values({"speed": 2.0}, {"speed": ("a table", "press")})
    row = {row.name: row for row in toy.describe()}["speed"]
    assert (row.value, row.source, row.grade) == (2.0, "a table", "press")
    by_hand = {row.name: row for row in toy.with_values({"speed": 5.0}).describe()}["speed"]
    assert by_hand.source == "set for this run"
    same = {row.name: row for row in toy.with_values({"speed": 2.0}).describe()}["speed"]
    assert same.source == "a table"
    with pytest.raises(InputError, match="did you mean 'press'"):
        toy.with_values({"speed": 2.0}, {"speed": ("a table", "pres")})


def test_identity_is_the_values():
    bare = Toy().with_values({"speed": 2.0})
    sourced = Toy().with_values({"speed": 2.0}, {"speed": ("a table", "press")})
    assert bare == sourced
    assert bare.fingerprint() == sourced.fingerprint()
    assert hash(bare) == hash(sourced)
    assert bare.fingerprint() != Toy().fingerprint()
    assert pickle.loads(pickle.dumps(sourced)).describe() == sourced.describe()


@given(st.floats(0, 9), st.integers(1, 8), st.sampled_from(["red", "blue"]), st.booleans())
def test_dict_and_settings_round_trip(speed, legs, colour, tame):
    toy = Toy(speed=speed, legs=legs, colour=colour, tame=tame)
    assert Toy().with_values(toy.to_dict()) == toy
    settings = [f"{name}={value}" for name, value in toy.to_dict().items()]
    assert Toy().with_values(Toy.parse_settings(settings)).fingerprint() == toy.fingerprint()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("vat_rate", "name=value"),
        ("vat_rate=high", "must be a number"),
        ("vat_rate=", "must be a number"),
        ("vat_rate=7", "0 to 0.5"),
        ("vat_rte=0.1", "did you mean 'vat_rate'"),
        ("horizon=1.5", "whole number"),
        ("scale=0.5", "1 to 100000"),
        ("scale=nan", "finite"),
    ],
)
def test_bad_settings_are_refused(setting, message):
    with pytest.raises(InputError, match=message):
        parse_settings([setting])


def test_good_settings():
    assert parse_settings(["vat_rate = 0.1", "horizon=12", "pack=valley"]) == {
        "vat_rate": 0.1,
        "horizon": 12,
        "pack": "valley",
    }


def test_a_grade_must_be_one_of_four():
    with pytest.raises(ValueError, match="guessed"):
        number(1, "", 0, 1, "guessed", "", "")


def test_nearest_names():
    assert nearest("Talass", ["Talas", "Naryn"]) == "Talas"
    assert nearest("TALAS", ["Talas"]) == "Talas"
    assert nearest("x", ["Talas", "Naryn"]) is None
    assert nearest(3, []) is None


def test_errors_name_place_value_and_bound():
    error = InputError("bad", file="a.csv", row=3, field="jobs", value=-1, allowed=">= 0", hint="x")
    expected = "a.csv, row 3, field 'jobs': bad, got -1; allowed: >= 0; did you mean 'x'?"
    assert str(error) == expected
    assert isinstance(error, ValueError)
    assert str(pickle.loads(pickle.dumps(error))) == expected
