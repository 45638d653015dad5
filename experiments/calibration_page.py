"""The page about calibration: its tables and picture from a finished calibration of the reference case.

`python -m experiments.calibration_page DIR` stores what was found in `docs/calibration.json`, draws
`docs/calibration.png` and writes the tables of `docs/calibration.md` anew.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.growth import DOCS, NOT_YET
from experiments.odd_tables import renewed
from experiments.odd_tables import table as markdown
from experiments.outcomes import readable

if TYPE_CHECKING:
    from experiments.calibration import Calibration, Ending
    from experiments.posterior import Posterior

STORED, PAGE, PICTURE = "calibration.json", "calibration.md", "calibration.png"


def read(folder: Path = DOCS) -> dict[str, Any] | None:
    """What was stored of the last calibration, or None."""
    path = folder / STORED
    if not path.exists():
        return None
    stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for row in stored["predictions"]:  # JSON has no NaN
        row.update({name: float("nan") for name, x in row.items() if x is None})
    return stored


def found(calibration: Calibration, ending: Ending, posterior: Posterior) -> dict[str, Any]:
    """All numbers of the page, as JSON can hold them."""
    from experiments.calibration_results import (
        as_rows,
        emulators_table,
        predictions,
        strong_pairs,
        waves_table,
    )
    from experiments.posterior import correlations, learned

    names = ("date", "code", "pack", "pack_hash", "world", "scale", "horizon", "replications")
    facts = {name: posterior.facts[name] for name in names}
    check = ending.check
    return {
        **facts,
        "runs": posterior.facts["runs"] + (len(check.keys) if check else 0),
        "failed": posterior.facts["failed"] + (check.failed if check else 0),
        "effective": round(posterior.facts["effective"]),
        "drawn": posterior.facts["drawn"],
        "pairs": strong_pairs(correlations(posterior, calibration.priors)),
        "waves": as_rows(waves_table(ending)),
        "learned": as_rows(learned(posterior, calibration.priors)),
        "predictions": as_rows(predictions(calibration, ending)),
        "emulators": as_rows(emulators_table(calibration, ending)),
    }


# --- Tables -------------------------------------------------------------------------------------------


def _setting(stored: Mapping[str, Any]) -> str:
    waves = " + ".join(str(wave["points"]) for wave in stored["waves"])
    return (
        f"Made on {stored['date'][:10]} with code `{stored['code']}`, pack {stored['pack']} "
        f"(`{stored['pack_hash'][:12]}`), world {stored['world']}, scale {stored['scale']:g}, "
        f"{stored['horizon']} months, {stored['replications']} seeds a point: {waves} points in waves, "
        f"{stored['runs']} runs with the check, {stored['failed']} of them failed. The posterior is drawn "
        f"from points worth {stored['effective']:,} independent draws of {stored['drawn']:,}."
    )


def _parameters(stored: Mapping[str, Any]) -> str:
    said = {"informed": "informs", "a little": "informs a little", "not informed": "says nothing"}
    rows = [
        (
            f"`{row['parameter']}`",
            f"{row['prior_low']:.3g} to {row['prior_high']:.3g}",
            f"{row['own']:.3g}",
            f"{row['median']:.3g}",
            f"{row['low']:.3g} to {row['high']:.3g}",
            f"{row['width']:.2f}",
            said[row["verdict"]],
        )
        for row in stored["learned"]
    ]
    head = ("parameter", "prior", "model's own", "median", "90 % after", "width", "the record")
    pairs = stored["pairs"] or "no two parameters"
    return f"{markdown(head, rows)}\n\nKnown only together (correlation in the posterior): {pairs}."


def _record(stored: Mapping[str, Any]) -> str:
    from experiments.calibration_results import signed

    rows = []
    for row in stored["predictions"]:
        unit = str(row["unit"])
        said = {k: readable(row[k], unit) for k in ("record", "own", "low", "high")}
        rows.append(
            (
                f"`{row['target']}`",
                "fitted" if row["use"] == "fit" else "held out",
                said["record"],
                said["own"],
                signed(row["own_distance"]),
                f"{said['low']} to {said['high']}",
                signed(row["distance"]),
                unit,
                "yes" if row["by_hand"] else "",
            )
        )
    head = ("target", "", "record", "own", "distance", "90 % of runs after", "distance", "unit", "by hand")  # fmt: skip
    return markdown(head, rows)


def _waves(stored: Mapping[str, Any]) -> str:
    rows = [
        (row["wave"], row["points"], row["runs"], row["failed"], f"{row['plausible']:.3g}")
        for row in stored["waves"]
    ]
    return markdown(("wave", "points", "runs", "failed", "of the prior left"), rows)


def _emulators(stored: Mapping[str, Any]) -> str:
    rows = []
    for row in stored["emulators"]:
        said = [readable(row[k], str(row["unit"])) for k in ("reach", "doubt", "chance", "error")]
        fits = (f"{row['explained']:.0%}", f"{row['misfit']:.2f}", f"{row['checked']:.2f}")
        rows.append((f"`{row['target']}`", *fits, *said, row["unit"]))
    head = ("target", "explained", "misfit", "checked", "reach", "doubt", "chance", "error", "unit")
    return markdown(head, rows)


def _targets() -> str:
    """The record that ships with the project: from its table, not from a calibration."""
    from experiments.calibration import Calibration
    from experiments.calibration_cli import READY

    rows = []
    for target in Calibration.load(READY).targets:
        errors = [
            f"{readable(sd, target.unit)}: {why}"
            for sd, why in (
                (target.record_sd, target.why_record_sd),
                (target.model_sd, target.why_model_sd),
            )
        ]
        value = f"{readable(target.value, target.unit)} {target.unit}"
        told = (f"{target.source} ({target.year})", target.grade, *errors, target.by_hand)
        rows.append((f"`{target.name}`", value, *told))
    head = ("target", "value", "source", "grade", "error of the record (sd)", "left out by the model (sd)", "tuned to it before")  # fmt: skip
    return markdown(head, rows)


def page(text: str, folder: Path = DOCS) -> str:
    """The page with its tables made anew from what is stored."""
    stored = read(folder)
    parts = {
        "setting": _setting,
        "learned": _parameters,
        "predicted": _record,
        "waves": _waves,
        "emulators": _emulators,
    }
    blocks: dict[str, Callable[[], str]] = {
        name: lambda part=part: NOT_YET if stored is None else part(stored)  # type: ignore[misc]
        for name, part in parts.items()
    }
    return renewed(text, {**blocks, "targets": _targets})


# --- The picture --------------------------------------------------------------------------------------


def draw(calibration: Calibration, ending: Ending, posterior: Posterior, path: Path) -> None:
    """Marginals, record against model, and what each wave leaves, on one sheet."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from experiments.calibration_figures import draw_marginals, draw_predictions, draw_waves
    from experiments.calibration_results import predictions, waves_table
    from experiments.report import STYLE

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(11, 10), facecolor="white", layout="constrained")
        FigureCanvasAgg(figure)
        rows = -(-len(calibration.priors) // 5)
        above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=[1.9 * rows, 5.6]).flat
        above.suptitle(
            "What the record says: prior (line), posterior (bars), the model's own value (dashes)",
            ha="left", x=0.01, fontsize=11, fontweight="bold",
        )  # fmt: skip
        draw_marginals(above, posterior, calibration.priors, columns=5)
        left, right = below.subfigures(1, 2, squeeze=False, width_ratios=[3.2, 1]).flat
        left.suptitle(
            "Runs before (grey), after (blue) and at the model's own values (diamonds)",
            ha="left", x=0.01, fontsize=11, fontweight="bold",
        )  # fmt: skip
        draw_predictions(left, predictions(calibration, ending))
        right.suptitle("What is left", ha="left", x=0.01, fontsize=11, fontweight="bold")
        draw_waves(right, waves_table(ending))
        figure.savefig(path, dpi=130)


def main(arguments: Sequence[str] | None = None) -> int:
    """Store, draw and write; returns the exit code."""
    from experiments.calibration import Calibration

    parser = argparse.ArgumentParser(description="Renew the tables of docs/calibration.md.")
    parser.add_argument("folder", type=Path, help="a finished calibration of the reference case")
    calibration = Calibration.load(parser.parse_args(arguments).folder)
    ending = calibration.ending()
    if ending.posterior is None:
        print("There is no posterior: nothing within the priors gives the record.")
        return 1
    stored = found(calibration, ending, ending.posterior)
    text = json.dumps(stored, indent=1, ensure_ascii=False) + "\n"
    (DOCS / STORED).write_text(text, encoding="utf-8")
    draw(calibration, ending, ending.posterior, DOCS / PICTURE)
    path = DOCS / PAGE
    path.write_text(page(path.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
