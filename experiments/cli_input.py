"""What commands share: numbers as typed, and errors of input as one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer


def whole(written: str) -> int:
    """A whole number as typed on the command line."""
    try:
        return int(written)
    except ValueError:
        raise typer.BadParameter(f"got '{written}'; allowed: a whole number") from None


def number(written: str) -> float:
    """A number as typed on the command line."""
    try:
        return float(written)
    except ValueError:
        raise typer.BadParameter(f"got '{written}'; allowed: a number") from None


@contextmanager
def input_errors() -> Iterator[None]:
    """Bad input ends with one line on stderr and exit code 2, before anything is written."""
    from model.errors import InputError

    try:
        yield
    except InputError as error:
        typer.echo(f"ornok: {error}", err=True)
        raise typer.Exit(2) from None


def tell_of_compiling(*, quiet: bool) -> None:
    """One line on stderr before a first run, which is silent for long while rules are compiled."""
    from model.compile_cache import nothing_compiled

    if not quiet and nothing_compiled():
        typer.echo(
            "ornok: the first run of this code compiles the rules: half a minute or more, once",
            err=True,
        )
