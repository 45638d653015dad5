"""Renew the frozen numbers that say whether results moved: `python -m experiments.renew_baseline`.

Identities come first; this is the second line of defence, for changes that nobody meant. Whoever
moves the numbers on purpose gives the reason, and it goes into the changelog.
"""

from __future__ import annotations

import argparse
import json
import platform
from pathlib import Path

from experiments.simulate import simulate

__all__ = ["BASELINE", "baseline_numbers", "renew"]

ROOT = Path(__file__).resolve().parent.parent
BASELINE = ROOT / "tests" / "baseline.json"
CHANGELOG = ROOT / "CHANGELOG.md"

WORLD, PACK, SEED, MONTHS = "plant", "valley", 1, 48
"""A short run of the small pack, past the plant's opening."""

WINDOW = 12
"""Months at its end over which the numbers are means."""

OUTCOMES = (
    "employment", "employee_jobs", "plant_jobs", "own_account", "unemployed", "mean_wage",
    "own_account_income", "price_level", "gdp", "real_value_added", "consumption", "exports",
    "imports", "tax_revenue", "public_debt", "private_debt_to_gdp", "firms", "firm_entries",
    "cars_made", "cars_imported_used", "jobs_herfindahl",
)  # fmt: skip


def baseline_numbers() -> dict[str, float]:
    """The numbers as the code has them now, by outcome."""
    table = simulate(WORLD, pack=PACK, seed=SEED, horizon=MONTHS).monthly
    return {name: float(table[name].iloc[-WINDOW:].mean()) for name in OUTCOMES}


def renew(reason: str, baseline: Path = BASELINE, changelog: Path = CHANGELOG) -> list[str]:
    """Write the numbers of now and the reason; returns a line for each number that moved.

    ValueError without a reason of some words; nothing is written when nothing moved.
    """
    if len(reason.split()) < 3:
        raise ValueError("say in a few words why results change: --reason '...'")
    now = baseline_numbers()
    old = json.loads(baseline.read_text(encoding="utf-8"))["numbers"] if baseline.exists() else {}
    moved = [
        f"{name}: {old.get(name, 'new')} -> {now[name]}"
        for name in now
        if old.get(name) != now[name]
    ]
    if not moved:
        return []
    record = {
        "note": "Renewed only by experiments/renew_baseline.py; compared at 1e-9 relative.",
        "made_on": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "run": {"world": WORLD, "pack": PACK, "seed": SEED, "horizon": MONTHS},
        "mean_of_last_months": WINDOW,
        "numbers": now,
    }
    baseline.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    if old:
        _note_change(reason, changelog)
    return moved


def _note_change(reason: str, changelog: Path) -> None:
    """A line at the end of the newest version's section."""
    lines = changelog.read_text(encoding="utf-8").splitlines()
    heads = [k for k, line in enumerate(lines) if line.startswith("## ")]
    end = heads[1] if len(heads) > 1 else len(lines)
    while end > 0 and not lines[end - 1].strip():
        end -= 1
    lines.insert(end, f"- **changes results**: {reason.strip()}")
    changelog.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reason", required=True, help="why results change; goes to CHANGELOG.md")
    arguments = parser.parse_args()
    try:
        moved = renew(arguments.reason)
    except ValueError as error:
        parser.error(str(error))
    print("\n".join(moved) if moved else "no number has moved; nothing is written")


if __name__ == "__main__":
    main()
