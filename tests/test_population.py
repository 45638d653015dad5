"""Columns and the Mesa agents that are windows on their rows."""

import copy
import pickle

import mesa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.population import Population, Row, column


class Goat(Row):
    @property
    def old(self):
        return self.age > 10


class Goats(Population):
    row_type = Goat
    identity = column(np.uint64, 0, unit="", meaning="who it is")
    age = column(np.int16, 1, unit="years", meaning="age")
    weight = column(np.float32, 30.0, unit="kg", meaning="weight")
    herd = column(np.int8, -1, unit="row", meaning="herd it belongs to")
    friends = column(np.int32, -1, unit="row", meaning="friends", width=3)
    dead = column(np.bool_, False, unit="", meaning="it has died")

    def alive_mask(self):
        return ~self.dead


@pytest.fixture
def goats():
    herd = Goats(mesa.Model(rng=1), 6)
    herd.identity[:] = np.arange(6) + 100
    herd.age[:] = [1, 2, 3, 4, 5, 20]
    herd.herd[:] = [0, 1, 0, 1, -1, 5]
    herd.dead[2] = True
    return herd


def test_columns_have_type_default_and_shape(goats):
    assert goats.weight.dtype == np.float32
    assert goats.weight.tolist() == [30.0] * 6
    assert goats.friends.shape == (6, 3)
    assert (goats.friends == -1).all()


def test_two_populations_share_nothing():
    one, other = Goats(None, 2), Goats(None, 2)
    one.age[0] = 9
    assert other.age[0] == 1


def test_length_counts_the_living(goats):
    assert len(goats) == 5
    assert goats.capacity == 6
    assert [goat.row for goat in goats] == [0, 1, 3, 4, 5]


def test_a_view_reads_and_writes_its_row(goats):
    goat = goats[3]
    goat.weight = 41.5
    goat.friends = [1, 2, 3]
    assert goats.weight[3] == 41.5
    assert goat.friends.tolist() == [1, 2, 3]
    assert not goat.old
    assert goats[-1].old
    assert goat.model is goats.model
    assert goat.unique_id == 103


def test_a_view_is_a_mesa_agent_that_is_not_registered(goats):
    assert isinstance(goats[0], mesa.Agent)
    assert len(goats.model.agents) == 0


def test_views_of_one_row_are_equal(goats):
    assert goats[1] == goats[1]
    assert len({goats[1], goats[1], goats[2]}) == 2
    assert goats[1] != goats[2]
    assert goats[1] != Goats(goats.model, 6)[1]


def test_a_row_cannot_be_removed(goats):
    with pytest.raises(TypeError, match="retire it"):
        goats[0].remove()


def test_unknown_names_are_refused(goats):
    with pytest.raises(AttributeError, match="wieght"):
        goats[0].wieght = 3
    with pytest.raises(AttributeError, match="wieght"):
        _ = goats[0].wieght
    with pytest.raises(AttributeError, match="wieght"):
        goats.get("wieght")
    with pytest.raises(IndexError):
        goats[6]


def test_a_column_cannot_be_replaced_but_can_be_written(goats):
    before = goats.age
    goats.age += 1
    assert goats.age is before
    with pytest.raises(AttributeError, match=r"\[:\]"):
        goats.age = np.zeros(6)


def test_set_get_and_agg_touch_the_living_only(goats):
    goats.set("weight", 10.0)
    assert goats.weight[2] == 30.0
    goats.set("weight", np.arange(5))
    assert goats.get("weight").tolist() == [0, 1, 2, 3, 4]
    assert goats.agg("weight", np.sum) == 10


def test_select_by_mask_and_by_function(goats):
    young = goats.select(goats.age < 4)
    assert young.rows.tolist() == [0, 1]
    assert goats.select(lambda goat: goat.age < 4).rows.tolist() == [0, 1]
    assert young.select(goats.age > 1).get("age").tolist() == [2]
    with pytest.raises(ValueError, match="6 booleans"):
        goats.select(np.ones(5, dtype=bool))
    with pytest.raises(ValueError, match="6 booleans"):
        goats.select(np.array([0, 1, 3, 4, 5, 5]))


def test_groups(goats):
    groups = goats.groupby("herd")
    assert groups.count() == {-1: 1, 0: 1, 1: 2, 5: 1}
    assert groups.sum("age") == {-1: 5, 0: 1, 1: 6, 5: 20}
    assert groups.mean("age")[1] == 3
    assert groups.agg("age", max) == {-1: 5, 0: 1, 1: 4, 5: 20}
    assert {key: rows.rows.tolist() for key, rows in groups}[1] == [1, 3]
    with pytest.raises(ValueError, match="whole numbers"):
        goats.groupby("weight")


def test_groups_by_identities_that_fill_64_bits(goats):
    goats.identity[:] = np.uint64(2**64 - 1) - np.arange(6, dtype=np.uint64) ** 20
    assert sum(goats.groupby("identity").count().values()) == 5


def test_nobody_alive():
    goats = Goats(None, 3)
    goats.dead[:] = True
    assert len(goats) == 0
    assert list(goats) == []
    assert goats.groupby("herd").count() == {}
    assert goats.groupby("herd").sum("age") == {}


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-100, 100)), max_size=50))
def test_group_sums_agree_with_a_plain_loop(pairs):
    goats = Goats(None, len(pairs))
    goats.herd[:] = [herd for herd, _ in pairs]
    goats.age[:] = [age for _, age in pairs]
    expected: dict[int, float] = {}
    for herd, age in pairs:
        expected[herd] = expected.get(herd, 0) + age
    assert goats.groupby("herd").sum("age") == expected


def test_description_is_the_declaration():
    rows = {row.name: row for row in Goats.describe()}
    assert list(rows) == ["identity", "age", "weight", "herd", "friends", "dead"]
    assert rows["weight"] == ("weight", "float32", "kg", "weight")
    assert rows["friends"].dtype == "int32 x 3"


def test_names_that_mesa_means_otherwise_are_refused():
    for name in ("pos", "steps", "model", "remove", "get", "unique_id"):
        with pytest.raises(TypeError, match=name):
            type("Bad", (Population,), {name: column(float, 0, unit="", meaning="")})


def test_subclasses_inherit_columns():
    class Ibexes(Goats):
        horns = column(np.float32, 1.0, unit="m", meaning="length of the horns")

    assert Ibexes(None, 2)[0].horns == 1.0
    assert "horns" not in Goats.columns
    assert "age" in Ibexes.columns


def test_copies_and_pickles_are_independent(goats):
    twin = copy.deepcopy(goats)
    twin[0].age = 50
    assert goats.age[0] == 1
    goats.model = None
    view = pickle.loads(pickle.dumps(goats[5]))
    assert view.age == 20
    assert view.unique_id == 105
