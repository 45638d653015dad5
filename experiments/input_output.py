"""The input-output answer: Type I and Type II, from the pack's own table, by one matrix inverse.

    A      home inputs per KGS of output [S, S]
    Type I   x = (I − A)⁻¹ f                      what the plant's purchases f take to make
    Type II  x = (I − A − c·w)⁻¹ (f + c·w₀)        and what is spent of the wages that this earns

c·w: households' purchases at home out of a KGS of labour income, by seller, times labour income per
KGS of output; w₀: the plant's own payroll (analysis by parts, as IMPLAN and RIMS II have it). The
tax and saving in between are the pack's parameters. Same algebra as the model in Leontief mode
(`experiments/leontief.py`), whose months come to rest there (rows V01 and V02).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from model.base_year import solve_base_year

if TYPE_CHECKING:
    from model.packs import Pack
    from model.params import Params

    Floats = np.ndarray


@dataclass(frozen=True)
class Answer:
    """One measure: at the plant's suppliers' (Type I) and by spending (Type II), per year."""

    indirect: float
    induced: float


@dataclass(frozen=True)
class InputOutput:
    """The table of one pack, ready to answer.

    `type_1`, `type_2`: output by KGS of final demand [S, S]; `spent` [S]: bought of each sector out
    of a KGS of disposable labour income; `per_output`: each measure per KGS of output [S]; `vat`:
    tax per KGS of disposable labour income; `take_home`: of a KGS of gross wage.
    """

    type_1: Floats
    type_2: Floats
    spent: Floats
    per_output: Mapping[str, Floats]
    disposable: Floats
    vat: float
    take_home: float

    def answer(self, purchases: Floats, payroll: float) -> dict[str, Answer]:
        """What purchases [S] (KGS a year, of home producers) and wages (gross, KGS a year) bring.

        By measure of `experiments.impact_measures`; the plant's own is not in it.
        """
        first = self.type_1 @ purchases
        earned_there = self.take_home * payroll
        both = self.type_2 @ (purchases + self.spent * earned_there)
        vat = self.vat * (earned_there + float(self.disposable @ both))
        return {
            name: Answer(
                float(per @ first),
                float(per @ (both - first)) + (vat if name == "tax_revenue" else 0.0),
            )
            for name, per in self.per_output.items()
        }


def input_output(pack: Pack, params: Params) -> InputOutput:
    """The pack's table solved, at its base prices."""
    out = np.where(pack.output > 0.0, pack.output, 1.0)
    made = pack.output > 0.0
    coefficients = np.where(made[None], pack.io_domestic / out, 0.0)
    wages = pack.compensation / (1.0 + params.social_rate_employer)
    disposable = (
        wages * (1.0 - params.income_tax_rate)
        + pack.mixed_income * (1.0 - params.own_account_tax_rate)
    ) / out
    basket = pack.household_demand / (pack.household_demand + pack.household_imports).sum()
    capital = pack.investment_demand / (pack.investment_demand + pack.investment_imports).sum()
    housing = solve_base_year(pack, params.with_values({"scale": 1.0})).housing_share
    goods = params.income_propensity * (1.0 - housing) / (1.0 + params.vat_rate)
    spent = goods * basket + params.income_propensity * housing * capital
    taxes = (
        wages * params.income_tax_rate
        + pack.compensation
        - wages
        + pack.mixed_income * params.own_account_tax_rate
        + pack.surplus * params.profit_tax_rate
    ) / out
    employees, own = (x.sum(axis=0) / out for x in (pack.employees, pack.own_account))
    bought_in = (pack.io_domestic + pack.io_imported).sum(axis=0) / out
    value_added = np.where(made, 1.0 - bought_in, 0.0)
    return InputOutput(
        type_1=_inverse(coefficients, made),
        type_2=_inverse(coefficients + np.outer(spent, disposable), made),
        spent=spent,
        per_output={
            "employee_jobs": employees,
            "employment": employees + own,
            "labour_income": (wages + pack.mixed_income) / out,
            "value_added": value_added,
            "real_value_added": value_added,
            "output": made.astype(np.float64),
            "tax_revenue": taxes,
        },
        disposable=disposable,
        vat=goods * params.vat_rate,
        take_home=1.0 - params.income_tax_rate,
    )


def _inverse(table: Floats, made: Floats) -> Floats:
    """(I − table)⁻¹; nothing for a sector in which nobody produced."""
    inverse = np.linalg.inv(np.eye(len(table)) - table)
    inverse[:, ~made] = 0.0
    found: Floats = inverse
    return found
