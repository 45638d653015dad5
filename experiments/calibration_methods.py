"""The part of a calibration's page that says how it was done, for those who want to judge it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import pandas as pd

from experiments.calibration import Calibration, Ending
from experiments.calibration_figures import waves_svg
from experiments.calibration_file import NAME
from experiments.html_page import html_figure, html_table, html_texts
from experiments.outcomes import readable


@dataclass(frozen=True, eq=False)
class Page:
    """All that the page shows."""

    calibration: Calibration
    ending: Ending
    waves: pd.DataFrame
    emulators: pd.DataFrame
    predictions: pd.DataFrame
    learned: pd.DataFrame | None
    correlations: pd.DataFrame | None


def waves_part(page: Page) -> Iterable[str]:
    """What each wave has left of the prior."""
    yield "<h2>Waves</h2>"
    file = page.calibration.file
    yield (
        f"<p class='small'>A point is ruled out when some target is farther than {file.waves.cutoff:g} "
        "standard deviations from the record, emulator, chance of a run, record and model taken "
        "together. File: <a href='waves.csv'>waves.csv</a>.</p>"
    )
    rows = [
        [
            str(row["wave"]),
            str(row["points"]),
            f"{row['runs']:,}",
            f"{row['failed']:,}",
            f"{row['plausible']:.3g}",
        ]
        for row in page.waves.to_dict("records")
    ]
    head = ["wave", "points", "runs", "failed", "of the prior left"]
    yield html_table(head, [(row, False) for row in rows])
    yield html_figure(waves_svg(page.waves), "Share of the prior that no wave has ruled out.")


def emulators_part(page: Page) -> Iterable[str]:
    """How far the emulators may be trusted."""
    yield "<h2>How well the emulators foretell the model</h2>"
    yield (
        "<p class='small'>Explained: of the variance between points, foretold when a point is left out. "
        "Misfit: square error there over the stated variance (near 1 if honest; above 1 it widens the "
        "emulator's doubt); checked: the same at the points of the posterior's check. Reach: how far the parameters move the target over the prior; a target with "
        "less reach than chance and error informs nothing. All standard deviations. File: "
        "<a href='emulators.csv'>emulators.csv</a>.</p>"
    )
    head = ["target", "unit", "explained", "misfit", "checked", "reach", "doubt", "chance", "error"]
    rows = []
    for row in page.emulators.to_dict("records"):
        said = [readable(row[k], str(row["unit"])) for k in ("reach", "doubt", "chance", "error")]
        explained = f"{row['explained']:.0%}".replace("-", "−")
        fits = [f"{row[k]:.2f}".replace("nan", "–") for k in ("misfit", "checked")]
        rows.append(([str(row["target"]), str(row["unit"]), explained, *fits, *said], False))
    yield html_table(head, rows, words=2)


def failed_part(failed: list[dict[str, object]]) -> Iterable[str]:
    """Runs that did not finish."""
    yield "<h2>Failures</h2>"
    if not failed:
        yield "<p>No run failed.</p>"
        return
    yield (
        f"<p>{len(failed):,} runs did not finish. They are in no number above: emulators learn from the "
        "others, and rule nothing out where they know little. All: <a href='failures.csv'>"
        "failures.csv</a>.</p>"
    )
    rows = [
        [str(one[k]) for k in ("study", "parameters", "seed", "type", "message")]
        for one in failed[-20:]
    ]
    yield html_texts(["study", "parameters", "seed", "type", "message"], rows)


def record_part(page: Page) -> Iterable[str]:
    """The targets with their errors and sources, and the priors."""
    yield "<h2>The record</h2>"
    head = [
        "target",
        "months in a run",
        "error of the record",
        "left out by the model",
        "by hand",
        "source",
        "grade",
    ]
    rows = []
    for target in page.calibration.targets:
        rows.append(
            [
                target.name,
                target.months,
                f"{readable(target.record_sd, target.unit)}: {target.why_record_sd}",
                f"{readable(target.model_sd, target.unit)}: {target.why_model_sd}",
                target.by_hand,
                f"{target.source} ({target.year})",
                target.grade,
            ]
        )
    yield html_texts(head, rows)
    priors = [
        [
            prior.name,
            f"{prior.low:g} to {prior.high:g}",
            "logarithm" if prior.log else "",
            prior.why,
        ]
        for prior in page.calibration.priors
    ]
    yield "<h3>Priors</h3>"
    yield html_texts(["parameter", "range", "even in the", "why"], priors)


def repeat_part(page: Page) -> Iterable[str]:
    """Code, pack, files: what another needs to get the same."""
    yield "<h2>To repeat it</h2>"
    after = page.ending.posterior
    if after is not None:
        rows = [
            ["code", str(after.facts["code"])],
            ["pack", f"{after.facts['pack']}, SHA-256 {after.facts['pack_hash']}"],
            ["posterior made", str(after.facts["date"])],
        ]
        yield f"<div class='wide'>{html_texts(['', ''], rows)}</div>"
        yield (
            "<p>As the uncertainty of a study, with posterior.parquet beside its study.toml:</p>"
            '<pre>[design]\nkind = "posterior"\nfile = "posterior.parquet"\nsize = 100</pre>'
        )
    folder = page.calibration.folder
    for name in (NAME, page.calibration.file.targets):
        yield f"<h3>{escape(name)}</h3>"
        yield f"<pre>{escape((folder / name).read_text(encoding='utf-8'))}</pre>"
