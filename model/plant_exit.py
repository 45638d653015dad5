"""How a plant ends: by date or after long idleness; what becomes of staff, stocks, debts, contracts.

Identities: cars and kits leave to the parent for their price; cash goes to it; what the plant still
owes is the parent's loss and nobody else's; staff are jobless, not gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.accounts import WORLD, Kind
from model.markets.contract_life import end_contract
from model.plant_timeline import BUILDING, CLOSED
from model.worlds import period_of

if TYPE_CHECKING:
    from model.model import RegionalModel
    from model.plant import Plant

# What a row without a plant holds none of. The staff are released by the labour market.
_EMPTIED = (
    "investment", "desired_staff", "vacancies", "production_value", "material_cost", "wage_bill",
    "skill_sum", "wage_offer",
)  # fmt: skip


def closes_by_date(plant: Plant) -> bool:
    """Whether the world closes this plant by now."""
    date = plant.site.closing
    return date != "" and plant.model.period >= period_of(date)


def close_plant(plant: Plant) -> None:
    """The gates shut: cars and kits go back to the parent, staff are free, contracts end.

    Kits under way stay the parent's: they are paid on arrival, and none arrive.
    """
    model, was = plant.model, plant.stage
    if was >= BUILDING:
        plant.sell(plant.stock, WORLD)
        plant.receive(WORLD, Kind.EXPORTS, plant.parts.give_back(plant.kits, plant.kit_price))
        plant.note("kits_returned", plant.kits)
    plant.stage = CLOSED
    plant.kits, plant.kits_held, plant.kits_in_transit, plant.unfinished = 0, 0, [], 0.0
    plant.expected = plant.orders = plant.planned = plant.export_backlog = 0.0
    plant.expansion, plant.mothballed, plant.extra_jobs = None, False, 0.0
    plant.parts.forget_year()
    plant.local_content = 0.0
    if was >= BUILDING:
        f = model.firms
        f.alive[plant.row] = False
        for name in _EMPTIED:
            getattr(f, name)[plant.row] = 0
        free_state_orders(model)
        end_supplies(plant)


def settle_estate(plant: Plant) -> None:
    """In the months after: cash repays the parent, the rest of it leaves; what is owed is lost.

    Not in the closing month itself, when the last tax is still to be paid.
    """
    cash = plant.cash
    if cash < 0.0:
        plant.receive(WORLD, Kind.PARENT_LOANS, -cash)
        plant.parent_debt -= cash
    elif cash > 0.0:
        repaid = min(cash, plant.parent_debt)
        plant.pay(WORLD, Kind.PARENT_LOANS, repaid)
        plant.parent_debt -= repaid
        plant.pay(WORLD, Kind.DIVIDENDS, cash - repaid)
        plant.note("profits_repatriated", cash - repaid)
    if plant.parent_debt > 0.0:
        # Owed to the parent alone, so writing it off moves no money at home.
        plant.note("parent_loss", plant.parent_debt)
        plant.parent_debt = 0.0


def end_supplies(plant: Plant) -> None:
    """Its suppliers' contracts end this month, and its open tenders with them."""
    model = plant.model
    for one in [one for one in model.contracts if one.plant is plant]:
        one.closed = model.period
        end_contract(model, one)
    withdraw_tenders(plant)


def withdraw_tenders(plant: Plant) -> None:
    """What it has put out to tender is off: it wants no supplier any more, or none for now."""
    model = plant.model
    model.open_tenders = [one for one in model.open_tenders if one.plant is not plant]


def free_state_orders(model: RegionalModel) -> None:
    """State orders that wait for a home plant turn to imports when no plant makes cars."""
    if any(one.selling and not one.mothballed for one in model.plants):
        return
    wish = model.car_market.state_wish
    wish[0], wish[1] = 0.0, wish[0] + wish[1]
