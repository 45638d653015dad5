"""What every command that runs worlds is told in the same words, written once.

A command takes one `RunOptions`; `with_run_options` shows its fields to typer as options of the
command, each with its help, and hands the command the object.
"""

from __future__ import annotations

import functools
import inspect
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from experiments.cli_input import number, whole


def typed_command() -> str:
    """The command line as it was typed."""
    return shlex.join(["ornok", *sys.argv[1:]])


Pack = Annotated[
    str | None, typer.Option(help="Country pack: a name or a folder (kyrgyzstan if not given).")
]


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """The part of a command that says on what it runs and where the results go.

    `settings` are NAME=VALUE as typed; `command` is the line itself, for the record.
    """

    pack: Pack = None
    scale: Annotated[
        float | None,
        typer.Option(parser=number, metavar="NUMBER", help="People one agent stands for."),
    ] = None
    seed: Annotated[int, typer.Option(parser=whole, metavar="NUMBER", help="The (first) seed.")] = 1
    seeds: Annotated[
        int, typer.Option(parser=whole, metavar="NUMBER", help="How many seeds, for an interval.")
    ] = 1
    horizon: Annotated[
        int | None, typer.Option(parser=whole, metavar="MONTHS", help="Months after burn-in.")
    ] = None
    settings: Annotated[
        tuple[str, ...],
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter, in both worlds."),
    ] = ()
    out: Annotated[
        Path | None, typer.Option(help="Folder to write to (a new one in results/ if not given).")
    ] = None
    command: str = ""


@dataclass(frozen=True, kw_only=True)
class Voice:
    """What a command prints: nothing, a table, or one JSON object."""

    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar, no table.")] = False
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False


def with_run_options(command: Callable[..., None]) -> Callable[..., None]:
    """Show the fields of `RunOptions` and `Voice` as options of a command.

    The command has parameters `options: RunOptions` and `voice: Voice`; all others stay its own
    and come first in its help.
    """

    @functools.wraps(command)
    def told(**words: Any) -> None:
        chosen = {name: words.pop(name) for name in list(words) if name in shared}
        chosen["settings"] = tuple(chosen["settings"] or ())
        voice = Voice(**{f.name: chosen.pop(f.name) for f in fields(Voice)})
        options = RunOptions(command=typed_command(), **chosen)
        command(**words, options=options, voice=voice)

    shared = {p.name: p for kind in (RunOptions, Voice) for p in _shown(kind)}
    hints = get_type_hints(command, include_extras=True)
    own = [
        p.replace(annotation=hints[p.name], kind=inspect.Parameter.KEYWORD_ONLY)
        for p in inspect.signature(command).parameters.values()
        if p.name not in ("options", "voice")
    ]
    every = [*own, *shared.values()]
    told.__signature__ = inspect.Signature(every)  # type: ignore[attr-defined]  # functools copied another
    told.__annotations__ = {p.name: p.annotation for p in every}
    return told


def _shown(kind: type) -> list[inspect.Parameter]:
    """The fields of an options class as parameters of a function, but for `command`."""
    hints = get_type_hints(kind, include_extras=True)
    shown = []
    for f in fields(kind):
        hint, default = hints[f.name], f.default
        if f.name == "command":
            continue
        if f.name == "settings":  # typer reads several as a list, and no tuple of any length
            hint, default = Annotated[list[str] | None, *hint.__metadata__], None
        shown.append(
            inspect.Parameter(
                f.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hint
            )
        )
    return shown
