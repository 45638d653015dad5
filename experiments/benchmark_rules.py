"""Our labour and supplier rules alone, and the same rules in plain Mesa from the same state.

Both markets are closed in the same simple way, outside the clock: what firms reckon to sell and
the staff they want follow a given path; the market delivers what is not ordered by name; buyers
take from stock what was reckoned with. Everything else (prices, wage offers, what own-account work
pays) stays as it is.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from experiments.benchmark_mesa import PlainRegion, Worker
from experiments.benchmark_mesa_firms import Firm, Rules
from experiments.simulate import prepare
from model import RegionalModel, draws, threads
from model.firms import N_CRITICAL, N_SUPPLIERS
from model.markets import labour, parts
from model.markets.own_account import choice_weights, reservation_wages
from model.workers import ABROAD, EMPLOYEE, OWN_ACCOUNT, UNEMPLOYED

WARM_UP = 3
"""Months of the whole model before the state is taken."""
PERSISTENCE, SHOCK = 0.9, 0.03
"""Of the path of demand: ln factor of each firm, by month."""
_REPLICATE = 1000
STATISTICS = (
    "unemployment rate", "own-account share", "own-account newcomers", "hires", "separations",
    "mean wage", "commuters", "supplier switches", "fill rate of inputs", "input stocks",
)  # fmt: skip
"""Newcomers: of those in own-account work, who began in this trade since the start. Commuters: of
employees, whose firm is in another region."""


class Region(Protocol):
    """Either side of the comparison."""

    def month(self) -> dict[str, float]:
        """Go on by one month; the statistics of the month and `seconds`, what the rules took."""


def start(pack: str | None, scale: float | None, **settings: Any) -> RegionalModel:
    """The country without a plant after a short burn-in: the state that both begin with."""
    settings = {"burn_in": WARM_UP} | settings
    model = prepare("none", pack=pack, scale=scale, settings=settings).build()
    for _ in range(WARM_UP):
        model.step()
    return model


@dataclass(frozen=True)
class Demand:
    """What firms reckon to sell and the staff they want, month by month, by firm row."""

    sales: np.ndarray
    staff: np.ndarray
    factor: np.ndarray

    @classmethod
    def of(cls, model: RegionalModel, months: int) -> Demand:
        """The path for so many months: the same for every replicate."""
        rng = np.random.default_rng(1)
        f = model.firms
        log_factor = np.zeros((months, f.capacity))
        for month in range(months):
            before = PERSISTENCE * log_factor[month - 1] if month else 0.0
            log_factor[month] = before + SHOCK * rng.standard_normal(f.capacity)
        return cls(f.expected_sales.copy(), f.desired_staff.copy(), np.exp(log_factor))

    def in_month(self, month: int) -> tuple[np.ndarray, np.ndarray]:
        """Units expected to be sold, and staff wanted."""
        factor = self.factor[month]
        return self.sales * factor, np.maximum(np.rint(self.staff * factor), 1).astype(np.int32)


# --- Ours ----------------------------------------------------------------------------------------


class OurRegion:
    """The phases of the model that hold these rules, on one thread.

    `replicate` shifts the calendar, and with it every monthly draw; traits of people stay.
    """

    def __init__(self, model: RegionalModel, demand: Demand, replicate: int = 1) -> None:
        threads.use(1)
        self.model, self.demand, self.done = model, demand, 0
        model.period += _REPLICATE * replicate

    def month(self) -> dict[str, float]:
        """One month of both markets."""
        model, f = self.model, self.model.firms
        model.accounts.open_month()
        live = np.flatnonzero(f.alive)
        sales, staff = self.demand.in_month(self.done)
        f.expected_sales[live], f.desired_staff[live] = sales[live], staff[live]
        known = f.supplier.copy()
        started = time.perf_counter()
        parts.order_parts(model)
        ordered = time.perf_counter()
        switches = int((f.supplier != known).sum())
        again = time.perf_counter()
        labour.match_workers(model)
        parts.deliver_and_produce(model)
        seconds = time.perf_counter() - again + ordered - started
        self._close_month()
        self.done += 1
        model.period += 1
        return self._statistics(switches) | {"seconds": seconds}

    def _close_month(self) -> None:
        f, storable = self.model.firms, self.model.base.storable
        f.input_stock += f.input_order
        rest = np.minimum(np.maximum(f.inventory, 0.0), np.maximum(f.expected_sales - f.sales, 0.0))
        f.inventory -= np.where(f.alive & storable[f.sector], rest, 0.0)

    def _statistics(self, switches: int) -> dict[str, float]:
        w, f, model = self.model.workers, self.model.firms, self.model
        at_home = max(int((w.status != ABROAD).sum()), 1)
        employed, own = w.status == EMPLOYEE, w.status == OWN_ACCOUNT
        away = f.region[w.employer[employed]] != w.region[employed]
        values = (
            int((w.status == UNEMPLOYED).sum()) / at_home,
            int(own.sum()) / at_home,
            float((w.tenure[own] == 0).mean()),
            float(model.hires), float(model.separations),
            float(w.wage[employed].mean(dtype=np.float64)), float(away.mean()), float(switches),
            float(f.sales.sum() / max(f.orders.sum(), 1e-9)), float(f.input_stock[f.alive].sum()),
        )  # fmt: skip
        return dict(zip(STATISTICS, values, strict=True))


# --- Plain Mesa ----------------------------------------------------------------------------------


class MesaRegion:
    """The plain-Mesa region, started from the state of `model`."""

    def __init__(self, model: RegionalModel, demand: Demand, replicate: int = 1) -> None:
        self.demand, self.done = demand, 0
        self.region = build_region(model, replicate)
        self.workers = list(self.region.agents_by_type[Worker])
        self.firms = list(self.region.agents_by_type[Firm])
        self._known: list[list[Firm | None]] = [self._named(one) for one in self.firms]

    def month(self) -> dict[str, float]:
        """One month of both markets."""
        sales, staff = self.demand.in_month(self.done)
        for firm in self.firms:
            firm.expected_sales = float(sales[firm.row])
            firm.desired_staff = int(staff[firm.row])
        started = time.perf_counter()
        self.region.step()
        seconds = time.perf_counter() - started
        self._close_month()
        self.done += 1
        return self._statistics() | {"seconds": seconds}

    @staticmethod
    def _named(firm: Firm) -> list[Firm | None]:
        return [supplier for named in firm.suppliers for supplier in named]

    def _close_month(self) -> None:
        storable = self.region.rules.storable
        for firm in self.firms:
            for k in range(len(firm.critical)):
                firm.stock[k] += firm.order[k]
            if storable[firm.sector]:
                rest = max(firm.expected_sales - firm.sales, 0.0)
                firm.inventory -= min(max(firm.inventory, 0.0), rest)

    def _statistics(self) -> dict[str, float]:
        status = [one.status for one in self.workers]
        at_home = max(len(status) - status.count(ABROAD), 1)
        own = [one.tenure == 0 for one in self.workers if one.status == OWN_ACCOUNT]
        wages = [one.wage for one in self.workers if one.status == EMPLOYEE]
        away = [one.employer.region != one.region for one in self.workers if one.employer]
        known, self._known = self._known, [self._named(one) for one in self.firms]
        switches = sum(new is not old for a, b in zip(self._known, known) for new, old in zip(a, b))
        values = (
            status.count(UNEMPLOYED) / at_home, status.count(OWN_ACCOUNT) / at_home, float(np.mean(own)),
            float(self.region.hires), float(self.region.separations), float(np.mean(wages)), float(np.mean(away)),
            float(switches),
            sum(one.sales for one in self.firms) / max(sum(one.orders for one in self.firms), 1e-9),
            sum(sum(one.stock) for one in self.firms),
        )  # fmt: skip
        return dict(zip(STATISTICS, values, strict=True))


def rules_of(model: RegionalModel) -> Rules:
    """Parameters and tables of the model, as plain Python."""
    p, base, market = model.params, model.base, model.market
    chance = [0.0] * 5
    chance[EMPLOYEE], chance[OWN_ACCOUNT], chance[UNEMPLOYED] = (
        p.search_employee, p.search_own_account, 1.0,
    )  # fmt: skip
    weights = choice_weights(
        p.own_account_elasticity, base.pool_share, market.relative_pool_income()
    )
    return Rules(
        p=p,
        reach=base.reach.tolist(),
        commuting_cost=base.commuting_cost.tolist(),
        places=np.diff(base.place_offset).tolist(),
        search_chance=chance,
        reservation=reservation_wages(model).tolist(),
        choice_weights=np.cumsum(weights, axis=1).tolist(),
        supplier_reach=base.supplier_reach.transpose(0, 2, 1).tolist(),
        critical=base.critical.tolist(),
        coefficient=base.critical_coefficient.tolist(),
        named_share=base.named_share.tolist(),
        import_share=shares_of_critical(market.input_import_share, base.critical).tolist(),
        import_price=float(market.import_price),
        storable=base.storable.tolist(),
        capacity_per_capital=base.capacity_per_capital.tolist(),
        vehicles=int(base.vehicles),
    )


def shares_of_critical(import_share: np.ndarray, critical: np.ndarray) -> np.ndarray:
    """Import shares of each sector's critical inputs [R, S, K], out of those of all [R, S, S]."""
    users = np.arange(len(critical))[:, None]
    return np.where(critical >= 0, import_share[:, np.maximum(critical, 0), users], 0.0)


def build_region(model: RegionalModel, seed: int) -> PlainRegion:
    """Agents with the state of the model's rows."""
    region = PlainRegion(rules_of(model), rng=seed)
    firms = _build_firms(model, region)
    w, spread = model.workers, float(model.params.autonomy_spread)
    taste = [draws.normal(model.seed, draws.TASTE, who, 0, 1) for who in w.identity]
    columns = ("region", "skill", "status", "pool_sector", "wage", "tenure", "jobless_months")
    state = {name: getattr(w, name).tolist() for name in columns}
    state["autonomy"] = np.exp(spread * np.array(taste)).tolist()
    for row, employer in enumerate(w.employer.tolist()):
        firm = firms[employer] if employer >= 0 else None
        one = Worker(region, firm, **{name: values[row] for name, values in state.items()})
        if firm is not None:
            firm.employees += 1
            firm.skill_sum += one.skill
            firm.wages += one.wage
    return region


def _build_firms(model: RegionalModel, region: PlainRegion) -> dict[int, Firm]:
    f, base, p = model.firms, model.base, model.params
    firms: dict[int, Firm] = {}
    for row in np.flatnonzero(f.alive).tolist():
        state: dict[str, Any] = {
            name: getattr(f, name)[row].item()
            for name in ("region", "sector", "price", "productivity", "capital", "inventory",
                         "expected_sales", "desired_staff", "wage_offer", "unfilled_months")
        }  # fmt: skip
        state["worth"] = float(base.job_worth[state["region"], state["sector"]])
        firms[row] = Firm(region, row=row, input_stock=f.input_stock[row].tolist(), **state)
    for row, firm in firms.items():
        slots = [k * N_SUPPLIERS for k in range(N_CRITICAL)][: len(firm.critical)]
        named = [f.supplier[row, at : at + p.n_suppliers].tolist() for at in slots]
        firm.suppliers = [[firms.get(supplier) for supplier in one] for one in named]
    n_regions, n_sectors = base.employees.shape
    start_of, customer = base.cell_start, base.customer_firm.tolist()
    region.customers = [
        [
            [firms[x] for x in customer[start_of[r, s] : start_of[r, s + 1]] if x in firms]
            for s in range(n_sectors)
        ]
        for r in range(n_regions)
    ]
    return firms


# --- Side by side --------------------------------------------------------------------------------


def measure(pack: str | None, scale: float | None, months: int, mesa_months: int) -> dict[str, Any]:
    """Seconds a month of both sides and of the whole model, each on one thread; and statistics."""
    threads.use(1)
    model = start(pack, scale)
    began = time.perf_counter()
    for _ in range(months):
        model.step()
    whole = (time.perf_counter() - began) / months
    demand = Demand.of(model, max(months, mesa_months))
    plain = MesaRegion(model, demand)
    theirs = [plain.month() for _ in range(mesa_months)]
    ours = [one.month() for one in [OurRegion(model, demand)] for _ in range(months)]
    seconds = [float(np.median([one["seconds"] for one in side])) for side in (ours, theirs)]
    return {
        "workers": len(model.workers),
        "firms": len(plain.firms),
        "ours_s": seconds[0],
        "mesa_s": seconds[1],
        "month_s": whole,
        "ratio": seconds[1] / seconds[0],
        "statistics": {
            name: [
                float(np.mean([one[name] for one in side[:mesa_months]])) for side in (ours, theirs)
            ]
            for name in STATISTICS
        },
    }
