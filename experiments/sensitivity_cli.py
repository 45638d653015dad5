"""`ornok sensitivity`: which parameters decide an outcome. Heavy imports wait inside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from experiments.cli_input import input_errors, number, whole
from experiments.run_options import Pack, Voice
from experiments.study_cli import From, Json, Quiet, To, Workers
from experiments.study_cli import _checked as checked_workers
from experiments.study_cli import _names as names_of
from experiments.study_cli import _need as need

_PACKAGES = ("SALib", "duckdb", "pydantic", "sklearn")


def _count(help_: str) -> Any:
    return typer.Option(parser=whole, metavar="NUMBER", help=help_)


def sensitivity(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="[WORLD] DIR",
            help="A study's folder to analyse; or a world, and a new folder (or one to go on with).",
        ),
    ],
    against: Annotated[str | None, typer.Option(help="The control (none).")] = None,
    outcomes: Annotated[
        str | None, typer.Option(metavar="NAMES", help="Outcomes, with commas.")
    ] = None,
    parameters: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Parameters, with commas; NAME=LOW:HIGH sets a range."),
    ] = None,
    all_lowest_graded: Annotated[
        bool,
        typer.Option(
            "--all-lowest-graded",
            help="All that are assumed or recalled and read (so without --parameters).",
        ),
    ] = False,
    groups: Annotated[
        bool | None,
        typer.Option("--groups/--no-groups", help="Screen by theme first (above 60 parameters)."),
    ] = None,
    pack: Pack = None,
    scale: Annotated[
        float | None,
        typer.Option(parser=number, metavar="NUMBER", help="People one agent stands for."),
    ] = None,
    horizon: Annotated[int | None, _count("Months after burn-in.")] = None,
    seed: Annotated[int | None, _count("The first seed (1).")] = None,
    seeds: Annotated[int | None, _count("Seeds at each point (4).")] = None,
    trajectories: Annotated[int | None, _count("Of the screening (10).")] = None,
    size: Annotated[int | None, _count("Rows of the Sobol design, a power of two (128).")] = None,
    keep: Annotated[int | None, _count("Most parameters that go on to it (6).")] = None,
    second_order: Annotated[
        bool, typer.Option("--second-order", help="Interactions of pairs, too.")
    ] = False,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter, in both worlds."),
    ] = None,
    first: From = None,
    last: To = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A short look: small sizes where none are given.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Say what would be run and how long; write nothing.")
    ] = False,
    workers: Workers = None,
    out: Annotated[
        Path | None, typer.Option(help="A new folder for the page (DIR/sensitivity).")
    ] = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Which parameters decide an outcome: Morris screening, then Sobol' indices, with seeds as noise."""
    need(_PACKAGES, "a sensitivity analysis needs", "study")
    asked = {
        "against": against, "parameters": parameters, "pack": pack, "scale": scale,
        "horizon": horizon, "seed": seed, "seeds": seeds, "trajectories": trajectories, "size": size,
        "keep": keep, "groups": groups, "settings": tuple(settings or ()) or None,
        "second_order": second_order or None,
    }  # fmt: skip
    with _endings(names[-1]):
        window = (first, last)
        _check_words(names, asked, all_lowest_graded, quick=quick, check=check)
        voice = Voice(quiet=quiet, json=json)
        if len(names) == 1:
            _analyse(Path(names[0]), names_of(outcomes), window, out, voice)
            return
        asked["outcomes"] = None if outcomes is None else tuple(names_of(outcomes) or ())
        given = {name: value for name, value in asked.items() if value is not None}
        _run(names[0], Path(names[1]), given, window, out, voice, checked_workers(workers),
             quick=quick, check=check)  # fmt: skip


def _check_words(
    names: list[str], asked: dict[str, Any], everything: bool, *, quick: bool, check: bool
) -> None:
    """InputError when the words do not make one of the two commands."""
    from model.errors import InputError

    if len(names) > 2:
        allowed = "a folder, or a world and a folder"
        raise InputError(
            "too many words", field="[WORLD] DIR", value=" ".join(names), allowed=allowed
        )
    if everything and asked["parameters"] is not None:
        raise InputError("ask for one of them", field="--parameters and --all-lowest-graded")
    if len(names) == 1:
        more = {
            **asked,
            "all_lowest_graded": everything or None,
            "quick": quick or None,
            "check": check or None,
        }
        for name, value in more.items():
            if value is not None:
                raise InputError(
                    "needs a world: ornok sensitivity WORLD DIR", field=f"--{name.replace('_', '-')}",
                    value=value,
                )  # fmt: skip


def _analyse(
    folder: Path,
    outcomes: list[str] | None,
    window: tuple[str | None, str | None],
    out: Path | None,
    voice: Voice,
) -> None:
    from experiments.sensitivity_job import analyse_folder, show, write

    found, protocol = analyse_folder(folder, outcomes, *window)
    show(found, write(found, folder, out, protocol), voice, protocol=protocol is not None)


def _run(
    world: str,
    folder: Path,
    given: dict[str, Any],
    window: tuple[str | None, str | None],
    out: Path | None,
    voice: Voice,
    workers: int | None,
    *,
    quick: bool,
    check: bool,
) -> None:
    from experiments.sensitivity_job import run_protocol, show, show_plan, write
    from experiments.sensitivity_question import Question, begin, check_window, quickly

    question = Question(world=world, **given)
    if quick:
        question = quickly(question, given)
    window = check_window(question, *window)
    protocol = begin(question, folder)
    if check:
        show_plan(protocol, json=voice.json)
        return
    found = run_protocol(protocol, workers, voice, *window)
    show(found, write(found, folder, out, protocol), voice, protocol=protocol is not None)


@contextmanager
def _endings(folder: str) -> Iterator[None]:
    """Exit codes and last words."""
    try:
        with input_errors():
            from experiments.crew import CannotStartError
            from experiments.sweep import CodeChangedError

            try:
                yield
            except (CannotStartError, CodeChangedError, OSError) as error:
                typer.echo(f"ornok: stopped: {error}. Finished runs are kept in {folder}", err=True)
                raise typer.Exit(1) from None
    except KeyboardInterrupt:
        typer.echo(
            f"Interrupted: finished runs are kept in {folder}. The same command goes on.", err=True
        )
        raise typer.Exit(130) from None
