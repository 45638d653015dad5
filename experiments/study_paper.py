"""What of a study's report goes into a paper as files: words, references, tables, figures."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from experiments.citation import model_of_study
from experiments.study import Status, Study
from experiments.study_tables import Choice, write_csv
from experiments.study_words import citation, methods
from model import load_pack
from model.measures import outcomes

_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)


def write_paper_files(
    folder: Path, study: Study, status: Status, choice: Choice, page: str
) -> list[Path]:
    """Write into an existing folder and return the paths.

    `methods.txt` (a paragraph), `citation.bib` (the study and the model), `parameters.csv` (of all
    that varies: values, unit, grade, source), `outcomes.csv` (of all that is kept: unit and meaning)
    and `figures/figure-1.svg` and so on, the figures of the `page` in their order.
    """
    plan = study.plan
    words = {
        "methods.txt": methods(plan, status, choice.first, choice.last),
        "citation.bib": f"{citation(plan, status)[1]}\n\n{model_of_study(plan.kit.code, status).bibtex}",
    }
    for name, text in words.items():
        (folder / name).write_text(text + "\n", encoding="utf-8")
    write_csv(_parameters(study), folder / "parameters.csv")
    write_csv(_outcomes(study), folder / "outcomes.csv")
    written = [folder / name for name in (*words, "parameters.csv", "outcomes.csv")]
    return written + write_figures(page, folder / "figures")


def write_figures(page: str, folder: Path) -> list[Path]:
    """Every `<svg>` of a page as a file of its own; the folder is made."""
    folder.mkdir()
    files = []
    for number, found in enumerate(_SVG.finditer(page), start=1):
        files.append(folder / f"figure-{number}.svg")
        head = '<?xml version="1.0" encoding="utf-8"?>\n'
        files[-1].write_text(head + found[0] + "\n", encoding="utf-8")
    return files


def _parameters(study: Study) -> pd.DataFrame:
    """One row a parameter that varies."""
    plan = study.plan
    facts = {one.name: one for one in load_pack(plan.kit.setups[0].pack).params().describe()}
    rows = []
    for column, (name, role) in enumerate(zip(plan.design.names, plan.design.roles, strict=True)):
        values = sorted({point[column] for point in plan.design.points})
        one = facts[name]
        rows.append(
            (name, role, values[0], values[-1], len(values), one.value, one.unit, one.low, one.high,
             one.grade, one.source, one.meaning)
        )  # fmt: skip
    columns = ["parameter", "role", "lowest", "highest", "different_values", "packs_own", "unit",
               "range_low", "range_high", "grade", "source", "meaning"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _outcomes(study: Study) -> pd.DataFrame:
    """One row an outcome that is kept; values in tables are a month's."""
    known = outcomes()
    rows = [
        (name, known[name].unit, known[name].level, known[name].meaning)
        for name in study.plan.kit.keep.outcomes
    ]
    return pd.DataFrame(rows, columns=["outcome", "unit", "level", "meaning"])
