"""The labour market as one would first write it in Mesa: the yardstick of `benchmark.py`.

Every worker and firm is a registered agent and acts through `shuffle_do`. The rules are those of
the labour market alone: quits, search over three vacancies, acceptance above a reservation wage,
firms that hire the best who applied. No goods, money, cars or accounts: it does far less per
month than the full model it is compared with.
"""

from __future__ import annotations

import mesa

QUIT_RATE = 0.02
LOOKS = 3
SEARCH_ON_THE_JOB = 0.05
WORKERS_PER_FIRM = 17


class PlainFirm(mesa.Agent):
    """A firm with a number of posts, a wage and this month's applicants."""

    def __init__(self, model: PlainLabourMarket, posts: int) -> None:
        super().__init__(model)
        self.posts = posts
        self.staff = 0
        self.wage = model.random.lognormvariate(0.0, 0.3)
        self.applicants: list[PlainWorker] = []

    def hire(self) -> None:
        """Take the most skilled applicants, as many as there are open posts."""
        self.applicants.sort(key=lambda worker: worker.skill, reverse=True)
        for worker in self.applicants[: max(0, self.posts - self.staff)]:
            worker.move_to(self)
        self.applicants.clear()


class PlainWorker(mesa.Agent):
    """A worker with a skill, a reservation wage and perhaps an employer."""

    def __init__(self, model: PlainLabourMarket) -> None:
        super().__init__(model)
        self.skill = model.random.lognormvariate(0.0, 0.3)
        self.reservation = 0.5
        self.employer: PlainFirm | None = None

    def quit_or_stay(self) -> None:
        """Leave the job with a fixed chance."""
        if self.employer is not None and self.random.random() < QUIT_RATE:
            self.move_to(None)

    def search(self) -> None:
        """Look at a few firms and apply at the best open post above the reservation wage."""
        if self.employer is not None and self.random.random() > SEARCH_ON_THE_JOB:
            return
        best, floor = None, self.employer.wage if self.employer else self.reservation
        for _ in range(LOOKS):
            firm = self.random.choice(self.model.firms)
            if firm.staff < firm.posts and firm.wage > floor:
                best, floor = firm, firm.wage
        if best is not None:
            best.applicants.append(self)

    def move_to(self, firm: PlainFirm | None) -> None:
        """Leave the present employer, if any, and join another, if any."""
        if self.employer is not None:
            self.employer.staff -= 1
        self.employer = firm
        if firm is not None:
            firm.staff += 1


class PlainLabourMarket(mesa.Model):
    """So many workers, and one firm for every seventeen of them."""

    def __init__(self, workers: int, rng: int = 1) -> None:
        super().__init__(rng=rng)
        posts = WORKERS_PER_FIRM
        self.firms = [PlainFirm(self, posts) for _ in range(max(1, workers // posts))]
        for _ in range(workers):
            PlainWorker(self)

    def step(self) -> None:
        """One month."""
        workers = self.agents_by_type[PlainWorker]
        workers.shuffle_do("quit_or_stay")
        workers.shuffle_do("search")
        self.agents_by_type[PlainFirm].shuffle_do("hire")
