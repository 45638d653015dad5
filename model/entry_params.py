"""Parameters of entry into the chain, spin-offs, foreign followers, and of importers that leave."""

from __future__ import annotations

from dataclasses import dataclass

from model.parameter_fields import ParameterSet, integer, number


@dataclass(frozen=True)
class EntryParams(ParameterSet):
    """The part of `Params` for this theme."""

    # Founding
    tender_rent_weight: float = number(
        1.0,
        "share",
        0.0,
        1.0,
        "assumed",
        "1: a tender is as visible as the trade's profits; 0 hides tenders from founders",
        "of the rents of open tenders in what founders see as profit",
    )
    unmet_demand_weight: float = number(
        1.0,
        "share",
        0.0,
        1.0,
        "assumed",
        "1: serving it earns the usual margin; imports fill nearly all gaps, so it is rarely there",
        "of demand that found no seller in what founders see as profit",
    )
    # Spin-offs
    inherited_knowledge: float = number(
        0.5,
        "share",
        0.0,
        1.0,
        "assumed",
        "spin-offs start with much of the parent's knowledge (Franco & Filson 2006; Klepper 2007)",
        "of the parent's know-how that a founder takes along",
    )
    inherited_quality: float = number(
        0.5,
        "share",
        0.0,
        1.0,
        "assumed",
        "as inherited knowledge",
        "of the parent's lead in quality that a founder takes along",
    )
    spinoff_skill: float = number(
        0.3,
        "0-1",
        0.0,
        1.0,
        "assumed",
        "chosen",
        "auto skill from which a founder of a parts maker counts as a spin-off",
    )
    # Foreign suppliers that follow
    follow_scale: float = number(
        1.0,
        "ratio",
        0.01,
        100.0,
        "assumed",
        "a plant of its own needs the least efficient scale (rules.md 19)",
        "volume over least efficient scale from which a foreign supplier follows",
    )
    follow_cluster: int = integer(
        2,
        "contracts",
        0,
        100,
        "assumed",
        "followers go where suppliers are (Head, Ries & Swenson 1995)",
        "running tier-1 contracts of the plant from which a foreign supplier follows",
    )
    follow_hurdle: float = number(
        0.20,
        "1/year",
        0.0,
        2.0,
        "recalled",
        "hurdle rates 12-25 % (Poterba & Summers 1995)",
        "return on its capital that a foreign supplier asks for, at the median",
    )
    follow_spread: float = number(
        0.3, "log", 0.0, 3.0, "assumed", "chosen", "standard deviation of the log of that hurdle"
    )
    follow_quality: float = number(
        0.85, "0-1", 0.0, 1.0, "assumed", "chosen", "quality of a foreign supplier's first parts"
    )
    follow_knowledge: float = number(
        0.7,
        "share",
        0.0,
        1.0,
        "assumed",
        "less than the plant's own (Javorcik 2004)",
        "of the plant's edge in know-how that a foreign supplier has",
    )
    follow_patience: int = integer(
        24,
        "months",
        0,
        240,
        "assumed",
        "tools take half a year, tenders are quarterly",
        "how long a follower without orders stays open",
    )
    follow_pause: int = integer(
        60,
        "months",
        0,
        1200,
        "assumed",
        "chosen",
        "after a follower has closed until the next one for this part dares",
    )
    follow_cash_months: float = number(
        6.0,
        "months",
        0.0,
        60.0,
        "assumed",
        "a tender a quarter, certification, delivery",
        "monthly cost at full volume that a foreign supplier brings in cash",
    )
    # Importers that leave or convert
    dealer_least_profit: float = number(
        4.0e6,
        "KGS/year",
        0.0,
        1e15,
        "assumed",
        "ten staff of a showroom at the wage of trade with contributions (3.8m)",
        "gross margin below which a dealer's owner earns more elsewhere",
    )
    dealer_patience: int = integer(
        12, "months", 1, 1200, "assumed", "a year's accounts", "below it before a dealer goes"
    )
    dealer_commission: float = number(
        0.05,
        "share of price",
        0.0,
        0.5,
        "assumed",
        "half of an importer's norm margin: no stock, no customs",
        "what a plant pays on cars that former importers sell",
    )
    domestic_network_value: float = number(
        0.3,
        "utility",
        0.0,
        10.0,
        "assumed",
        "chosen; a ninth of the utility lost without any trust",
        "gain of the domestic make if all networks of new cars sold it",
    )
    conversion_spread: float = number(
        0.3,
        "share of least profit",
        0.0,
        10.0,
        "assumed",
        "chosen",
        "spread of what owners expect beyond the figures",
    )
