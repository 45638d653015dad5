"""What a calibration has found, as tables: waves, emulators, and the record beside the model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from experiments.calibration import Calibration, Ending
from experiments.calibration_targets import Target
from experiments.calibration_waves import WaveRuns
from experiments.history_matching import Emulator

BAND = (0.05, 0.95)
STRONG = 0.3  # correlation that is told in words


def waves_table(ending: Ending) -> pd.DataFrame:
    """One row a wave: new points, runs, failed runs, and the share of the prior that is left."""
    rows = [
        {
            "wave": number,
            "points": len(wave.shares),
            "runs": wave.asked,
            "failed": wave.failed,
            "plausible": share,
        }
        for number, (wave, share) in enumerate(zip(ending.waves, ending.plausible), start=1)
    ]
    return pd.DataFrame(rows)


def emulators_table(calibration: Calibration, ending: Ending) -> pd.DataFrame:
    """One row a fitted target: how well the last wave's emulator foretells what it has not seen.

    `explained`: share of the variance between points that is foretold when a point is left out.
    `misfit`: mean square of the errors there over their stated variance; `checked`: the same at the
    points of the check, which no emulator has seen. `reach`: standard deviation
    of the emulated mean over the prior, `doubt`: of the emulator over what is still plausible,
    `chance`: of a single run, `error`: of record and model together; all in the target's unit.
    """
    rng = np.random.default_rng(1)
    points = rng.random((4096, len(calibration.priors)))
    left = points[ending.match.plausible(points)]
    rows = []
    for target, emulator in zip(calibration.fitted, ending.match.waves[-1]):
        mean, _ = emulator.predict(points)
        doubt = emulator.predict(left)[1].mean() if len(left) else float("nan")
        rows.append(
            {
                "target": target.name,
                "explained": emulator.explained,
                "misfit": emulator.misfit,
                "checked": _checked(emulator, ending.check, target.name),
                "reach": float(mean.std()),
                "doubt": float(np.sqrt(doubt)),
                "chance": float(np.sqrt(emulator.chance)),
                "error": float(np.sqrt(target.error)),
                "unit": target.unit,
            }
        )
    return pd.DataFrame(rows)


def _checked(emulator: Emulator, check: WaveRuns | None, name: str) -> float:
    """Mean square error of an emulator at the points of the check over its variance; NaN without."""
    if check is None:
        return float("nan")
    groups = check.statistics[name].dropna().groupby(level="point")
    means, counts = groups.mean(), groups.size()
    if not len(means):
        return float("nan")
    foretold, doubt = emulator.predict(check.shares[means.index.to_numpy(int) - 1])
    variance = doubt + emulator.chance / counts.to_numpy(float)
    return float(((means.to_numpy(float) - foretold) ** 2 / np.maximum(variance, 1e-300)).mean())


def predictions(calibration: Calibration, ending: Ending) -> pd.DataFrame:
    """One row a target: the record, and what the model says before and after the calibration.

    `own`: mean over seeds at the pack's own values (NaN if these are outside the priors).
    `prior_...`: of the first wave's runs, `mean`, `low`, `high`: of the check's; bands hold 90 % of
    the runs. `distance`: mean less record, over the standard deviation of the runs and of both
    errors together; `own_distance` the same for the own values, judged by the chance of a run.
    """
    first, check = ending.waves[0], ending.check
    rows = []
    for target in calibration.targets:
        own, chance = _own(calibration, first, target)
        prior = first.statistics[target.name].dropna().to_numpy(float)
        after = (
            check.statistics[target.name].dropna().to_numpy(float)
            if check is not None
            else np.array([])
        )
        spread = float(after.var(ddof=1)) if len(after) > 1 else float("nan")
        mean = float(after.mean()) if len(after) else float("nan")
        low, high = np.quantile(after, BAND).tolist() if len(after) else (np.nan, np.nan)
        prior_low, prior_high = np.quantile(prior, BAND).tolist() if len(prior) else (np.nan,) * 2
        rows.append(
            {
                "target": target.name,
                "use": target.use,
                "months": target.months,
                "record": target.value,
                "record_sd": target.record_sd,
                "model_sd": target.model_sd,
                "own": own,
                "own_distance": (own - target.value) / np.sqrt(chance + target.error),
                "prior_low": prior_low,
                "prior_high": prior_high,
                "mean": mean,
                "low": low,
                "high": high,
                "distance": (mean - target.value) / np.sqrt(spread + target.error),
                "unit": target.unit,
                "grade": target.grade,
                "by_hand": target.by_hand,
            }
        )
    return pd.DataFrame(rows)


def _own(calibration: Calibration, first: WaveRuns, target: Target) -> tuple[float, float]:
    """The model at the pack's own values: mean over seeds, and the variance of one run there.

    It is the first point of the first wave if it lies in the priors. The variance is pooled over
    all points, and counts a little more than once since the mean is of few seeds.
    """
    own = np.array([prior.share(prior.own) for prior in calibration.priors])
    table = first.statistics[target.name].dropna()
    groups = table.groupby(level="point")
    freedom = max(int((groups.size() - 1).sum()), 1)
    chance = float(((table - groups.transform("mean")) ** 2).sum()) / freedom
    known = table[table.index.get_level_values("point") == 1]
    if not len(known) or not np.allclose(first.shares[0], own, atol=1e-9):
        return float("nan"), chance
    return float(known.mean()), chance * (1.0 + 1.0 / len(known))


def not_informed(table: pd.DataFrame) -> list[str]:
    """Parameters of `posterior.learned` about which the record says nothing."""
    return list(table.loc[table["verdict"] == "not informed", "parameter"])


def far_off(table: pd.DataFrame, use: str, bound: float = 2.0) -> list[str]:
    """Targets of `predictions` farther from the record than `bound` standard deviations."""
    chosen = table[(table["use"] == use) & (table["distance"].abs() > bound)]
    return list(chosen["target"])


def strong_pairs(table: pd.DataFrame) -> str:
    """Pairs of parameters that are correlated in the posterior, in words."""
    names, values = list(table.columns), table.to_numpy(float)
    found = [
        (abs(values[i, j]), f"{names[i]} and {names[j]} ({values[i, j]:+.2f})")
        for i in range(len(names))
        for j in range(i)
        if abs(values[i, j]) > STRONG
    ]
    return ", ".join(words for _, words in sorted(found, reverse=True)).replace("-", "−")


def signed(value: float) -> str:
    """A distance with its sign and one digit; a dash where there is none."""
    if value != value:
        return "–"
    return "0.0" if abs(value) < 0.05 else f"{value:+.1f}".replace("-", "−")


def as_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON can hold them: what is not known is None."""
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return [{str(name): x for name, x in row.items()} for row in rows]
