"""A study as one page: what was run, effects with intervals, figures, failures, how to cite it.

The page holds all it shows: nothing is fetched from anywhere. Its tables lie beside it as CSV.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd

from experiments.citation import model_of_study
from experiments.html_page import html_document, html_figure, html_table, html_texts
from experiments.outcomes import outcomes, readable, yearly_factor, yearly_unit
from experiments.store import whole_folder
from experiments.study import Status, Study
from experiments.study_effects import study_effects
from experiments.study_export import summary_table
from experiments.study_file import NAME
from experiments.study_idle import idle_words
from experiments.study_paper import write_paper_files
from experiments.study_tables import Choice, Tables, choose, write_csv
from experiments.study_words import (
    citation,
    headline_outcomes,
    methods,
    outcome_rows,
    parameter_rows,
    world_rows,
)
from model.errors import InputError

MOST_TABLE_POINTS = 40
MOST_FAILURES = 20


@dataclass(frozen=True)
class _Page:
    study: Study
    status: Status
    choice: Choice
    effects: pd.DataFrame  # or means, where the study compares with nothing
    months: pd.DataFrame | None
    idle: list[str]

    @property
    def paired(self) -> bool:
        return self.study.plan.against is not None


def write_report(
    study: Study,
    out: Path | None = None,
    *,
    outcomes: Sequence[str] | None = None,
    first: str | None = None,
    last: str | None = None,
) -> Path:
    """Write `report.html` and its tables into a new folder; the page's path.

    `outcomes`: what the page shows (well-known ones if not given; the CSV files hold all that is
    kept). `first`, `last`: months that effects are averaged over. Raises
    `model.errors.InputError`, and writes nothing then.
    """
    folder = _new_folder(study, out)
    plan = study.made
    study = Study(plan)  # a newer code must not be named as the one that made the runs
    shown = choose(plan, outcomes or headline_outcomes(plan.kit.keep.outcomes), None, first, last)
    tables = Tables(plan)
    window = choose(plan, None, None, first, last)
    if plan.against is not None:
        whole = study_effects(plan, first=first, last=last, tables=tables)
        months = study_effects(
            plan, shown.outcomes[:1], by="month", first=first, last=last, tables=tables
        )
    else:
        whole, months = summary_table(tables, window), None
    with whole_folder(folder) as scratch:
        name = "effects.csv" if plan.against is not None else "means.csv"
        write_csv(whole, scratch / name)
        write_csv(study.design, scratch / "design.csv")
        write_csv(study.runs(), scratch / "runs.csv")
        if failed := study.failures():
            write_csv(pd.DataFrame(failed), scratch / "failures.csv")
        page = _Page(study, study.status(), shown, whole, months, idle_words(plan, tables))
        text = _html(page, name)
        (scratch / "report.html").write_text(text, encoding="utf-8")
        write_paper_files(scratch, page.study, page.status, page.choice, text)
        if months is not None:
            write_csv(months, scratch / "effects_by_month.csv")
    return folder / "report.html"


def _new_folder(study: Study, out: Path | None) -> Path:
    if out is not None:
        if out.exists() and (out.is_file() or any(out.iterdir())):
            raise InputError(
                "is not empty, and nothing is overwritten",
                field="--out",
                value=str(out),
                allowed="a new or empty folder",
            )
        return out
    folder, number = study.folder / "report", 2
    while folder.exists():
        folder = study.folder / f"report-{number}"
        number += 1
    return folder


def _html(page: _Page, name: str) -> str:
    plan = page.study.plan
    parts = [
        f"<h1>{escape(plan.file.title)}</h1>",
        f"<p class='lead'>{escape(plan.file.question)}</p>" if plan.file.question else "",
        f"<p>{escape(_in_short(page))}</p>",
        *(f"<p><b>Note:</b> {escape(words)}.</p>" for words in page.idle),
        *_results(page, name),
        "<h2>How it was done</h2>",
        f"<p>{escape(methods(plan, page.status, page.choice.first, page.choice.last))}</p>",
        *_what_was_run(page),
        *_failures(page),
        *_reproduce(page),
        *_cite(page),
    ]
    return html_document(plan.file.title, parts)


def _in_short(page: _Page) -> str:
    """The first outcome in a sentence."""
    first = page.choice.outcomes[0]
    outcome = outcomes()[first]
    table = page.effects[page.effects["outcome"] == first]
    mean = table["mean"] * yearly_factor(outcome)
    ends = [readable(x, yearly_unit(outcome), signed=page.paired) for x in (mean.min(), mean.max())]
    span = ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
    unit = yearly_unit(outcome)
    if not page.paired:
        return f"{first.replace('_', ' ').capitalize()} over {len(table):,} rows: {span} ({unit})."
    clear = int(((table["low"] > 0) | (table["high"] < 0)).sum())
    more = (
        f"; clear of zero at {clear:,} of {len(table):,}" if len(page.study.plan.seeds) > 1 else ""
    )
    return f"Effect on {first.replace('_', ' ')}: {span} ({unit}){more}."


# --- Results ----------------------------------------------------------------------------------------


def _results(page: _Page, name: str) -> Iterable[str]:
    from experiments.study_figures import effect_by_parameter, effect_over_time, effects_by_point

    kind = "Effects" if page.paired else "Means"
    yield f"<h2>{kind}</h2>"
    yield (
        f"<p class='small'>All outcomes at all points, with Student and bootstrap intervals: "
        f"<a href='{name}'>{name}</a>. {_beside(page)} Flows are stated per year here, per month in the "
        "CSV. Grey: the interval holds zero, or is not known.</p>"
    )
    one_point = len(page.study.plan.design.points) == 1
    names = list(page.study.plan.design.names)
    for outcome in page.choice.outcomes:
        table = _labelled(page, page.effects[page.effects["outcome"] == outcome])
        unit = yearly_unit(outcomes()[outcome])
        yield f"<h3>{escape(outcome.replace('_', ' '))} ({escape(unit)})</h3>"
        yield f"<p class='small'>{escape(outcomes()[outcome].meaning)}</p>"
        yield (
            _table_of_points(table, outcome)
            if len(table) <= MOST_TABLE_POINTS
            else _spread(table, outcome)
        )
        if page.paired and not (one_point and len(table) == 1):
            caption = "Mean over seeds and 95 % interval at each point."
            yield html_figure(effects_by_point(table, outcome, f"effect, {unit}"), caption)
    first = page.choice.outcomes[0]
    if page.months is not None:
        caption = f"Effect on {first.replace('_', ' ')} by month: points (grey) and their median."
        yield html_figure(effect_over_time(page.months, first), caption)
    varied = [name for name in names if page.effects[name].nunique() > 1]
    if varied and len(page.study.plan.design.points) > 2:
        table = page.effects[page.effects["outcome"] == first]
        caption = f"{kind[:-1]} of {first.replace('_', ' ')} against each parameter."
        yield html_figure(effect_by_parameter(table, varied, first), caption)


def _beside(page: _Page) -> str:
    """The other files that the report comes with."""
    files = {"points": "design.csv", "runs": "runs.csv", "by month": "effects_by_month.csv"}
    if page.months is None:
        del files["by month"]
    files |= {"parameters": "parameters.csv", "outcomes": "outcomes.csv"}
    files |= {"methods": "methods.txt", "references": "citation.bib"}
    links = ", ".join(f"{words} <a href='{file}'>{file}</a>" for words, file in files.items())
    return f"Beside it: {links}, and every figure in <code>figures/</code>."


def _labelled(page: _Page, table: pd.DataFrame) -> pd.DataFrame:
    """With a column `label`: world and parameters in words."""
    names = page.study.plan.design.names
    several = page.effects["world"].nunique() > 1
    labels = []
    for row in table.to_dict("records"):
        values = [
            f"{name} {row[name]:.4g}" if isinstance(row[name], float) else f"{name} {row[name]}"
            for name in names[:3]
        ]
        if several or not names:
            values.insert(0, str(row["world"]))
        labels.append(
            ", ".join(values) if len(names) <= 3 else f"{row['world']}, point {row['point']}"
        )
    worlds = {world: number for number, world in enumerate(page.study.plan.worlds)}
    table = table.assign(label=labels, world_number=table["world"].map(worlds))
    return table.sort_values(["world_number", "point"], ignore_index=True)


def _table_of_points(table: pd.DataFrame, outcome: str) -> str:
    factor, unit = yearly_factor(outcomes()[outcome]), yearly_unit(outcomes()[outcome])
    rows = []
    for row in table.to_dict("records"):
        holds_zero = not (row["low"] > 0 or row["high"] < 0)
        cells = [readable(row[key] * factor, unit) for key in ("mean", "low", "high")]
        boot = " to ".join(readable(row[key] * factor, unit) for key in ("boot_low", "boot_high"))
        rows.append(([str(row["label"]), *cells, boot, str(row["n"])], holds_zero))
    return html_table(["", "mean", "low", "high", "bootstrap", "seeds"], rows)


def _spread(table: pd.DataFrame, outcome: str) -> str:
    """Quantiles over points, where there are too many to list."""
    factor, unit = yearly_factor(outcomes()[outcome]), yearly_unit(outcomes()[outcome])
    shares = {"lowest": 0.0, "5 %": 0.05, "25 %": 0.25, "median": 0.5, "75 %": 0.75, "95 %": 0.95}
    shares["highest"] = 1.0
    cells = [readable(float(table["mean"].quantile(x)) * factor, unit) for x in shares.values()]
    above, below = int((table["low"] > 0).sum()), int((table["high"] < 0).sum())
    head = ["points", *shares, "clearly above 0", "clearly below 0"]
    return html_table(head, [([f"{len(table):,}", *cells, f"{above:,}", f"{below:,}"], False)])


# --- What was run -----------------------------------------------------------------------------------


def _what_was_run(page: _Page) -> Iterable[str]:
    plan = page.study.plan
    yield "<h3>Worlds</h3>"
    yield html_texts(["world", "what it is", "the question it answers"], world_rows(plan))
    if plan.design.names:
        yield "<h3>Parameters that vary</h3>"
        head = ["parameter", "role", "values", "pack's own", "unit", "grade", "meaning"]
        yield html_texts(head, parameter_rows(plan))
    yield "<h3>Outcomes shown</h3>"
    yield html_texts(["outcome", "unit a month", "meaning"], outcome_rows(page.choice.outcomes))


def _failures(page: _Page) -> Iterable[str]:
    yield "<h2>Failures</h2>"
    failed = page.study.failures()
    if not failed:
        yield "<p>No run failed.</p>"
        return
    yield (
        f"<p>{len(failed):,} runs did not finish and are in no number above; a pair with one of them "
        "is left out. All: <a href='failures.csv'>failures.csv</a>.</p>"
    )
    rows = [
        [one["world"], one["parameters"], str(one["seed"]), one["type"], one["message"]]
        for one in failed[-MOST_FAILURES:]
    ]
    yield html_texts(["world", "parameters", "seed", "type", "message"], rows)


def _reproduce(page: _Page) -> Iterable[str]:
    plan, status = page.study.plan, page.status
    yield "<h2>To repeat it</h2>"
    seeds = ", ".join(map(str, plan.seeds[:20])) + (", ..." if len(plan.seeds) > 20 else "")
    rows = [
        ["code", status.code],
        ["pack", f"{plan.file.pack}, SHA-256 {plan.kit.pack_hash}"],
        ["seeds", seeds],
        *[[f"runs by {code}", f"{runs:,}"] for (code, _), runs in status.made_by.items()],
        *[["packages", ", ".join(f"{k} {v}" for k, v in one.items())] for one in status.versions],
        ["written", f"{status.first_time} to {status.last_time}"],
    ]
    yield f"<div class='wide'>{html_texts(['', ''], rows)}</div>"
    yield "<p>With the file below as <code>study.toml</code> in a folder:</p>"
    yield "<pre>ornok study run FOLDER\nornok study report FOLDER</pre>"
    yield f"<pre>{escape((page.study.folder / NAME).read_text(encoding='utf-8'))}</pre>"


def _cite(page: _Page) -> Iterable[str]:
    words, bibtex = citation(page.study.plan, page.status)
    yield "<h2>How to cite</h2>"
    yield f"<p>{escape(words)}</p><pre>{escape(bibtex)}</pre>"
    cited = model_of_study(page.study.plan.kit.code, page.status)
    yield f"<p>The model: {escape(cited.words)}</p><pre>{escape(cited.bibtex)}</pre>"
