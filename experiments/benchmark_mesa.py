"""Labour and supplier rules of the model as one would write them in Mesa: the yardstick of speed.

Every worker and every firm is a registered agent, and rules run through `shuffle_do`. The rules,
parameters and starting state are those of `model/markets/labour.py`, `own_account.py` and
`parts.py`; random numbers are Mesa's own. Where a Mesa user would save work, so does this: tables
are plain lists, staff and wages are kept as people come and go, nobody is visited who has nothing
to do. There is no plant here, so skill in making cars is worth nothing and is left out. Firms are
in `benchmark_mesa_firms.py`; `benchmark_rules.py` makes the starting state, runs our own rules
alone, and compares.
"""

from __future__ import annotations

from bisect import bisect_left
from math import exp, inf, log
from typing import Any

import mesa

from experiments.benchmark_mesa_firms import Firm, Rules
from model.workers import EMPLOYEE, OWN_ACCOUNT, UNEMPLOYED


class Worker(mesa.Agent):
    """A worker: skill, home, status, perhaps an employer and a wage."""

    model: PlainRegion

    def __init__(self, model: PlainRegion, employer: Firm | None, **state: Any) -> None:
        super().__init__(model)
        self.employer = employer
        self.placed = False
        self.region: int = state["region"]
        self.skill: float = state["skill"]
        self.autonomy: float = state["autonomy"]
        self.status: int = state["status"]
        self.pool_sector: int = state["pool_sector"]
        self.wage: float = state["wage"]
        self.tenure: int = state["tenure"]
        self.jobless_months: int = state["jobless_months"]

    def review_job(self) -> None:
        """Quit, be laid off or get this year's wage; then own-account work is taken up or left."""
        if self.status == EMPLOYEE:
            firm = self.employer
            assert firm is not None
            self.tenure += 1
            if (
                self.random.random() < self.model.rules.p.quit_rate
                or self.random.random() < firm.layoff_chance
            ):
                self.leave(firm)
                self.status, self.employer = UNEMPLOYED, None
                self.tenure = self.jobless_months = 0
                self.model.separations += 1
            elif self.tenure % 12 == 0:
                firm.wages -= self.wage
                self.wage = firm.wage_offer * self.skill
                firm.wages += self.wage
        if self.status == OWN_ACCOUNT or self.status == UNEMPLOYED:
            self.review_own_account()

    def review_own_account(self) -> None:
        """The unemployed drift into own-account work, some give it up or change trade."""
        p, u = self.model.rules.p, self.random.random()
        if self.status == OWN_ACCOUNT:
            if u < p.own_account_exit:
                self.status, self.pool_sector = UNEMPLOYED, -1
                self.tenure = self.jobless_months = 0
                return
            moves = u > 1.0 - p.own_account_switch
        else:
            self.jobless_months += 1
            moves = u < p.own_account_entry
        weights = self.model.rules.choice_weights[self.region]
        if moves and weights[-1] > 0.0:
            self.status = OWN_ACCOUNT
            self.pool_sector = bisect_left(weights, self.random.random() * weights[-1])
            self.tenure = 0

    def least_wage(self) -> float:
        """The wage per unit of skill asked for: what the present state is worth."""
        reservation = self.model.rules.reservation[self.region]
        if self.status == OWN_ACCOUNT:
            return reservation[self.pool_sector] * self.autonomy
        if self.employer is not None:
            return self.wage / self.skill * self.employer.worth * 1.05
        return reservation[-1] * exp(
            self.model.rules.p.waiting_spread * self.random.gauss(0.0, 1.0)
        )

    def apply(self) -> None:
        """Look at a few places near home, keep up to `search_choices` open jobs, apply to the best."""
        model, rules, random = self.model, self.model.rules, self.random.random
        reach, cost = rules.reach[self.region], rules.commuting_cost[self.region]
        best, best_value, asked, seen = None, -inf, 0.0, 0
        for _ in range(rules.p.search_looks):
            there = min(bisect_left(reach, random()), len(reach) - 1)
            post = model.posts[there].get(int(random() * rules.places[there]))
            firm = post[1] if post else None
            if firm is None or firm is best or firm is self.employer:
                continue
            if seen == 0:
                asked = log(max(self.least_wage(), 1.0e-9))
            seen += 1
            value = firm.log_pay - cost[firm.region]
            if value > asked:
                value -= rules.p.taste_scale * log(-log(random()))
                if value > best_value:
                    best, best_value = firm, value
            if seen == rules.p.search_choices:
                break
        if best is not None:
            best.applications.append(self)

    def leave(self, firm: Firm) -> None:
        """The firm has one less of staff."""
        firm.employees -= 1
        firm.skill_sum -= self.skill
        firm.wages -= self.wage

    def join(self, firm: Firm) -> None:
        """Change to this firm, from whatever there was before."""
        if self.employer is not None:
            self.leave(self.employer)
        self.status, self.employer, self.pool_sector = EMPLOYEE, firm, -1
        self.wage = firm.wage_offer * self.skill
        self.tenure = self.jobless_months = 0
        self.placed = True
        firm.employees += 1
        firm.skill_sum += self.skill
        firm.wages += self.wage


class PlainRegion(mesa.Model):
    """Workers and firms of a region, and the two markets on which they meet."""

    def __init__(self, rules: Rules, rng: int = 1) -> None:
        super().__init__(rng=rng)
        self.rules = rules
        self.customers: list[list[list[Firm]]] = []
        self.posts: list[dict[int, tuple[float, Firm]]] = []
        self.hires = self.separations = 0

    def step(self) -> None:
        """One month of both markets."""
        firms = self.agents_by_type[Firm]
        firms.shuffle_do("review_suppliers")
        firms.shuffle_do("order_inputs")
        self.match_workers()
        for phase in ("place_orders", "share_out", "receive_inputs", "produce"):
            firms.shuffle_do(phase)

    def match_workers(self) -> None:
        """Separations, own-account moves, vacancies, search and hiring in rounds."""
        workers, firms = self.agents_by_type[Worker], self.agents_by_type[Firm]
        chance, random = self.rules.search_chance, self.random.random
        self.hires = self.separations = 0
        firms.shuffle_do("plan_layoffs")
        workers.shuffle_do("review_job")
        firms.shuffle_do("open_vacancies")
        searchers = workers.select(lambda one: random() < chance[one.status])
        for _ in range(self.rules.p.search_rounds):
            self.posts = [{} for _ in self.rules.places]
            firms.shuffle_do("post_jobs")
            searchers.set("placed", False).shuffle_do("apply")
            firms.shuffle_do("hire")
            searchers = searchers.select(lambda one: not one.placed)
        firms.shuffle_do("note_unfilled")
