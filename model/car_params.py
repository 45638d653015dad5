"""Parameters of plants, importers and the car market."""

from __future__ import annotations

from dataclasses import dataclass

from model.parameter_fields import ParameterSet, integer, number


@dataclass(frozen=True)
class CarParams(ParameterSet):
    """The part of `Params` that `plant.py`, `importers.py` and `markets/cars.py` read."""

    # Cars: what households want and can pay (calibrated constants are solved, not set: see
    # model/markets/car_fleet.py). Base-year flows per 1,000 workers fit imports 2018-2022 net of
    # transit: about 15,000 used and 1,600 new cars a year for households (the state buys 900 new ones).
    used_imports_per_1000: float = number(
        4.7,
        "cars/year per 1,000 workers",
        0.1,
        50.0,
        "press",
        "imports 2018-2022 (sputnik.kg 20240417) less transit, judged",
        "used cars households import",
    )
    new_imports_per_1000: float = number(
        0.5,
        "cars/year per 1,000 workers",
        0.05,
        20.0,
        "assumed",
        "a few thousand of the imports 2018-2022",
        "new cars households import",
    )
    car_look_rate: float = number(
        0.012,
        "1/month",
        0.0,
        0.2,
        "assumed",
        "chosen",
        "households without a car that look for one",
    )
    car_replace_rate: float = number(
        0.016,
        "1/month",
        0.0,
        0.2,
        "assumed",
        "a car is kept for some 6-10 years",
        "owners of a ten-year-old car that look for another",
    )
    car_income_elasticity: float = number(
        1.0,
        "elasticity",
        0.0,
        3.0,
        "assumed",
        "Dargay & Gately 1999: ownership about 2 in all",
        "of the rate of looking to income",
    )
    car_income_cap: float = number(
        3.0, "ratio", 1.0, 10.0, "assumed", "chosen", "largest effect of income on looking"
    )
    car_price_weight: float = number(
        0.3,
        "1/annual income",
        0.0,
        10.0,
        "assumed",
        "market price elasticity about -1 (McCarthy 1996; TR04)",
        "utility lost per annual income paid",
    )
    car_dissimilarity: float = number(
        0.15,
        "ratio",
        0.05,
        1.0,
        "assumed",
        "own-price elasticity of a model -3 to -6.5 (Berry, Levinsohn & Pakes 1995; TR03)",
        "independence of tastes within used and within new cars",
    )
    car_service: float = number(
        2.0, "utility", 0.0, 20.0, "assumed", "chosen", "keeping a new car against having none"
    )
    car_age_loss: float = number(
        0.05, "utility/year", 0.0, 1.0, "assumed", "chosen", "utility a car loses per year of age"
    )
    car_interest_weight: float = number(
        0.3,
        "share",
        0.0,
        1.0,
        "assumed",
        "interest is paid later, from higher incomes",
        "weight of a loan's interest against cash",
    )
    car_buffer_months: float = number(
        1.0, "months", 0.0, 12.0, "assumed", "chosen", "income kept back when a car is paid"
    )
    car_income_floor: float = number(
        0.3,
        "share of mean income",
        0.01,
        1.0,
        "assumed",
        "households have several earners",
        "lowest income a buyer is taken to have",
    )
    used_car_age: int = integer(
        96,
        "months",
        0,
        360,
        "assumed",
        "share of fleet under 5 years 1.5 %",
        "age at import of used cars",
    )
    scrap_rate: float = number(
        0.045,
        "1/year",
        0.001,
        1.0,
        "assumed",
        "fleet and imports 2018-2022: cars last long",
        "very old cars scrapped",
    )
    scrap_middle_age: float = number(
        28.0, "years", 1.0, 60.0, "assumed", "chosen", "age at which half of that rate is reached"
    )
    car_depreciation: float = number(
        0.07,
        "1/year",
        0.0,
        0.5,
        "assumed",
        "used import against new import: 0.57 at 8 years",
        "fall of a car's worth",
    )
    # Second-hand trade at home
    secondhand_level: float = number(
        0.85, "ratio", 0.1, 2.0, "assumed", "chosen", "second-hand price level against new imports"
    )
    secondhand_spread: float = number(
        0.10, "share", 0.0, 0.5, "assumed", "chosen", "dealers' cut on a trade-in"
    )
    secondhand_cover: float = number(
        1.5, "months", 0.1, 12.0, "assumed", "chosen", "months of sales kept in the pool"
    )
    secondhand_reversion: float = number(
        0.02, "1/month", 0.0, 1.0, "assumed", "as firms' mark-ups", "pull to the price of new cars"
    )
    secondhand_arbitrage: float = number(
        0.2,
        "1/month",
        0.0,
        1.0,
        "assumed",
        "chosen",
        "pull of regions' second-hand prices together",
    )
    secondhand_response: float = number(
        0.10, "1/month", 0.0, 1.0, "assumed", "as firms' mark-ups", "response to the stock gap"
    )
    # Importers
    n_new_dealers: int = integer(6, "dealers", 1, 40, "assumed", "chosen", "importers of new cars")
    n_used_dealers: int = integer(
        12, "dealers", 1, 40, "assumed", "chosen", "importers of used cars"
    )
    new_dealer_margin: float = number(
        0.10, "share of landed cost", 0.001, 1.0, "assumed", "trade practice", "norm margin, new"
    )
    used_dealer_margin: float = number(
        0.12, "share of landed cost", 0.001, 1.0, "assumed", "trade practice", "norm margin, used"
    )
    dealer_price_elasticity: float = number(
        6.0,
        "elasticity",
        0.0,
        30.0,
        "assumed",
        "same car at another dealer",
        "choice among dealers",
    )
    dealer_cover: float = number(
        2.0, "months", 0.0, 12.0, "assumed", "chosen", "months of sales kept in stock"
    )
    import_lead: int = integer(
        2, "months", 1, 12, "assumed", "sea and rail from Asia", "order to arrival"
    )
    dealer_stock_adjustment: float = number(
        3.0, "months", 1.0, 24.0, "assumed", "chosen", "time to close a stock gap"
    )
    dealer_expectation_weight: float = number(
        0.15, "1/month", 0.0, 1.0, "assumed", "chosen", "weight of last month's orders"
    )
    dealer_margin_reversion: float = number(
        0.05, "1/month", 0.0, 1.0, "assumed", "as firms' mark-ups", "pull to the norm margin"
    )
    dealer_margin_response: float = number(
        0.05, "1/month", 0.0, 1.0, "assumed", "as firms' mark-ups", "response to the stock gap"
    )
    dealer_cash_months: float = number(
        6.0, "months", 0.5, 24.0, "assumed", "chosen", "purchases covered by a dealer's own money"
    )
    reexport_margin: float = number(
        0.03, "share", 0.0, 0.5, "assumed", "chosen", "dealers' margin on cars in transit"
    )
    new_car_duty_rate: float = number(
        0.15, "share of border price", 0.0, 2.0, "recalled", "EAEU common tariff 8703", "duty, new"
    )
    used_car_duty_rate: float = number(
        0.10,
        "share of border price",
        0.0,
        2.0,
        "press",
        "with VAT about 1,800 USD a car (24.kg 358204)",
        "duty, used",
    )
    domestic_car_loan_rate: float = number(
        0.18,
        "1/year",
        0.0,
        1.0,
        "recalled",
        "as other car loans until the soft window of 2025",
        "rate for buyers of domestic cars",
    )
    # The domestic make
    domestic_quality: float = number(
        0.0,
        "utility",
        -10.0,
        10.0,
        "assumed",
        "chosen",
        "domestic against imported new car at full trust, beyond price",
    )
    distrust_weight: float = number(
        2.7, "utility", 0.0, 20.0, "assumed", "calibrated to 2024", "utility lost without any trust"
    )
    trust_half: float = number(
        3.0,
        "cars per 1,000 workers",
        0.01,
        1000.0,
        "assumed",
        "chosen",
        "domestic cars on the road at which trust reaches half",
    )
    trust_speed: float = number(
        0.10, "1/month", 0.0, 1.0, "assumed", "chosen", "speed at which trust follows what is seen"
    )
    procurement_preference: float = number(
        0.8,
        "share",
        0.0,
        1.0,
        "assumed",
        "about 400 of 500 cars of 2024 went to state bodies",
        "state replacements that prefer a domestic plant",
    )
    # Plants
    plant_hours_per_car: float = number(
        80.0,
        "hours",
        1.0,
        2000.0,
        "assumed",
        "plan: 500 jobs for 10,000 cars a year, all trades",
        "labour for a car at the reference experience",
    )
    plant_hours_reference: float = number(
        10000.0,
        "cars",
        1.0,
        1e7,
        "assumed",
        "a year of stage 1",
        "experience to which the hours belong",
    )
    plant_progress_ratio: float = number(
        0.81,
        "ratio",
        0.5,
        1.0,
        "recalled",
        "Levitt, List & Syverson 2013 (0.812)",
        "hours after a doubling of experience",
    )
    plant_initial_experience: float = number(
        2000.0,
        "cars",
        1.0,
        1e6,
        "assumed",
        "training at the parent's plants",
        "experience at opening",
    )
    plant_retention: float = number(
        0.96, "1/month", 0.0, 1.0, "recalled", "Benkard 2000 (0.61 a year)", "kept in an idle month"
    )
    plant_hours_per_worker: float = number(
        160.0, "hours/month", 40.0, 300.0, "assumed", "40-hour week", "working time"
    )
    plant_fixed_crew: float = number(
        60.0,
        "jobs per 10,000 cars/year",
        0.0,
        10000.0,
        "assumed",
        "chosen",
        "staff that follows capacity and not volume",
    )
    plant_wage_premium: float = number(
        0.20,
        "share",
        0.0,
        2.0,
        "assumed",
        "foreign plants pay 7-25 % more (LB05)",
        "over the region",
    )
    plant_expectation_weight: float = number(
        0.25, "1/month", 0.0, 1.0, "assumed", "chosen", "weight of last month's orders"
    )
    plant_stock_cover: float = number(
        1.0, "months", 0.0, 12.0, "assumed", "chosen", "finished cars kept, months of orders"
    )
    plant_ramp_months: float = number(
        12.0, "months", 1.0, 120.0, "assumed", "chosen", "to full capacity after the opening"
    )
    plant_hiring_lead: int = integer(
        2, "months", 0, 24, "assumed", "chosen", "fixed crew is hired this long before the opening"
    )
    kit_lead: int = integer(
        2, "months", 1, 12, "assumed", "rail from Asaka", "order to arrival of kits"
    )
    kit_cover: float = number(
        1.0, "months", 0.0, 12.0, "assumed", "chosen", "kits kept, months of output"
    )
    kit_duty_rate: float = number(
        0.15,
        "share of border price",
        0.0,
        2.0,
        "recalled",
        "as for cars",
        "duty on kits without exemption",
    )
    parent_loan_rate: float = number(
        0.08,
        "1/year",
        0.0,
        1.0,
        "assumed",
        "foreign-currency loans",
        "interest on the parent's loans",
    )
    plant_cash_months: float = number(
        2.0, "months", 0.0, 24.0, "assumed", "rules.md 6", "months of kits kept in cash"
    )
    export_access: float = number(
        0.0,
        "share",
        0.0,
        1.0,
        "assumed",
        "kit cars fail rules of origin; the neighbours are the parent's territory",
        "open export market",
    )
    export_market: float = number(
        50000.0, "cars/year", 0.0, 1e7, "assumed", "neighbours' imports", "cars within reach abroad"
    )
    export_freight: float = number(
        0.08, "share of price", 0.0, 1.0, "assumed", "chosen", "cost of delivery abroad"
    )
    export_elasticity: float = number(
        4.0, "elasticity", 0.0, 30.0, "assumed", "chosen", "of exports to the delivered price"
    )
