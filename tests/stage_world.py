"""The small world of cars with its plant open, and able makers of parts."""

import numpy as np
from car_world import PLANT_ROW, CarWorld

from model.pack_fields import COMPONENT_TYPE
from model.plant_stages import (
    YEAR,
)


def opened(**arguments):
    """The small world in its first month of cars, with able makers of seats."""
    world = CarWorld(2000, scale=100.0, burn_in=1, **arguments)
    world.pack.components = seats()
    for key, value in {"stage_2_investment": 3e9, "stage_3_investment": 6.3e9}.items():
        world.plants[0].facts[key] = value
    world.firms.component[:PLANT_ROW], world.firms.quality[:PLANT_ROW] = 0, 0.9
    while world.period < 19:
        world.step()
    return world


def seats():
    parts = np.zeros(2, COMPONENT_TYPE)
    parts["earliest_stage"] = (1, 3)
    return parts


def full_year(plant, use=1.0, orders=2.0, flow=1.0):
    """A year of this use of capacity, orders and cash."""
    month = plant.capacity() / YEAR
    plant.past = [(use * month, orders * month, flow)] * YEAR
