"""What the tables of a pack must hold: sectors, and the names and ranges of their quantities."""

from __future__ import annotations

import numpy as np

SECTORS = (
    "agriculture",
    "mining",
    "light_industry",
    "materials_engineering",
    "construction",
    "trade",
    "transport",
    "business_services",
    "personal_services",
    "public_services",
    "vehicles",
)
N_SECTORS = len(SECTORS)
BASE_SECTORS = SECTORS[:-1]  # `vehicles` exists only through plants
SERIES_MONTHS = 601  # the outside series reach 50 years; their last value is the level held
INCOMES = ("compensation", "mixed_income", "surplus")
FINAL_USERS = ("household", "government", "investment", "exports")

# quantity -> (low, high)
REGION_QUANTITIES = {
    "latitude": (-90.0, 90.0),
    "longitude": (-180.0, 180.0),
    "area": (1e-6, 2e7),
    "population": (1.0, 1e9),
    "labour_force": (1.0, 1e9),
    "abroad": (0.0, 1e9),
    "unemployment_rate": (0.0, 0.6),
    "wage_level": (0.1, 10.0),
    "higher_education": (0.0, 1.0),
    "vocational": (0.0, 1.0),
}
SECTOR_QUANTITIES = {
    "tradable": (0.0, 1.0),
    "storable": (0.0, 1.0),
    "own_account_allowed": (0.0, 1.0),
    "public": (0.0, 1.0),
    "wage": (1.0, 1e9),
    "vehicle_input_domestic": (0.0, 1.0),
    "vehicle_input_imported": (0.0, 1.0),
}
PACK_TEXTS = ("title", "capital_region", "map_file")
PACK_NUMBERS = {
    "made_up": (0.0, 1.0),
    "gdp": (1.0, 1e18),
    "basic_price_share": (0.5, 1.0),
    "remittances": (0.0, 1e18),
    "other_inflows": (-1e18, 1e18),
    "exchange_rate": (1e-9, 1e9),
    "small_wage_ratio": (0.05, 2.0),
    "mean_wage": (1.0, 1e9),
    "resident_car_imports": (0.0, 1e18),
}
CAR_NAMES = (
    "used_import_price",
    "new_import_price",
    "domestic_price",
    "clearance_cost",
    "registration_cost",
    "duty_new",
    "fleet",
    "passenger_share",
    "households",
    "households_with_car",
    "demand_new",
    "share_new",
    "state_fleet",
    "state_replacement_years",
    "kit_share",
    "own_value_added_share",
    "loan_down_payment",
    "loan_months",
    "loan_payment_limit",
)
SHARES_OF_ONE = ("passenger_share", "households_with_car", "share_new", "kit_share")
PLANT_TEXTS = ("title", "region", "alternative_region", "ownership")
# Facts that a plant may leave out: its car's drivetrain, and its own price of a car.
DRIVETRAINS = ("combustion", "electric")
PLANT_MONTHS = ("announced", "ground_breaking", "opening")
PLANT_NUMBERS: tuple[str, ...] = ("reference", "investment", "jobs_per_1000_cars", "foreign_share")
PLANT_NUMBERS += tuple(
    f"{name}_{stage}"
    for name in ("capacity", "plan_jobs", "plan_local_content")
    for stage in (1, 2, 3)
)
PLANT_NUMBERS += ("plan_start_2", "plan_start_3")
COMPONENT_TYPE = np.dtype(
    [
        ("name", "U40"),
        ("ice_share", np.float64),
        ("ev_share", np.float64),
        ("complexity", np.int64),
        ("mes", np.float64),
        ("order", np.int64),
        ("earliest_stage", np.int64),
        ("home_sector", np.int64),
        ("workers_per_1000", np.float64),
        ("in_kit", np.bool_),
    ]
)
