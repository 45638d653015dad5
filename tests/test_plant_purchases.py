"""What a plant buys besides kits: at home, or abroad where the world says that it is an enclave."""

import pytest

from model import RegionalModel, World
from model.markets.demand import buyers_demand


@pytest.mark.parametrize(("world", "at_home"), [("plant", True), ("enclave", False)])
def test_an_enclave_buys_nothing_at_home(world, at_home):
    model = RegionalModel(world=world, pack="valley", rng=1)
    plant = model.plants[0]
    while plant.month.get("cars_made", 0.0) == 0.0:
        model.step()
    need = buyers_demand(model)
    assert (need.at_home["plants"].sum() > 0.0) == at_home
    assert need.abroad["plants"].sum() > 0.0
    made = float(model.firms.production_value[plant.row])
    inputs = model.base.plant_inputs.sum() + model.base.plant_inputs_imported.sum()
    asked = (need.at_home["plants"][:-1] * model.market.price[:-1]).sum()
    asked += need.abroad["plants"].sum() * model.market.import_price
    # At base prices what is asked is the table's share of output; prices have moved a little.
    assert asked == pytest.approx(inputs * made, rel=0.2)


def test_two_plants_may_differ():
    """One buys at home, the other does not: each by its own terms."""
    text = World.load("plant").to_toml()
    both = text + World.load("enclave").to_toml().split("outside = true")[1]
    world = World.from_toml(both, name="both")
    model = RegionalModel(world=world, pack="valley", rng=1)
    assert [bool(model.firms.local_purchases[one.row]) for one in model.plants] == [True, False]
