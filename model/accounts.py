"""The ledger: every payment has a payer and a payee, every asset is somebody's liability.

Sectors hold deposits at one bank, which consolidates the central bank (rules.md 6):

    loans + foreign reserves + public debt = deposits + equity

Government and World hold no deposits: what government pays out raises the public debt, what
World pays in raises the reserves. Follows the transaction-flow matrix of Godley & Lavoie (2007).
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from model.model import RegionalModel


class Sector(IntEnum):
    """Who pays and who is paid."""

    HOUSEHOLDS = 0
    FIRMS = 1
    IMPORTERS = 2
    GOVERNMENT = 3
    BANK = 4
    WORLD = 5


class Kind(IntEnum):
    """What a payment is for."""

    WAGES = 0
    SOCIAL = 1
    INCOME_TAX = 2
    PROFIT_TAX = 3
    VAT = 4
    DUTY = 5
    INPUTS = 6
    CONSUMPTION = 7
    INVESTMENT = 8
    GOVERNMENT_PURCHASES = 9
    EXPORTS = 10
    IMPORTS = 11
    TRANSFERS = 12
    REMITTANCES = 13
    OTHER_INFLOWS = 14
    INTEREST = 15
    LOANS = 16
    REPAYMENTS = 17
    DIVIDENDS = 18
    CARS = 19
    KITS = 20
    FDI = 21
    PARENT_LOANS = 22
    START_UP = 23
    RECAPITALISATION = 24
    SUBSIDIES = 25
    COMMISSIONS = 26
    GUARANTEES = 27
    FINES = 28


HOUSEHOLDS, FIRMS, IMPORTERS, GOVERNMENT, BANK, WORLD = Sector
# Money that changes the bank's balance sheet but is neither its income nor its expense.
_BANK_PRINCIPAL = (Kind.LOANS, Kind.REPAYMENTS)


class Accounts:
    """Flows of the month between sectors, and the checks on them.

    Attributes
    ----------
    flows : ndarray [payer, payee, kind], KGS this month.
    opening : the balance sheet items (`stocks`) as the month opened, KGS.
    """

    def __init__(self, model: RegionalModel) -> None:
        self._model = model
        self.flows = np.zeros((len(Sector), len(Sector), len(Kind)))
        self.write_offs = 0.0
        self.opening: dict[str, float] = {}
        self._closing: dict[str, float] = {}

    def open_month(self) -> None:
        """Forget last month's flows; this month starts from the stocks that it closed with."""
        self.flows[:] = 0.0
        self.write_offs = 0.0
        self.opening, self._closing = self._closing or self.stocks(), {}

    def close_month(self) -> dict[str, float]:
        """Note the stocks that the month ends with, and return them: see `stocks`."""
        self._closing = self.stocks()
        return self._closing

    def post(self, payer: Sector, payee: Sector, kind: Kind, amount: float) -> None:
        """One payment between sectors; the caller changes the agents' columns by the same amount.

        Government's payments raise the public debt, World's raise the reserves; what they are
        paid lowers them. The bank's income and expense change its equity.
        """
        if amount == 0.0:
            return
        self.flows[payer, payee, kind] += amount
        bank, government = self._model.bank, self._model.government
        if payer is GOVERNMENT:
            government.public_debt += amount
        elif payer is WORLD:
            bank.reserves += amount
        elif payer is BANK and kind not in _BANK_PRINCIPAL:
            bank.equity -= amount
        if payee is GOVERNMENT:
            government.public_debt -= amount
        elif payee is WORLD:
            bank.reserves -= amount
        elif payee is BANK and kind not in _BANK_PRINCIPAL:
            bank.equity += amount

    def write_off(self, amount: float) -> None:
        """A loan or overdraft that nobody pays back: the bank's loss."""
        self.write_offs += amount
        self._model.bank.equity -= amount

    def paid(self, kind: Kind) -> float:
        """All payments of one kind this month, KGS."""
        return float(self.flows[:, :, kind].sum())

    def paid_by_kind(self) -> list[float]:
        """All payments of this month by kind, KGS; in the order of `Kind`."""
        amounts: list[float] = self.flows.sum(axis=0).sum(axis=0).tolist()
        return amounts

    def received(self, sector: Sector) -> float:
        """All that one sector was paid this month, KGS."""
        return float(self.flows[:, sector, :].sum())

    def stocks(self) -> dict[str, float]:
        """Every balance sheet item of the economy, KGS."""
        m = self._model
        return {
            "household_deposits": float(m.workers.savings.sum() + m.market.pool_cash.sum()),
            "firm_deposits": float(m.firms.cash.sum()),
            "importer_deposits": float(sum(i.cash for i in m.importers)),
            "household_loans": float(m.workers.debt.sum()),
            "firm_loans": float(m.firms.debt.sum()),
            "public_debt": float(m.government.public_debt),
            "reserves": float(m.bank.reserves),
            "equity": float(m.bank.equity),
            "parent_debt": float(sum(p.parent_debt for p in m.plants)),
        }

    def balance_sheets(self) -> np.ndarray:
        """Financial position by sector and instrument, KGS [sector, instrument].

        Instruments: deposits, loans, public debt, reserves, parent debt, equity. Every column
        sums to zero but for rounding, if and only if the books close.
        """
        x = self.stocks()
        sheet = np.zeros((len(Sector), 6))
        deposits = (x["household_deposits"], x["firm_deposits"], x["importer_deposits"])
        sheet[:3, 0] = deposits
        sheet[BANK, 0] = -sum(deposits)
        sheet[HOUSEHOLDS, 1] = -x["household_loans"]
        sheet[FIRMS, 1] = -x["firm_loans"]
        sheet[BANK, 1] = x["household_loans"] + x["firm_loans"]
        sheet[GOVERNMENT, 2], sheet[BANK, 2] = -x["public_debt"], x["public_debt"]
        sheet[WORLD, 3], sheet[BANK, 3] = -x["reserves"], x["reserves"]
        sheet[FIRMS, 4], sheet[WORLD, 4] = -x["parent_debt"], x["parent_debt"]
        return sheet

    def residuals(self) -> dict[str, float]:
        """How far the books are from closing, relative to the money that moved; all near 0.

        For each sector with deposits: change of deposits − (received − paid). For the bank:
        its assets − its deposits − the equity that its own income left it.
        """
        now, was = self.stocks(), self.opening
        scale = max(float(self.flows.sum()), 1.0)
        out: dict[str, float] = {}
        for sector, name in (
            (HOUSEHOLDS, "household_deposits"),
            (FIRMS, "firm_deposits"),
            (IMPORTERS, "importer_deposits"),
        ):
            net = self.flows[:, sector, :].sum() - self.flows[sector, :, :].sum()
            # An overdraft written off is a deposit restored to zero by the bank's loss.
            net += self._model.overdrafts_written_off if sector is FIRMS else 0.0
            out[name] = (now[name] - was[name] - net) / scale
        deposits = sum(now[k] for k in ("household_deposits", "firm_deposits", "importer_deposits"))
        assets = now["household_loans"] + now["firm_loans"] + now["public_debt"] + now["reserves"]
        out["bank"] = (assets - deposits - now["equity"]) / max(abs(assets), scale)
        net_government = self.flows[GOVERNMENT].sum() - self.flows[:, GOVERNMENT].sum()
        out["public_debt"] = (now["public_debt"] - was["public_debt"] - net_government) / scale
        net_world = self.flows[WORLD].sum() - self.flows[:, WORLD].sum()
        out["reserves"] = (now["reserves"] - was["reserves"] - net_world) / scale
        loans = sum(now[k] - was[k] for k in ("household_loans", "firm_loans"))
        made = self.flows[:, :, Kind.LOANS].sum() - self.flows[:, :, Kind.REPAYMENTS].sum()
        lost = self.write_offs - self._model.overdrafts_written_off
        out["loans"] = (loans - made + lost) / scale
        return out
