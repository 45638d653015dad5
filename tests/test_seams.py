"""Where two parts of the model meet: a lever and a tender, an end and a school, a dealer and a border."""

import pytest
from gates import build

from model.markets import tenders


def at_work(**values):
    """A valley whose plant has just opened."""
    model = build("plan", **values)
    model.plants[0].ground_breaking, model.plants[0].opening = -3, -1
    for _ in range(4):
        model.step()
    return model


@pytest.mark.parametrize(("part", "paid"), [(1.0, 0.0), (0.25, 0.75), (0.0, 1.0)])
def test_a_law_on_kits_is_seen_in_tenders(part, paid):
    """Where kits pay duty and VAT, a local part saves them too."""
    model = at_work(kit_exemption=part)
    p, plant = model.params, model.plants[0]
    assert tenders.rates_paid(plant) == pytest.approx((paid * p.kit_duty_rate, paid * p.vat_rate))
    plant.exempt = False
    assert tenders.rates_paid(plant) == (p.kit_duty_rate, p.vat_rate)
