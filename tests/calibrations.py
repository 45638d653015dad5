"""Small calibrations on the made-up valley that several test files share."""

import csv
from pathlib import Path

from experiments.calibration import Calibration
from experiments.calibration_targets import COLUMNS

TOML = """
title = "Small"
world = "plant"
pack = "valley"
horizon = 6
replications = 2
targets = "targets.csv"
[settings]
burn_in = 2
[parameters]
vat_rate = { low = 0.05, high = 0.2, why = "made up" }
own_account_entry = { low = 0.02, high = 0.4, log = true }
[waves]
points = [8, 4]
[posterior]
size = 50
check = 3
"""
WINDOW = {"from": "2023-01", "to": "2023-06"}
ROW = {
    "use": "fit", "statistic": "mean", "times": 1, "record_sd": 0.005, "model_sd": 0.0, "unit": "share",
    "year": "2023", "source": "made up", "grade": "assumed", **WINDOW,
}  # fmt: skip
TAX = {**ROW, "name": "tax", "outcome": "tax_revenue", "over": "gdp", "value": 0.235}
UNEMPLOYMENT = {**ROW, "name": "unemployment", "outcome": "unemployment_rate", "value": 0.062}
WAGE = {
    **ROW, "name": "wage", "use": "check", "outcome": "mean_wage", "value": 30500, "record_sd": 500,
    "unit": "KGS/month",
}  # fmt: skip


def write_record(path: Path, rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)


def small_calibration(folder: Path, rows=(TAX, UNEMPLOYMENT, WAGE)) -> Calibration:
    folder.mkdir(exist_ok=True, parents=True)
    (folder / "calibration.toml").write_text(TOML, encoding="utf-8")
    write_record(folder / "targets.csv", rows)
    return Calibration.load(folder)


def changed(folder: Path, old: str, new: str) -> Calibration:
    """The calibration after its file was edited."""
    path = folder / "calibration.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return Calibration.load(folder)
