"""The pages of the site that are written from the code while it is built (`make docs`).

Nothing here is stored: a page that lists something is as old as the site around it.
"""

from __future__ import annotations

import csv
import importlib
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any

import typer

import model as package
from experiments.odd_tables import outcome_list as outcome_table
from experiments.odd_tables import parameters as parameter_table
from experiments.odd_tables import table
from experiments.site_flows import (
    money_page,
    month_flows,
    parts_page,
    parts_run,
    tenders_page,
)
from experiments.site_lessons import lesson_pages

ROOT = Path(package.__file__).resolve().parent.parent
Pages = dict[str, str | bytes]

# Pages that stand elsewhere in the repository, and where the site has them.
ELSEWHERE = {
    "README.md": "index.md",
    "model/ODD.md": "odd.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
PYTHON = (
    ("One run, two worlds", "experiments", ("simulate", "Results", "paired_effect", "Effect")),
    ("Tables", "experiments", ("impact_table", "Impact", "EconomicImpact")),
    ("Studies", "experiments", ("Study",)),
    ("The model", "model", ("RegionalModel", "Params", "World", "load_pack")),
    ("Errors", "model", ("InputError",)),
)


def generated_pages() -> Pages:
    """Every generated page and picture: path in the site to its text or bytes."""
    pages: Pages = {
        place: (ROOT / path).read_text(encoding="utf-8") for path, place in ELSEWHERE.items()
    }
    flows = month_flows()
    money, money_picture = money_page(flows)
    run = parts_run()
    parts, parts_picture = parts_page(run)
    tenders, tenders_picture = tenders_page(run)
    pages |= {
        "how.md": "\n\n".join((month_page(), money, parts, tenders)),
        "money.svg": money_picture,
        "parts.svg": parts_picture,
        "tenders.svg": tenders_picture,
        "glossary.md": glossary_page(),
    }
    return pages | reference_pages() | lesson_pages()


def reference_pages() -> dict[str, str]:
    """What lists everything of a kind: a new parameter, outcome, world or pack is in it by itself."""
    return {
        "reference/parameters.md": f"# Parameters\n\n{PARAMETERS}\n\n{parameter_table()}\n",
        "reference/outcomes.md": f"# Outcomes\n\n{OUTCOMES}\n\n{outcome_table()}\n",
        "reference/worlds.md": world_page(),
        "reference/pack.md": pack_page(),
        "reference/commands.md": command_page(),
        "reference/python.md": python_page(),
    }


PARAMETERS = (
    "As the reference pack sets them; `ornok params NAME` shows one with its meaning and source. A grade "
    "says how well a number is known: *measured*, *press*, *recalled* or *assumed*."
)
OUTCOMES = (
    "One row a month. What a table, a file or a picture shows is one of these or made of them."
)


def linked(markdown: str, page: str, pages: set[str]) -> str:
    """A page's text with links that hold in the site: repository paths become pages of it.

    A link to a file that is no page is left as its words; `docs/x.md` in code marks becomes a link.
    """
    up = "../" * page.count("/")
    homes = ELSEWHERE | {
        f"docs/{name}": name for name in pages if not name.startswith("reference/")
    }

    def link(found: re.Match[str]) -> str:
        words, target, anchor = found.groups()
        # A page that stands in `docs/` names the repository's other files from there.
        beside = normpath(join(dirname(f"docs/{page}"), target))
        if page not in ELSEWHERE.values() and beside in ELSEWHERE:
            return f"{words}({up}{ELSEWHERE[beside]}{anchor or ''})"
        if target in homes:
            return f"{words}({up}{homes[target]}{anchor or ''})"
        if page in ELSEWHERE.values() and not (target in pages or "://" in target):
            return words.removeprefix("!").strip("[]")
        return found.group(0)

    def named(found: re.Match[str]) -> str:
        home = homes.get(found.group(1))
        return f"[{found.group(0)}]({up}{home})" if home and home != page else found.group(0)

    text = re.sub(r"(!?\[[^\]\n]*\])\(([^)#\s]+)(#[^)\s]+)?\)", link, markdown)
    return re.sub(r"(?<!\[)`((?:docs|model)/[\w./]+\.md|[A-Z]+\.md)`(?!\])", named, text)


# --- How the model works ------------------------------------------------------------------------------


def month_page() -> str:
    """The phases of a month with what each does, read from `step()` and the functions it calls."""
    from experiments.benchmark_phases import phase_names

    rows = []
    for number, name in enumerate(phase_names(), start=1):
        function, file = _phase(name)
        rows.append((number, first_sentence(function), f"`{name}`<br>`{file}`"))
    return (
        "# The month, the money, the parts\n\nA month is the body of `RegionalModel.step()`: a table of contents. "
        "[The whole description](odd.md) has a heading for each rule.\n\n## A month, phase by phase\n\n"
        + table(("", "what happens", "function and file"), rows)
    )


def _phase(name: str) -> tuple[Callable[..., Any], str]:
    """The function behind a call in `step()`, and its file in the repository."""
    from model.model import RegionalModel

    module = importlib.import_module("model.model")
    head, *rest = name.split(".")
    found: Any = RegionalModel if head == "self" else getattr(module, head)
    for part in rest:
        # Objects that the model carries are known by the classes of their modules.
        found = getattr(found, part, None) or _method(part)
    file = Path(inspect.getsourcefile(inspect.unwrap(found)) or "").resolve()
    return found, str(file.relative_to(ROOT)) if file.is_relative_to(ROOT) else "Mesa"


def _method(name: str) -> Any:
    """The attribute or method of this name on what the model carries."""
    from mesa import DataCollector

    from model.institutions import Outside
    from model.measures import Measures

    carried = {"outside": Outside, "measures": Measures, "datacollector": DataCollector}
    if name in carried:
        return carried[name]
    raise AttributeError(f"no carried object '{name}': name it in site_pages._method")


def first_sentence(thing: Any) -> str:
    """The first sentence of a docstring, on one line."""
    text = " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())
    return re.split(r"(?<=\.)\s", text)[0]


# --- Reference ------------------------------------------------------------------------------------------


def world_page() -> str:
    """All worlds of the library with their questions."""
    from model import World

    worlds = (World.load(name) for name in World.names())
    rows = [(f"`{w.name}`", w.title, w.question, "yes" if w.plants else "no") for w in worlds]
    text = "Compare with `--against`; `ornok run NAME` runs one. Each is a file in `model/data/worlds/`."
    return (
        f"# Worlds\n\n{text}\n\n" + table(("world", "title", "the question", "plant"), rows) + "\n"
    )


def pack_page() -> str:
    """The packs there are, and the columns that every table of a pack must have."""
    from model.pack_tables import SOURCE_COLUMNS, TABLES
    from model.packs import load_pack, pack_names

    packs = [
        (f"`{name}`", pack.title, len(pack.region_ids), f"{pack.population.sum():,.0f}")
        for name, pack in ((name, load_pack(name)) for name in pack_names())
    ]

    rows = [(f"`{file}`", ", ".join(f"`{c}`" for c in columns)) for file, columns in TABLES.items()]
    also = ", ".join(f"`{c}`" for c in SOURCE_COLUMNS)
    text = (
        f"A pack is a folder with these tables, each with the columns {also} as well. `ornok pack check "
        "FOLDER` names the file, row, column, value and rule of whatever is wrong."
    )
    return (
        "# Tables of a pack\n\n"
        + table(("pack", "country", "regions", "people"), packs)
        + f"\n\n{text}\n\n"
        + table(("file", "columns"), rows)
        + "\n"
    )


def command_page() -> str:
    """Every command with its arguments and options, as `--help` knows them."""
    from experiments.cli import app

    root = typer.main.get_command(app)
    parts = ["# Commands"]
    for name, command in _commands("ornok", root):
        parts.append(f"## {name}\n\n{inspect.cleandoc(command.help or '')}")
        rows = []
        with command.context_class(command, info_name=name) as context:
            for one in command.get_params(context):
                record = one.get_help_record(context)
                if record is None:
                    record = (one.make_metavar(context), str(getattr(one, "help", "") or ""))
                rows.append((f"`{record[0]}`", record[1].replace("\n", " ")))
        parts.append(table(("", "what it does"), rows))
    return "\n\n".join(parts) + "\n"


def _commands(name: str, command: Any) -> list[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        return [(name, command)]
    return [
        found
        for part, one in command.commands.items()
        if not one.hidden
        for found in _commands(f"{name} {part}", one)
    ]


def python_page() -> str:
    """What is public in Python, by subject; mkdocstrings fills in signatures and docstrings."""
    parts = ["# Python", "Everything that is on the command line, in a few lines."]
    for title, module, names in PYTHON:
        parts.append(f"## {title}")
        home = importlib.import_module(module)
        for name in names:
            thing = getattr(home, name)
            parts.append(f"::: {thing.__module__}.{thing.__qualname__}")
    return "\n\n".join(parts) + "\n"


def glossary_page() -> str:
    """The words of the field in three languages, from `docs/glossary.csv`."""
    with (ROOT / "docs" / "glossary.csv").open(encoding="utf-8", newline="") as file:
        rows = [(f"**{r['en']}**", r["ru"], r["ky"], r["meaning"]) for r in csv.DictReader(file)]
    head = ("English", "русский", "кыргызча", "meaning")
    return "# Glossary in three languages\n\n" + table(head, rows) + "\n"
