"""How to cite the model, a run and a study: in words (APA 7, as software) and as BibTeX."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model import __version__, source_hash
from model.errors import InputError

if TYPE_CHECKING:
    from experiments.study import Status

TITLE = "Ornok: What a foreign-invested car plant does to its region"
AUTHOR = "The Ornok maintainers"
YEAR = 2026
LICENCE = "Apache-2.0"
ABSTRACT = (
    "An agent-based regional economic model of firms, workers, households, car importers, budget "
    "and banks. A world with a plant and one without it run from the same start with the same random "
    "draws; their difference is the plant's effect."
)
KEYWORDS = ("agent-based model", "regional economics", "industrial policy", "simulation")
# What TeX reads as something else.
_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$",
    "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


@dataclass(frozen=True)
class Citation:
    """A citation in words and as a BibTeX entry."""

    words: str
    bibtex: str


def bibtex_entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    """One BibTeX entry; the values are plain text and are written so that TeX prints them.

    The key keeps letters, digits, `-`, `_` and `:` only.
    """
    lines = [f"@{kind}{{{re.sub(r'[^A-Za-z0-9_:-]', '', key)},"]
    width = max(map(len, fields))
    lines += [f"  {name:<{width}} = {{{_as_tex(text)}}}," for name, text in fields.items()]
    return "\n".join([*lines, "}"])


def _as_tex(text: str) -> str:
    return "".join(_TEX.get(letter, letter) for letter in " ".join(text.split()))


def model_citation(version: str = __version__, code: str | None = None) -> Citation:
    """The model itself, by version and hash of its code; the present ones if not given."""
    known = code or source_hash()
    fields = {
        "title": TITLE,
        "year": str(YEAR),
        "version": version,
        "note": f"Computer software, code {known}, licence {LICENCE}",
    }
    entry = bibtex_entry("software", "ornok", fields)
    # In braces of its own, or BibTeX takes the last word for a family name.
    entry = entry.replace(",\n", f",\n  author  = {{{{{AUTHOR}}}}},\n", 1)
    words = f"{AUTHOR}. ({YEAR}). {TITLE} (Version {version}, code {known}) [Computer software]."
    return Citation(words, entry)


def folder_citation(folder: str | Path) -> tuple[Citation, Citation]:
    """What lies in a folder, a study (`study.toml`) or results (`run.json`), and the model it ran on.

    Raises `model.errors.InputError` when it is neither.
    """
    place = Path(folder)
    if (place / "study.toml").is_file():
        from experiments.study import Study
        from experiments.study_words import citation

        study = Study(Study.load(place).made)
        status = study.status()
        return Citation(*citation(study.plan, status)), model_of_study(study.plan.kit.code, status)
    try:
        facts = json.loads((place / "run.json").read_text(encoding="utf-8"))
        known = facts["versions"]
        return _run_citation(facts), model_citation(known["ornok"], known["code"])
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(
            "holds no study.toml, and no run.json of a command that ran worlds",
            field="FOLDER",
            value=str(folder),
            allowed="a study's folder, or a folder of results",
        ) from None


def model_of_study(code: str, status: Status) -> Citation:
    """The model as a study ran it; `code`: of the study, with what keeps its rows behind a dash."""
    version = status.versions[0].get("ornok", __version__) if status.versions else __version__
    return model_citation(version, code.partition("-")[0])


def _run_citation(facts: Mapping[str, Any]) -> Citation:
    against = f" against {facts['against']}" if "against" in facts else ""
    title = f"World {facts['world']}{against}"
    known, seeds = facts["versions"], facts["seeds"]
    pack = Path(facts["pack"]).name
    if "pack_hash" in facts:
        pack += f" ({facts['pack_hash'][:12]})"
    count = f"{len(seeds)} seeds ({seeds[0]} to {seeds[-1]})" if len(seeds) > 1 else "one seed"
    ran_on = f"code {known['code']}, pack {pack}, {count}"
    year = str(facts["begun"])[:4]
    fields = {
        "title": title,
        "howpublished": f"Simulation with Ornok {known['ornok']}",
        "note": f"{ran_on}; command: {facts['command']}",
        "year": year,
    }
    words = f"“{title}”. ({year}). Simulation with Ornok {known['ornok']}: {ran_on}."
    return Citation(words, bibtex_entry("misc", f"ornok_run_{known['code'][:8]}", fields))


def cff() -> str:
    """The file CITATION.cff at the repository's root (Citation File Format 1.2.0)."""
    lines = [
        "cff-version: 1.2.0",
        "message: If you use this software, please cite it as below.",
        "type: software",
        f'title: "{TITLE}"',
        f'abstract: "{ABSTRACT}"',
        "authors:",
        f'  - name: "{AUTHOR}"',
        f'version: "{__version__}"',
        f"license: {LICENCE}",
        "keywords:",
        *(f'  - "{word}"' for word in KEYWORDS),
    ]
    return "\n".join(lines) + "\n"
