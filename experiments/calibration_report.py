"""A calibration as one page: what the record says of the parameters, and the model against the record.

The page holds all it shows: nothing is fetched from anywhere. Its tables lie beside it as CSV.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path

import pandas as pd

from experiments.calibration import Calibration, Ending
from experiments.calibration_figures import (
    marginals_svg,
    predictions_svg,
)
from experiments.calibration_methods import (
    Page,
    emulators_part,
    failed_part,
    record_part,
    repeat_part,
    waves_part,
)
from experiments.calibration_results import (
    STRONG,
    emulators_table,
    far_off,
    not_informed,
    predictions,
    signed,
    strong_pairs,
    waves_table,
)
from experiments.calibration_screen import nearest_misses
from experiments.html_page import html_document, html_figure, html_table
from experiments.outcomes import readable
from experiments.posterior import correlations, learned
from experiments.store import free_folder, whole_folder
from experiments.study_tables import write_csv


def write_report(calibration: Calibration, out: Path | None = None) -> Path:
    """Write `report.html` and its tables into a new folder; the page's path.

    Raises `model.errors.InputError`, and writes nothing then.
    """
    folder = _new_folder(calibration, out)
    ending = calibration.ending()
    after = ending.posterior
    page = Page(
        calibration,
        ending,
        waves_table(ending),
        emulators_table(calibration, ending),
        predictions(calibration, ending),
        None if after is None else learned(after, calibration.priors),
        None if after is None else correlations(after, calibration.priors),
    )
    with whole_folder(folder) as scratch:
        for name in ("waves", "emulators", "predictions", "learned", "correlations"):
            table: pd.DataFrame | None = getattr(page, name)
            if table is not None:
                whole = (
                    table.rename_axis("parameter").reset_index()
                    if name == "correlations"
                    else table
                )
                write_csv(whole, scratch / f"{name}.csv")
        if failed := _failures(calibration):
            write_csv(pd.DataFrame(failed), scratch / "failures.csv")
        (scratch / "report.html").write_text(_html(page, failed), encoding="utf-8")
    return folder / "report.html"


def _new_folder(calibration: Calibration, out: Path | None) -> Path:
    if out is not None:
        return free_folder("report", out)
    folder, number = calibration.folder / "report", 2
    while folder.exists():
        folder, number = calibration.folder / f"report-{number}", number + 1
    return folder


def _failures(calibration: Calibration) -> list[dict[str, object]]:
    found = calibration.studies()
    return [{"study": name, **one} for name, study in found.items() for one in study.failures()]


def _html(page: Page, failed: list[dict[str, object]]) -> str:
    file = page.calibration.file
    return html_document(
        file.title,
        [
            f"<h1>{escape(file.title)}</h1>",
            f"<p class='lead'>{escape(file.question)}</p>" if file.question else "",
            f"<p>{escape(in_short(page.predictions, page.learned, page.ending))}</p>",
            *_parameters(page),
            *_record(page),
            *waves_part(page),
            *emulators_part(page),
            *failed_part(failed),
            *record_part(page),
            *repeat_part(page),
        ],
    )


def in_short(table: pd.DataFrame, known: pd.DataFrame | None, ending: Ending) -> str:
    """The result in a few sentences."""
    if known is None:
        return "No values within the priors give the record within its errors."
    told = [name for name in known["parameter"] if name not in not_informed(known)]
    fitted, held = table[table["use"] == "fit"], table[table["use"] == "check"]
    missed = {use: far_off(table, use) for use in ("fit", "check")}
    words = (
        f"Of {len(known)} parameters the record informs {len(told)}"
        f"{': ' + ', '.join(told) if told else ''}. "
        f"{ending.plausible[-1]:.3g} of the prior is still plausible. At the posterior the model lies "
        f"within two standard deviations of {len(fitted) - len(missed['fit'])} of {len(fitted)} fitted "
        f"targets"
    )
    words += f" (not {', '.join(missed['fit'])})" if missed["fit"] else ""
    if len(held):
        words += f" and of {len(held) - len(missed['check'])} of {len(held)} that were held out"
        words += f" (not {', '.join(missed['check'])})" if missed["check"] else ""
    return words + "."


# --- Parts of the page --------------------------------------------------------------------------------


def _parameters(page: Page) -> Iterable[str]:
    yield "<h2>What the record says of the parameters</h2>"
    after = page.ending.posterior
    if after is None or page.learned is None or page.correlations is None:
        misses = nearest_misses(page.calibration, page.ending)
        yield (
            f"<p>Nothing is left of the prior. Farthest off where the model comes nearest: "
            f"{escape(misses)}. Either the priors are too narrow, or the errors of the record and the "
            "model are larger than stated, or the model is wrong.</p>"
        )
        return
    yield (
        "<p class='small'>Width: standard deviation of the posterior over that of the prior; 1: nothing "
        "was learned. Grey: the record does not inform this parameter. Below own: share of the posterior "
        "below the value that the model has now. Files: <a href='learned.csv'>learned.csv</a>, "
        "<a href='correlations.csv'>correlations.csv</a>.</p>"
    )
    head = ["parameter", "prior", "own", "median", "90 %", "width", "below own"]
    rows = [
        (
            [
                str(row["parameter"]),
                f"{row['prior_low']:.3g} to {row['prior_high']:.3g}",
                f"{row['own']:.3g}",
                f"{row['median']:.3g}",
                f"{row['low']:.3g} to {row['high']:.3g}",
                f"{row['width']:.2f}",
                f"{row['own_at']:.0%}",
            ],
            row["verdict"] == "not informed",
        )
        for row in page.learned.to_dict("records")
    ]
    yield html_table(head, rows)
    effective = after.facts["effective"]
    yield (
        f"<p class='small'>{len(after.points):,} points in the posterior's file, drawn from weighted "
        f"points worth {effective:,.0f} independent draws"
        f"{': few, so read the intervals with care' if effective < 200 else ''}.</p>"
    )
    yield html_figure(
        marginals_svg(after, page.calibration.priors),
        "Posterior (blue), prior (grey line) and the model's own value (red, dashed).",
    )
    pairs = strong_pairs(page.correlations)
    yield (
        f"<p>Known only together: {escape(pairs)}.</p>"
        if pairs
        else (f"<p>No two parameters are correlated by more than {STRONG:g} in the posterior.</p>")
    )


def _record(page: Page) -> Iterable[str]:
    yield "<h2>The record and the model</h2>"
    yield (
        "<p class='small'>Own: the model at its own values. Model: mean of the runs at draws from the "
        "posterior, and 90 % of them. Distance: model less record, in standard deviations of runs, record "
        "and model together; own distance likewise. By hand: something was tuned to this number before. "
        "File: <a href='predictions.csv'>predictions.csv</a>.</p>"
    )
    for use, title in (("fit", "Fitted"), ("check", "Held out")):
        table = page.predictions[page.predictions["use"] == use]
        if len(table):
            yield f"<h3>{title}</h3>"
            yield html_table(*_record_table(table), words=2)
    yield html_figure(
        predictions_svg(page.predictions),
        "90 % of the runs before (grey, over the prior) and after (blue), and the model's own values "
        "(red). The band is two standard deviations to each side of the record. What is farther than "
        "eight is drawn at the edge.",
    )


def _record_table(table: pd.DataFrame) -> tuple[list[str], list[tuple[list[str], bool]]]:
    head = [
        "target",
        "unit",
        "record",
        "own",
        "own distance",
        "model",
        "90 %",
        "distance",
        "by hand",
    ]
    rows = []
    for row in table.to_dict("records"):
        unit = str(row["unit"])
        said = {k: readable(row[k], unit) for k in ("record", "own", "mean", "low", "high")}
        cells = [
            str(row["target"]),
            unit,
            said["record"],
            said["own"],
            signed(row["own_distance"]),
            said["mean"],
            f"{said['low']} to {said['high']}",
            signed(row["distance"]),
            "yes" if row["by_hand"] else "",
        ]
        rows.append((cells, False))
    return head, rows
