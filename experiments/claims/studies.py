"""The two studies behind the answers: many seeds at the reference, and one hypercube over the ranges.

Both are ordinary studies (docs/studies.md): they resume, record failures, and any tool may read them.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from experiments.claims.table import CONTROL, Table
from experiments.study import Study
from experiments.study_file import NAME, StudyFile, read_study
from model import load_pack
from model.errors import InputError

__all__ = [
    "DEFAULT", "QUICK", "RANGES", "REFERENCE", "Settings", "load", "prepare", "refuse_foreign",
    "settings_of", "variant_text", "write_study",
]  # fmt: skip

REFERENCE, RANGES = "reference", "ranges"
MARK = "# Written by `ornok claims`; its settings are options of that command."
MOST_SEEDS, MOST_POINTS = 1000, 10_000
LATIN_SEED = 1


@dataclass(frozen=True)
class Settings:
    """How much is run: seeds at the reference, points over the ranges (0: none), and on what."""

    seeds: int
    points: int
    scale: float
    pack: str = "kyrgyzstan"
    horizon: int | None = None
    burn_in: int | None = None

    def check(self) -> None:
        """`model.errors.InputError` for what cannot be run."""
        for field, value, least, most in (
            ("--seeds", self.seeds, 2, MOST_SEEDS),
            ("--points", self.points, 0, MOST_POINTS),
        ):
            if not least <= value <= most:
                allowed = f"{least} to {most:,}"
                raise InputError("out of range", field=field, value=value, allowed=allowed)


DEFAULT = Settings(seeds=40, points=80, scale=50.0)
QUICK = Settings(seeds=4, points=18, scale=50.0)


def prepare(folder: Path, table: Table, settings: Settings) -> dict[str, Study]:
    """Write both studies into a folder, or find them there, and load them; nothing is run.

    Raises `model.errors.InputError` before anything is written if a study cannot be sound, and for
    a `study.toml` there that somebody else has written or changed.
    """
    settings.check()
    load_pack(settings.pack)
    wanted = {REFERENCE: _reference(table, settings)}
    if settings.points:
        wanted[RANGES] = _ranges(table, settings)
    for name in wanted:
        refuse_foreign(folder / name / NAME)
    with tempfile.TemporaryDirectory() as scratch:
        for name, (text, worlds) in wanted.items():
            write_study(Path(scratch) / name, table, text, worlds)
            try:
                Study.load(Path(scratch) / name)
            except InputError as problem:
                raise InputError(str(problem).replace(scratch, str(folder))) from None
    for name, (text, worlds) in wanted.items():
        write_study(folder / name, table, text, worlds)
    return {name: Study.load(folder / name) for name in wanted}


def write_study(place: Path, table: Table, text: str, worlds: Sequence[str]) -> None:
    """Write a study's folder: its `study.toml` and the worlds made for it."""
    place.mkdir(parents=True, exist_ok=True)
    for world in worlds:
        spec = table.made(world)
        if spec is not None:
            _write(place / f"{world}.toml", spec.make().to_toml())
    _write(place / NAME, text)


def load(folder: Path) -> dict[str, Study]:
    """The studies of a folder, by name; `model.errors.InputError` if the first is not there."""
    found = {REFERENCE: Study.load(folder / REFERENCE)}
    if (folder / RANGES / NAME).is_file():
        found[RANGES] = Study.load(folder / RANGES)
    return found


def settings_of(folder: Path) -> Settings | None:
    """What a folder was made with; None where there is none yet."""
    if not (folder / REFERENCE / NAME).is_file():
        return None
    here = read_study(folder / REFERENCE / NAME)
    points = 0
    if (folder / RANGES / NAME).is_file():
        part = read_study(folder / RANGES / NAME).design
        points = (part.size or 0) if part is not None else 0
    return Settings(
        seeds=len(here.all_seeds()),
        points=points,
        scale=here.scale or DEFAULT.scale,
        pack=here.pack,
        horizon=here.horizon,
        burn_in=_burn_in(here),
    )


def _burn_in(here: StudyFile) -> int | None:
    value = here.settings.get("burn_in")
    return None if value is None else int(value)


def with_options(base: Settings, **options: object) -> Settings:
    """The settings with every option that was given (is not None) put in."""
    return replace(base, **{name: x for name, x in options.items() if x is not None})  # type: ignore[arg-type]  # fields by name


# --- Files ----------------------------------------------------------------------------------------


def refuse_foreign(path: Path, mark: str = MARK) -> None:
    """`model.errors.InputError` if a file is there that this command has not written."""
    if path.is_file() and not path.read_text(encoding="utf-8").startswith(mark):
        raise InputError(
            "was not written by ornok claims, and is not overwritten", file=path,
            allowed="another folder with --study",
        )  # fmt: skip


def _write(path: Path, text: str) -> None:
    """Write a small file whole; the same text is left alone."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    scratch = path.with_name(f".{path.name}.part")
    scratch.write_text(text, encoding="utf-8")
    scratch.replace(path)


def variant_text(
    table: Table,
    settings: Settings,
    title: str,
    worlds: Sequence[str],
    parameters: Mapping[str, float],
    mark: str,
) -> str:
    """`study.toml` of the claims at one setting, with these parameters and `mark` as its first line."""
    head = _head(
        table,
        settings,
        title,
        "Do the verdicts stand?",
        worlds,
        settings.seeds,
        parameters=parameters,
        mark=mark,
    )
    return "\n".join([*head, *_keep(table)]) + "\n"


def _reference(table: Table, settings: Settings) -> tuple[str, list[str]]:
    worlds = table.world_names(leading_only=False)
    head = _head(
        table,
        settings,
        "The claims at the reference parameters",
        "What does each claim's measure show, with many seeds?",
        worlds,
        settings.seeds,
    )
    return "\n".join([*head, *_keep(table)]) + "\n", worlds


def _ranges(table: Table, settings: Settings) -> tuple[str, list[str]]:
    worlds = table.world_names(leading_only=True)
    head = _head(
        table,
        settings,
        "The claims over the ranges of what is not known",
        "Under which parameters does each claim come out otherwise?",
        worlds,
        1,
    )
    axes: list[str] = []
    for role, section in (("lever", "levers"), ("uncertainty", "uncertainties")):
        axes += ["", f"[{section}]"]
        axes += [
            f"{one.name} = {{ low = {one.low!r}, high = {one.high!r} }}"
            for one in table.parameters
            if one.role == role
        ]
    design = ["", "[design]", 'kind = "latin"', f"size = {settings.points}", f"seed = {LATIN_SEED}"]
    lines = [*head, *axes, *design, "own_seeds = true", *_keep(table)]
    return "\n".join(lines) + "\n", worlds


def _head(
    table: Table,
    settings: Settings,
    title: str,
    question: str,
    worlds: Sequence[str],
    seeds: int,
    *,
    parameters: Mapping[str, float] | None = None,
    mark: str = MARK,
) -> list[str]:
    named = [f"{name}.toml" if table.made(name) else name for name in worlds]
    lines = [
        mark,
        f"title = {json.dumps(title)}",
        f"question = {json.dumps(question)}",
        f"worlds = {json.dumps(named)}",
        f'against = "{CONTROL}"',
        f"pack = {json.dumps(settings.pack)}",
        f"scale = {float(settings.scale)!r}",
        f"replications = {seeds}",
    ]
    if settings.horizon is not None:
        lines.append(f"horizon = {settings.horizon}")
    given: dict[str, float] = dict(parameters or {})
    if settings.burn_in is not None:
        given = {"burn_in": settings.burn_in, **given}
    if given:
        lines += ["", "[settings]", *(f"{name} = {value!r}" for name, value in given.items())]
    return lines


def _keep(table: Table) -> list[str]:
    return ["", "[keep]", f"outcomes = {json.dumps(table.kept())}", "regions = []"]
