"""A plant's parts: what its kits bring, what local suppliers are asked for, what the line uses.

Identity per part: opening + from kits + delivered − used = closing (sets, real-valued). Limit:
without contracts the sets at hand are the kits at hand, so nothing changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model import draws
from model.border import freight_factor
from model.markets.bids import set_saving

if TYPE_CHECKING:
    from model.contracts import Contract
    from model.model import RegionalModel
    from model.plant import Plant


class PartsStore:
    """Parts by component [C] in sets (of one agent car each), and what they cost.

    Attributes:
        shares: of a kit's value, 0 for what is in no kit.
        stock: sets at hand; value: KGS paid for the bought ones among them.
        in_transit: by shipment, as the kits: [2, C] sets left out of the kits, and loose sets sent;
            held: the same of what waits at a closed border.
        saved: KGS by which the kits at hand were cheaper; saved_per_car, extra_per_car: in the last
            cars made, and what their parts cost in all beyond full kits.
        from_kits, delivered, used, returned: sets of this month; bill: KGS ordered this month.
        trust: weight of announced against realised volume (rules.md 19).
        made, history: cars, and local-content records, of the last twelve months.
    """

    def __init__(self, plant: Plant) -> None:
        n = len(plant.model.pack.components)
        self.shares = kit_shares(plant)
        self.stock, self.value = np.zeros(n), np.zeros(n)
        self.in_transit: list[np.ndarray] = []
        self.held = np.zeros((2, n))
        self.saved = self.saved_per_car = self.extra_per_car = 0.0
        self.returned = np.zeros(n)
        self.from_kits, self.delivered, self.used = np.zeros(n), np.zeros(n), np.zeros(n)
        self.delivered_value, self.made_here = np.zeros(n), np.zeros(n)
        self.bill = 0.0
        self.trust = float(plant.model.params.volume_trust)
        self.made: list[float] = []
        self.history: list[tuple[float, float, float, np.ndarray, np.ndarray]] = []

    def open_month(self) -> None:
        """Forget last month's flows."""
        for flow in (
            self.from_kits, self.delivered, self.used, self.returned, self.delivered_value,
            self.made_here,
        ):  # fmt: skip
            flow[:] = 0.0

    def forget_year(self) -> None:
        """What was made and bought in twelve months is over: without a plant there is no content."""
        self.made.clear()
        self.history.clear()

    def take(self, component: int, sets: float, value: float, made_here: float) -> None:
        """Local parts arrive: their price, and what of it is not imported sub-parts, KGS."""
        self.stock[component] += sets
        self.value[component] += value
        self.delivered[component] += sets
        self.delivered_value[component] += value
        self.made_here[component] += made_here

    def at_hand(self, kits: float) -> float:
        """Cars for which kits and every part are there: a missing part stops the line."""
        needed = self.shares > 0.0
        if not needed.any():
            return kits
        # Sets are fractions of orders: a hair less than one car's is one car's.
        return min(kits, float(self.stock[needed].min()) + 1e-9)

    def use(self, cars: int, kits: int) -> float:
        """Take out the parts of `cars`, of `kits` at hand before; returns what they cost beyond
        full kits, KGS: local and loose parts less what the kits were cheaper by.
        """
        if cars == 0:
            return 0.0
        part = np.where(self.stock > 0.0, np.minimum(cars / np.maximum(self.stock, 1e-12), 1.0), 0)
        bought = self.value * part
        self.value -= bought
        self.stock -= cars
        self.used += cars
        saved = self.saved * (cars / kits)
        self.saved -= saved
        self.saved_per_car = saved / cars
        self.extra_per_car = (float(bought.sum()) - saved) / cars
        return float(bought.sum()) - saved

    def give_back(self, kits: int, kit_price: float) -> float:
        """All parts leave with `kits` to the parent; returns what they are worth, KGS."""
        worth = kits * kit_price - self.saved + float(self.value.sum())
        self.returned += self.stock
        for left in (self.stock, self.value):
            left[:] = 0.0
        self.held[:] = 0.0
        self.saved, self.in_transit = 0.0, []
        return worth


def kit_shares(plant: Plant) -> np.ndarray:
    """Shares of a kit's value by component [C], summing to 1 over what is in the kit."""
    parts = plant.model.pack.components
    column = "ev_share" if plant.facts.get("drivetrain") == "electric" else "ice_share"
    inside = np.where(parts["in_kit"], parts[column], 0.0)
    total = float(inside.sum())
    shares: np.ndarray = inside / total if total > 0.0 else inside
    return shares


def base_values(plant: Plant) -> np.ndarray:
    """Value of each part of a kit at base prices, KGS [C]: what a set is worth in units of a good.

    Neither the exchange rate nor prices abroad or freight change how much work is in a part.
    """
    p, share = plant.model.params, float(plant.model.pack.cars["kit_share"])
    base: np.ndarray = (
        plant.parts.shares * (plant.base_price * share * p.ckd_kit_share) / p.numeraire
    )
    return base


def deletion_shares(model: RegionalModel) -> np.ndarray:
    """Deletion allowance by component [C]: what the kit's price really falls by, share of the part.

    No data: U(low, high), drawn once by component (rules.md 19; Baranson 1969).
    """
    p, u = model.params, np.zeros(len(model.pack.components))
    draws.fill_uniforms(model.seed, draws.DELETION, np.arange(len(u), dtype=np.uint64), 0, 0, u)
    return p.deletion_low + (p.deletion_high - p.deletion_low) * u


def savings(plant: Plant) -> np.ndarray:
    """What a kit is cheaper by for each part that is left out, KGS a set [C]."""
    freight = float(plant.model.params.kit_freight) * freight_factor(plant.model)
    deletion = deletion_shares(plant.model)
    return set_saving(plant.parts.shares * plant.parts_price, deletion, freight)


def live_contracts(plant: Plant) -> list[Contract]:
    """The plant's contracts that have not ended."""
    return [one for one in plant.model.contracts if one.plant is plant]


# --- Kits -----------------------------------------------------------------------------------------


def receive_kits(plant: Plant, kits: int) -> float:
    """Parts of `kits` that arrive; returns what the shipment costs beyond full kits, KGS."""
    parts = plant.parts
    if parts.in_transit:
        parts.held += parts.in_transit.pop(0)
    # What waits at a closed border waits with its kits.
    kits_in_all = kits + plant.kits_held
    share = kits / kits_in_all if kits_in_all else float(plant.model.params.corridor_open)
    left_out, loose = parts.held * share
    parts.held *= 1.0 - share
    came = kits - left_out + loose
    parts.stock += came
    parts.from_kits += came
    if not (left_out.any() or loose.any()):
        return 0.0
    saved = float((left_out * savings(plant)).sum())
    extra = loose * parts.shares * plant.parts_price
    parts.value += extra
    parts.saved += saved
    return float(extra.sum()) - saved


def send_kits(plant: Plant, kits: int) -> None:
    """Of `kits` just ordered, leave out what suppliers will deliver; add loose sets that are short.

    A kit ordered now leaves out a part if deliveries are due when it arrives. Call it after the
    kits are entered at the end of `kits_in_transit`.
    """
    parts, n = plant.parts, len(plant.parts.stock)
    while len(parts.in_transit) < len(plant.kits_in_transit):
        parts.in_transit.append(np.zeros((2, n)))
    arrival = plant.model.period + len(plant.kits_in_transit)
    for one in live_contracts(plant):
        if one.runs(arrival):
            parts.in_transit[-1][0, one.component] += kits * one.share
    parts.in_transit[-1][1] += loose_sets(plant)


def loose_sets(plant: Plant) -> np.ndarray:
    """Sets that the parent must send beside the kits, at full price, so that the line can run [C].

    Without them kits that lack a part of a supplier who closed would be stuck for good. Need: what
    kits are kept for (`kits_to_order`), as far as there are kits; against stock, shipments
    under way, and what suppliers are trusted to deliver.
    """
    p = plant.model.params
    parts, lead = plant.parts, len(plant.kits_in_transit)
    under_way = np.zeros(len(parts.stock))
    for kits, (left_out, loose) in zip(plant.kits_in_transit, parts.in_transit, strict=True):
        under_way += kits - left_out + loose
    left_out, loose = parts.held
    under_way += plant.kits_held - left_out + loose
    kits_in_all = plant.kits + sum(plant.kits_in_transit) + plant.kits_held
    cover = np.full(len(parts.stock), p.kit_cover)
    expected = np.zeros(len(parts.stock))
    period = plant.model.period
    for one in live_contracts(plant):
        months = min(one.end, period + lead) - max(one.start, period) + 1
        cover[one.component] = min(p.kit_cover, p.parts_cover)
        expected[one.component] += max(months, 0) * one.share * one.reliability * plant.planned
    need = np.minimum(float(kits_in_all), plant.planned * (1.0 + cover + lead))
    short = np.maximum(need - parts.stock - under_way - expected, 0.0)
    return np.where((parts.shares > 0.0) & (short > 1e-9), short, 0.0)


# --- Orders to suppliers --------------------------------------------------------------------------


def order_sets(plant: Plant) -> None:
    """Order from the contract firms what lifts the stock to its cover after this month's cars.

    An order is at most `parts_flex` above the contract's share of a usual month: call-offs have a
    band, so a backlog is made up over some months.
    """
    model, p, parts = plant.model, plant.model.params, plant.parts
    call_off(plant)
    parts.bill = 0.0
    running = [one for one in live_contracts(plant) if one.runs(model.period)]
    covered = np.zeros(len(parts.stock))
    for one in running:
        covered[one.component] += one.share
    gap = np.maximum(plant.planned * (1.0 + p.parts_cover) - parts.stock, 0.0)
    for one in running:
        usual = one.share * plant.planned
        part = gap[one.component] * one.share / covered[one.component]
        one.sets = min(part, (1.0 + p.parts_flex) * usual)
        one.ordered = one.sets * one.units
        model.firms.part_orders[one.firm] += one.ordered
        parts.bill += one.sets * one.price


def call_off(plant: Plant) -> None:
    """Tell suppliers the plant's plan: what is under contract is known, the rest is expected.

    A supplier's expected orders are those of its market, learned from experience, plus the
    contract's share of planned output from `supplier_lead` months before the first delivery on.
    """
    model = plant.model
    for one in live_contracts(plant):
        due = one.start - model.params.supplier_lead <= model.period <= one.end
        adjust_plan(model, one, one.share * plant.planned * one.units if due else 0.0)
        one.sets = one.ordered = one.delivered = 0.0
        now = inputs_of_set(model, one.firm, one.units, one.bought_in)
        one.price = max(one.price + now - one.input_cost, 0.0)
        one.input_cost = now


def inputs_of_set(model: RegionalModel, row: int, units: float, bought_in: float) -> float:
    """What the trade's inputs and the imported sub-parts of a set cost today, KGS.

    Contract prices follow it, and nothing that the supplier itself decides: neither its wages nor
    its efficiency.
    """
    f, m = model.firms, model.market
    inputs = float(m.unit_input_cost[f.region[row], f.sector[row]])
    return units * inputs + bought_in * float(m.import_price)


def adjust_plan(model: RegionalModel, one: Contract, plan: float) -> None:
    """Put `plan` units a month for the contract in the place of what was there and what came."""
    f, row = model.firms, one.firm
    f.expected_sales[row] = max(f.expected_sales[row] + plan - one.plan, 0.0)
    f.orders[row] = max(f.orders[row] + plan - one.ordered, 0.0)
    one.plan = plan
