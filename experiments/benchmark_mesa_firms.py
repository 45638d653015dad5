"""Firms of the plain-Mesa region: staff, open jobs, stocks and named suppliers."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Any

import mesa

if TYPE_CHECKING:
    from experiments.benchmark_mesa import PlainRegion, Worker

type Table = list[list[float]]


@dataclass(frozen=True)
class Rules:
    """Parameters by their names in the model (`p`), and its tables as plain lists.

    reach, commuting_cost : by region [R][R], cumulative looks and log-wage cost.
    places : places for open jobs by region. search_chance : by status [5].
    reservation : least wage by region and sector, last for the unemployed [R][S+1].
    choice_weights : cumulative, of own-account sectors by region [R][S].
    supplier_reach : cumulative, by region and sector [R][S][R].
    critical, coefficient, named_share, import_share : of inputs, [S][K] and [R][S][K].
    """

    p: Any
    reach: Table
    commuting_cost: Table
    places: list[int]
    search_chance: list[float]
    reservation: Table
    choice_weights: Table
    supplier_reach: list[Table]
    critical: list[list[int]]
    coefficient: Table
    named_share: Table
    import_share: list[Table]
    import_price: float
    storable: list[bool]
    capacity_per_capital: list[float]
    vehicles: int


class Firm(mesa.Agent):
    """A firm: staff and open jobs, stocks, and suppliers that it knows by name."""

    model: PlainRegion

    def __init__(self, model: PlainRegion, **state: Any) -> None:
        super().__init__(model)
        self.row: int = state["row"]
        self.region: int = state["region"]
        self.sector: int = state["sector"]
        self.price: float = state["price"]
        self.productivity: float = state["productivity"]
        self.capital: float = state["capital"]
        self.inventory: float = state["inventory"]
        self.expected_sales: float = state["expected_sales"]
        self.desired_staff: int = state["desired_staff"]
        self.wage_offer: float = state["wage_offer"]
        self.worth: float = state["worth"]
        self.unfilled_months: int = state["unfilled_months"]
        self.stock: list[float] = state["input_stock"]
        self.log_pay = log(self.wage_offer * self.worth)
        self.suppliers: list[list[Firm | None]] = []
        self.critical = [s for s in model.rules.critical[self.sector] if s >= 0]
        self.order = [0.0] * len(self.stock)
        self.applications: list[Worker] = []
        self.spots: list[tuple[int, float]] = []
        self.employees = self.open_jobs = self.vacancies = self.applicants = 0
        self.skill_sum = self.wages = self.layoff_chance = 0.0
        self.orders = self.sales = self.revenue = self.cash = 0.0
        self.material_cost = self.production = self.fill = 0.0

    # Labour

    def plan_layoffs(self) -> None:
        """The chance of each of the staff to be laid off."""
        excess = max(self.employees - self.desired_staff, 0)
        speed = self.model.rules.p.layoff_speed
        self.layoff_chance = speed * excess / self.employees if excess else 0.0

    def open_vacancies(self) -> None:
        """Open jobs for the staff wanted beyond the staff there is, each at a place by chance."""
        self.open_jobs = self.vacancies = max(self.desired_staff - self.employees, 0)
        self.applicants = 0
        size, random = self.model.rules.places[self.region], self.random.random
        self.spots = [(int(random() * size), random()) for _ in range(self.vacancies)]

    def post_jobs(self) -> None:
        """Post the jobs still open; where two meet, the lower rank stays."""
        posts = self.model.posts[self.region]
        for place, rank in self.spots[: self.open_jobs]:
            if place not in posts or rank < posts[place][0]:
                posts[place] = rank, self

    def hire(self) -> None:
        """Take the best of who applied, by skill seen with noise, as many as there are open jobs."""
        noise, random = self.model.rules.p.ranking_noise, self.random.random
        self.applicants += len(self.applications)
        if len(self.applications) > self.open_jobs:
            seen = {one: one.skill - noise * log(-log(random())) for one in self.applications}
            self.applications.sort(key=seen.__getitem__, reverse=True)
        hired = self.applications[: self.open_jobs]
        for one in hired:
            one.join(self)
        self.open_jobs -= len(hired)
        self.model.hires += len(hired)
        self.applications.clear()

    def note_unfilled(self) -> None:
        """Count the months with more than a part of the jobs unfilled."""
        tolerated = self.model.rules.p.wage_tolerance * self.employees
        self.unfilled_months = self.unfilled_months + 1 if self.open_jobs > tolerated else 0

    # Suppliers

    def review_suppliers(self) -> None:
        """Now and then compare one supplier with another seller; replace who is missing."""
        if not self.critical:
            return
        p, pick = self.model.rules.p, -1
        if self.random.random() < p.supplier_review_rate:
            pick = self.random.randrange(len(self.stock) * p.n_suppliers)
        for k, sector in enumerate(self.critical):
            for j, now in enumerate(self.suppliers[k]):
                if now is not None and pick != k * p.n_suppliers + j:
                    continue
                other = self.meet_seller(sector)
                if other is None or other is self:
                    continue
                if now is None or other.price < now.price * (1.0 - p.supplier_advantage):
                    self.suppliers[k][j] = other

    def meet_seller(self, sector: int) -> Firm | None:
        """A seller met through one of its customers, in a region by gravity."""
        reach = self.model.rules.supplier_reach[self.region][sector]
        there = min(bisect_left(reach, self.random.random()), len(reach) - 1)
        customers = self.model.customers[there][sector]
        return customers[int(self.random.random() * len(customers))] if customers else None

    def order_inputs(self) -> None:
        """Order what expected output uses, plus a part of the gap to the cover."""
        p, self.orders = self.model.rules.p, 0.0
        for k in range(len(self.critical)):
            use = self.model.rules.coefficient[self.sector][k] * self.expected_sales
            self.order[k] = max(use + p.input_speed * (p.input_cover * use - self.stock[k]), 0.0)

    def place_orders(self) -> None:
        """Tell every supplier what it is asked for."""
        for k in range(len(self.critical)):
            part = self.named_part(k)
            for supplier in self.suppliers[k]:
                if supplier is not None:
                    supplier.orders += part

    def named_part(self, k: int) -> float:
        """What each known supplier of input k is asked for."""
        rules, known = self.model.rules, sum(one is not None for one in self.suppliers[k])
        domestic = self.order[k] * (1.0 - rules.import_share[self.region][self.sector][k])
        return domestic * rules.named_share[self.sector][k] / known if known else 0.0

    def share_out(self) -> None:
        """The part of its orders that the stock of a supplier can fill."""
        self.sales = self.revenue = self.material_cost = self.fill = 0.0
        if self.orders > 0.0:
            self.fill = min(1.0, max(self.inventory, 0.0) / self.orders)

    def receive_inputs(self) -> None:
        """Deliveries of named suppliers and imports; the rest of the order stays for the market."""
        rules = self.model.rules
        for k in range(len(self.critical)):
            foreign = self.order[k] * rules.import_share[self.region][self.sector][k]
            left, part = self.order[k] - foreign, self.named_part(k)
            for supplier in self.suppliers[k]:
                if supplier is not None:
                    got = part * supplier.fill
                    left -= part
                    foreign += rules.p.import_substitution * (part - got)
                    self.stock[k] += got
                    self.buy(supplier, got)
            foreign *= rules.p.corridor_open
            self.stock[k] += foreign
            self.cash -= foreign * rules.import_price
            self.material_cost += foreign * rules.import_price
            self.order[k] = left

    def buy(self, supplier: Firm, units: float) -> None:
        """Goods for money."""
        value = units * supplier.price
        supplier.inventory -= units
        supplier.sales += units
        supplier.revenue += value
        supplier.cash += value
        self.cash -= value
        self.material_cost += value

    def produce(self) -> None:
        """The least of labour, capital and each critical input sets output."""
        rules, p, s = self.model.rules, self.model.rules.p, self.sector
        if s == rules.vehicles:
            return
        most = min(
            self.productivity * self.skill_sum,
            max(self.capital, 0.0) * rules.capacity_per_capital[s],
        )
        for k in range(len(self.critical)):
            most = min(most, max(self.stock[k], 0.0) / rules.coefficient[s][k])
        if rules.storable[s]:
            gap = (p.stock_cover * self.expected_sales - self.inventory) / p.stock_adjustment
            most = min(most, max(self.expected_sales + gap, 0.0))
            self.inventory += most
            for k in range(len(self.critical)):
                self.stock[k] -= rules.coefficient[s][k] * most
        self.production = most
