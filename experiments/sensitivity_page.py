"""The page of a sensitivity analysis: figures, tables, failures and how it was done, in one file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.html_page import html_document, html_figure, html_table, html_texts
from experiments.outcomes import outcomes, readable, yearly_factor, yearly_unit
from experiments.sensitivity_figures import (
    index_bars,
    outcome_by_parameter,
    ranked_groups,
    screening_plane,
)
from experiments.sensitivity_screen import cells_of, heads, is_unclear, title_of
from experiments.store import whole_folder
from experiments.study_file import NAME
from experiments.study_tables import write_csv
from experiments.study_words import methods, parameter_rows
from model.errors import InputError

if TYPE_CHECKING:
    from experiments.sensitivity import Sensitivity

MOST_ROWS = 25
MOST_PANELS = 6
FEWEST_POINTS = 48
HEADS = {
    "groups": "Screening of groups (Morris)",
    "morris": "Screening (Morris)",
    "sobol": "Shares of variance (Sobol')",
}
READ = {
    "morris": (
        "μ is the mean change of the outcome when a parameter goes through its whole range from many "
        "starting points, μ* the mean size of that change, σ its spread (interactions and curvature). "
        "Chance: what μ* of a parameter that does nothing on average would stay below, in 19 of 20 "
        "screenings. Grey: not told from chance. Above the dotted line σ is larger than μ*."
    ),
    "sobol": (
        "S1 is the share of the outcome's variance that a parameter makes alone, ST the share that it "
        "makes with all its interactions. Seeds' noise is taken out of both. Grey: the interval of ST "
        "holds zero. An estimate may fall below 0 or above 1 by chance."
    ),
}  # fmt: skip
METHODS = {
    "morris": (
        "Elementary effects follow Morris (1991) and Campolongo, Cariboni and Saltelli (2007), by "
        "SALib's trajectories. An effect is the mean over seeds of the same step; its spread over "
        "seeds gives the noise, from which the level of chance follows (Bonferroni over parameters). "
        "Intervals are percentiles of 1,000 bootstrap samples of trajectories."
    ),
    "sobol": (
        "Indices follow Saltelli et al. (2010) for S1 and Jansen (1999) for ST. Every product is "
        "averaged over pairs of different seeds, so that noise that is independent between seeds adds "
        "nothing on average. Intervals are percentiles of 1,000 bootstrap samples of rows."
    ),
}  # fmt: skip


def write_page(
    analyses: Sequence[Sensitivity],
    folder: Path,
    out: Path | None = None,
    *,
    title: str = "",
    notes: Sequence[str] = (),
) -> Path:
    """Write `report.html` and its tables as CSV into a new folder; the page's path.

    The last analysis comes first on the page. `notes`: parts of a page, HTML, under its title.
    The folder is `out`, or `sensitivity` in `folder` (with a number, if that is there). Raises
    `model.errors.InputError` when `out` holds something: nothing is overwritten.
    """
    place = _new_folder(folder, out)
    with whole_folder(place) as scratch:
        for found in analyses:
            for name, table in tables_of(found).items():
                write_csv(table, scratch / f"{name}.csv")
        text = html_document(title or analyses[-1].plan.file.title, _parts(analyses, title, notes))
        (scratch / "report.html").write_text(text, encoding="utf-8")
    return place / "report.html"


def _new_folder(folder: Path, out: Path | None) -> Path:
    if out is not None:
        if out.exists() and (out.is_file() or any(out.iterdir())):
            raise InputError(
                "is not empty, and nothing is overwritten", field="--out", value=str(out),
                allowed="a new or empty folder",
            )  # fmt: skip
        return out
    place, number = folder / "sensitivity", 2
    while place.exists():
        place = folder / f"sensitivity-{number}"
        number += 1
    return place


def stage_of(found: Sensitivity) -> str:
    """The name of an analysis among several: groups, morris or sobol."""
    return "groups" if found.kind == "morris" and not found.scheme.alone.all() else found.kind


def tables_of(found: Sensitivity) -> dict[str, pd.DataFrame]:
    """All tables of an analysis by the name of their file."""
    stage = stage_of(found)
    tables = {f"{stage}_indices": found.indices, f"{stage}_chance": found.chance}
    if len(found.pairs):
        tables[f"{stage}_pairs"] = found.pairs
    if len(found.failures.by_parameter):
        tables[f"{stage}_failures"] = found.failures.by_parameter
    if len(found.failures.regions):
        tables[f"{stage}_failed_regions"] = found.failures.regions
    return tables


def _parts(analyses: Sequence[Sensitivity], title: str, notes: Sequence[str]) -> Iterator[str]:
    plan = analyses[-1].plan
    yield f"<h1>{escape(title or plan.file.title)}</h1>"
    if plan.file.question and not title:
        yield f"<p class='lead'>{escape(plan.file.question)}</p>"
    yield from notes
    for found in reversed(analyses):
        yield from section(found)
    yield "<h2>How it was done</h2>"
    for found in analyses:
        yield f"<p>{escape(_method(found))}</p>"
    for found in analyses:
        yield f"<h3>Parameters that varied: {escape(HEADS[stage_of(found)].lower())}</h3>"
        head = ["parameter", "role", "values", "own", "unit", "grade", "meaning"]
        yield html_texts(head, parameter_rows(found.plan))
        text = (found.plan.folder / NAME).read_text(encoding="utf-8")
        yield f"<details><summary>study.toml</summary><pre>{escape(text)}</pre></details>"


def section(found: Sensitivity) -> Iterator[str]:
    """Figures, tables and words of one analysis, as parts of a page."""
    stage = stage_of(found)
    yield f"<h2>{HEADS[stage]}</h2>"
    if found.words:
        yield "<ul>" + "".join(f"<li>{escape(one)}</li>" for one in found.words) + "</ul>"
    yield f"<p class='small'>{escape(READ[found.kind])}</p>"
    for key in found.headline():
        yield from _quantity(found, *key)
    yield from _pairs(found)
    yield "<h3>Chance</h3>"
    yield _chance_table(found)
    yield from _failures(found)
    names = ", ".join(f"<a href='{name}.csv'>{name}.csv</a>" for name in tables_of(found))
    yield f"<p class='small'>All numbers, also of levels, flows per month: {names}.</p>"


def _quantity(found: Sensitivity, world: str, measure: str, outcome: str) -> Iterator[str]:
    one, table = outcomes()[outcome], found.of(world, measure, outcome)
    unit, factor, morris = yearly_unit(one), yearly_factor(one), found.kind == "morris"
    title = title_of(found, world, measure, outcome)
    yield f"<h3>{escape(title)}{f' ({escape(unit)})' if morris else ''}</h3>"
    yield f"<p class='small'>{escape(one.meaning)}</p>"
    if not morris:
        if table["ST_low"].isna().all():
            yield "<p>It is not known to vary beyond chance: it has no indices.</p>"
            return
        yield html_figure(index_bars(table), f"{title}: shares of variance, 95 % intervals.")
    elif stage_of(found) == "groups":
        yield html_figure(ranked_groups(table, outcome), f"{title}: groups of parameters.")
    else:
        yield html_figure(screening_plane(table, outcome, measure), f"{title}: screening.")
    yield html_table(
        ["parameter", *heads(morris)],
        [
            ([str(row["parameter"]), *cells_of(row, unit, factor, morris=morris)], is_unclear(row))
            for row in table.head(MOST_ROWS).to_dict("records")
        ],
    )
    yield from _against_parameters(found, table, (world, measure, outcome))


def _against_parameters(
    found: Sensitivity, table: pd.DataFrame, key: tuple[str, str, str]
) -> Iterator[str]:
    """The outcome against the parameters that lead, where there are points enough."""
    names = [
        str(row["parameter"]) for row in table.to_dict("records")
        if not is_unclear(row) and row["parameter"] in found.points
    ][:MOST_PANELS]  # fmt: skip
    if not names:
        return
    values = next(
        one.values for one in found.quantities if (one.world, one.measure, one.outcome) == key
    )
    means, points = values.mean(axis=1), found.points
    if found.kind == "sobol":
        # The two independent samples, if they are enough: other points repeat their coordinates.
        ends = np.isin(np.arange(len(means)) % found.scheme.width, [0, found.scheme.width - 1])
        if ends.sum() >= FEWEST_POINTS:
            means, points = means[ends], points[ends]
    caption = (
        "Each point is a mean over seeds; the line is the mean of bins of equal size, in which all "
        "other parameters vary, the band its 95 % interval."
    )
    yield html_figure(outcome_by_parameter(points, means, names, key[2], key[1]), caption)


def _pairs(found: Sensitivity) -> Iterator[str]:
    shown = found.pairs[found.pairs["measure"] == found.headline()[0][1]]
    clear = shown[(shown["S2_low"] > 0) | (shown["S2_high"] < 0)]
    if not len(shown):
        return
    yield "<h3>Pairs (S2)</h3>"
    if not len(clear):
        yield "<p>No interaction of two parameters is told from zero.</p>"
        return
    rows = [
        ([f"{row['outcome']}: {row['parameter']} with {row['with']}", readable(row["S2"], ""),
          f"{readable(row['S2_low'], '')} to {readable(row['S2_high'], '')}"], False)
        for row in clear.sort_values("S2", ascending=False).head(MOST_ROWS).to_dict("records")
    ]  # fmt: skip
    yield html_table(["", "S2", "95 %"], rows)


def _chance_table(found: Sensitivity) -> str:
    head = ["", "unit", "mean", "sd over points", "sd by chance", "in a run", "in the mean"]
    head += ["points", "seeds"]
    rows = []
    for world, measure, outcome in found.headline():
        table = found.chance
        here = (table["world"] == world) & (table["measure"] == measure)
        (row,) = table[here & (table["outcome"] == outcome)].to_dict("records")
        one = outcomes()[outcome]
        unit, factor = yearly_unit(one), yearly_factor(one)
        cells = [readable(row[name] * factor, unit) for name in ("mean", "sd", "noise")]
        cells += [_percent(row[name]) for name in ("of_one_run", "of_mean")]
        name = title_of(found, world, measure, outcome)
        rows.append(([name, unit, *cells, f"{row['points']:,}", f"{row['seeds']}"], False))
    return html_table(head, rows, words=2)


def _percent(share: float) -> str:
    return f"{share:.0%}" if np.isfinite(share) else "–"


def _failures(found: Sensitivity) -> Iterator[str]:
    failures = found.failures
    yield "<h3>Failed runs</h3>"
    if not failures.failed:
        yield "<p>No run failed.</p>"
        return
    yield (
        f"<p>{failures.failed:,} of {failures.runs - failures.missing:,} runs failed "
        f"({failures.share:.1%}), at {failures.failed_points:,} of {failures.points:,} points; at "
        f"{failures.always:,} of these with every seed.</p>"
    )
    yield html_texts(["what", "runs"], [[k, f"{n:,}"] for k, n in failures.kinds.items()])
    if len(failures.regions):
        yield "<p>Where failures are more frequent than elsewhere (a decision tree):</p>"
        yield html_table(
            ["region", "points", "failed", "share"],
            [([row["region"], f"{row['points']:,}", f"{row['failed_points']:,}",
               _percent(row["share"])], False) for row in failures.regions.to_dict("records")],
        )  # fmt: skip
    if len(failures.by_parameter):
        yield "<p>Share of failed points by third of a parameter's range:</p>"
        rows = failures.by_parameter.head(MOST_ROWS).to_dict("records")
        yield html_table(
            ["parameter", "lower", "middle", "upper", "p"],
            [([row["parameter"], *(_percent(row[k]) for k in ("lower", "middle", "upper")),
               f"{row['p']:.2g}"], row["p"] > 0.05) for row in rows],
        )  # fmt: skip


def _method(found: Sensitivity) -> str:
    from experiments.study import Study

    text = methods(found.plan, Study(found.plan).status(), found.first, found.last)
    return f"{HEADS[stage_of(found)]}. {text} {METHODS[found.kind]}"
