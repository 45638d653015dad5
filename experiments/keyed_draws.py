"""What keyed draws are worth: `python -m experiments.keyed_draws`.

The effect of the plant, seed by seed, under three ways of giving two worlds their luck: keyed draws
(as the model is), one stream with the same seed in both worlds, and other seeds in the second
world. The variance of the difference says how many seeds each needs. Renews `docs/keyed_draws.csv`,
`.json`, `.png` and the tables of `docs/keyed_draws.md`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from experiments.simulate import Results

WORLD, AGAINST = "plant", "none"
WINDOW = 60
"""Months at the end of a run over which outcomes are means."""
KEYED, STREAM, OTHER = "keyed", "one stream", "other seeds"
SCHEMES = (KEYED, STREAM, OTHER)
OUTCOMES = (
    "employee_jobs", "employment", "firms", "mean_wage", "real_value_added", "imports",
    "tax_revenue", "budget_balance",
)  # fmt: skip
PATH = "employee_jobs"
"""The outcome of which the page shows one pair of runs by month."""
RESAMPLES = 5000


def runs_of(
    seeds: Sequence[int], jobs: int, **options: Any
) -> dict[str, list[tuple[Results, Results]]]:
    """Pairs (with the plant, without it) of every scheme, in the order of the seeds.

    Of the scheme `OTHER` the first world's runs are those of `KEYED`, and the second's have seeds of
    their own, further on. `options` are those of `simulate`. Raises RuntimeError if a run failed.
    """
    from experiments.one_stream import run_with_one_stream
    from experiments.pool import Failure, run_all
    from experiments.simulate import Results, prepare

    further = [max(seeds) + 1 + n for n in range(len(seeds))]
    asked = [(WORLD, s) for s in seeds] + [(AGAINST, s) for s in (*seeds, *further)]
    setups = [prepare(world, seed=seed, **options) for world, seed in asked]
    n, done = len(seeds), run_all(setups, jobs=jobs)
    if failed := [one for one in done if isinstance(one, Failure)]:
        raise RuntimeError(f"a run failed: {failed[0]}")
    keyed = [one for one in done if isinstance(one, Results)]
    stream = list(run_with_one_stream(setups[: 2 * n], jobs))
    return {
        KEYED: list(zip(keyed[:n], keyed[n : 2 * n], strict=True)),
        STREAM: list(zip(stream[:n], stream[n:], strict=True)),
        OTHER: list(zip(keyed[:n], keyed[2 * n :], strict=True)),
    }


def differences(pairs: dict[str, list[tuple[Results, Results]]]) -> pd.DataFrame:
    """Tidy: scheme, seed, outcome, unit, difference: means of the last months, flows per year."""
    import pandas as pd

    from experiments.outcomes import outcomes, yearly_factor, yearly_unit

    known, rows = outcomes(), []
    for scheme, runs in pairs.items():
        for one, other in runs:
            for name in OUTCOMES:
                late = (one.monthly[name] - other.monthly[name]).tail(WINDOW).mean()
                value = float(late) * yearly_factor(known[name])
                rows.append((scheme, one.seed, name, yearly_unit(known[name]), value))
    return pd.DataFrame(rows, columns=["scheme", "seed", "outcome", "unit", "difference"])


def first_difference(one: Results, other: Results) -> str | None:
    """The first month in which any outcome of the two runs differs, YYYY-MM; None without one."""
    a, b = (run.monthly.drop(columns="date") for run in (one, other))
    same = ((a == b) | (a.isna() & b.isna())).all(axis=1)
    months = one.monthly["date"][~same]
    return f"{months.iloc[0]:%Y-%m}" if len(months) else None


def gain(table: pd.DataFrame) -> pd.DataFrame:
    """What each scheme makes of each outcome: one row an outcome and scheme.

    Columns: outcome, unit, scheme, seeds, mean, half (of Student's 95 % interval), sd; `ratio`, the
    variance over that of keyed draws, with `low` and `high`, its 95 % percentile bootstrap over
    seeds (all schemes resampled together); `needed`, seeds for the half width that keyed draws have.
    """
    import numpy as np
    import pandas as pd

    from experiments.intervals import seeds_needed, t_interval

    rows = []
    for name in dict.fromkeys(table["outcome"]):
        lines = table[table["outcome"] == name]
        by_seed = lines.pivot(index="seed", columns="scheme", values="difference")[[*SCHEMES]]
        values = by_seed.to_numpy(float)
        n, drawn = len(values), _resampled_variances(values)
        mean, low, high = t_interval(values)
        half, spread = (high - low) / 2.0, values.std(axis=0, ddof=1)
        for k, scheme in enumerate(SCHEMES):
            ratios, needed = [np.nan] * 3, np.nan
            if len(drawn):  # not all pairs of keyed draws have the same difference
                ends = np.quantile(drawn[:, k] / drawn[:, 0], [0.025, 0.975])
                ratios = [(spread[k] / spread[0]) ** 2, *ends]
                needed = seeds_needed(spread[k], half[0] * (1.0 + 1e-9))
            rows.append(
                (
                    name,
                    lines["unit"].iloc[0],
                    scheme,
                    n,
                    mean[k],
                    half[k],
                    spread[k],
                    *ratios,
                    needed,
                )
            )
    columns = ["outcome", "unit", "scheme", "seeds", "mean", "half", "sd", "ratio", "low", "high"]
    return pd.DataFrame(rows, columns=[*columns, "needed"])


def _resampled_variances(values: np.ndarray) -> np.ndarray:
    """Variance over seeds of each resample and scheme, float64 [resamples, schemes].

    With few seeds keyed draws have no variance in some resamples: these are left out.
    """
    import numpy as np

    drawn = np.random.default_rng(20230101).integers(0, len(values), (RESAMPLES, len(values)))
    variance: np.ndarray = values[drawn].var(axis=1, ddof=1)
    return variance[variance[:, 0] > 0.0]


def facts_of(pairs: dict[str, list[tuple[Results, Results]]]) -> dict[str, Any]:
    """What was run, and one pair by month under every scheme."""
    one = pairs[KEYED][0][0]
    begin: dict[str, str] = {}
    for scheme in (KEYED, STREAM):
        found = [first_difference(*pair) for pair in pairs[scheme]]
        begin[scheme] = min((month for month in found if month), default="")
    return {
        "world": WORLD,
        "against": AGAINST,
        "pack": one.pack,
        "scale": one.params.scale,
        "burn_in": one.params.burn_in,
        "horizon": one.params.horizon,
        "seeds": len(pairs[KEYED]),
        "versions": one.versions,
        "first_difference": begin,
        "months": [f"{date:%Y-%m}" for date in one.monthly["date"]],
        "path": {
            scheme: (runs[0][0].monthly[PATH] - runs[0][1].monthly[PATH]).round(3).tolist()
            for scheme, runs in pairs.items()
        },
    }


def main(
    seeds: Annotated[int, typer.Option(help="Pairs of runs.", min=3)] = 20,
    scale: Annotated[float | None, typer.Option(help="People one agent stands for.")] = 50.0,
    jobs: Annotated[int, typer.Option(help="Processes.", min=1)] = 2,
    pack: Annotated[str, typer.Option(help="Country pack.")] = "kyrgyzstan",
    burn_in: Annotated[int, typer.Option(help="Months.", min=0)] = 60,
    horizon: Annotated[int, typer.Option(help="Months after it.", min=1)] = 240,
    docs: Annotated[Path | None, typer.Option(help="Folder of the page.")] = None,
    only_page: Annotated[
        bool, typer.Option("--page", help="Run nothing; renew page and picture.")
    ] = False,
) -> None:
    """Measure the gain of keyed draws on a paired effect."""
    from experiments import keyed_draws_page
    from model.errors import InputError

    place = docs or keyed_draws_page.DOCS
    if not only_page:
        settings = {"burn_in": burn_in}
        try:
            pairs = runs_of(
                range(1, seeds + 1),
                jobs,
                pack=pack,
                scale=scale,
                horizon=horizon,
                settings=settings,
            )
        except (InputError, RuntimeError) as error:
            print(f"keyed_draws: {error}", file=sys.stderr)
            raise typer.Exit(2 if isinstance(error, InputError) else 1) from None
        differences(pairs).to_csv(place / "keyed_draws.csv", index=False, float_format="%.10g")
        text = json.dumps(facts_of(pairs), indent=1, allow_nan=False)
        (place / "keyed_draws.json").write_text(text + "\n", encoding="utf-8")
    keyed_draws_page.renew_page(place)


if __name__ == "__main__":
    typer.run(main)
