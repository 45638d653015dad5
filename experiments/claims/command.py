"""The `ornok claims` command. Heavy imports wait inside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli_input import input_errors, number, whole

_PACKAGES = {"duckdb": "duckdb", "pydantic": "pydantic", "sklearn": "scikit-learn"}


def _need_packages() -> None:
    from importlib.util import find_spec

    missing = [name for module, name in _PACKAGES.items() if find_spec(module) is None]
    if missing:
        typer.echo(
            f"ornok: claims need packages that are not installed: {', '.join(missing)}. Install them "
            "with: pip install 'ornok[claims]', in a checkout .venv/bin/pip install -e '.[claims]' "
            "(make setup has them, too)",
            err=True,
        )
        raise typer.Exit(2)


def claims(
    study: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder of the runs (results/claims if not given): read, and what is missing is run.",
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A small setting: 4 seeds, 18 points.")
    ] = False,
    seeds: Annotated[
        int | None,
        typer.Option(parser=whole, metavar="NUMBER", help="Seeds at the reference (40)."),
    ] = None,
    points: Annotated[
        int | None,
        typer.Option(
            parser=whole, metavar="NUMBER", help="Points over the ranges (80; 0: verdicts only)."
        ),
    ] = None,
    scale: Annotated[
        float | None,
        typer.Option(parser=number, metavar="NUMBER", help="People one agent stands for (50)."),
    ] = None,
    pack: Annotated[
        str | None, typer.Option(help="Country pack: a name or a folder (kyrgyzstan).")
    ] = None,
    horizon: Annotated[
        int | None, typer.Option(parser=whole, metavar="MONTHS", help="Months after burn-in.")
    ] = None,
    burn_in: Annotated[
        int | None, typer.Option(parser=whole, metavar="MONTHS", help="Months before the first.")
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Claims, thresholds and ranges of your own, as TOML."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(parser=whole, metavar="NUMBER", help="Processes side by side (one a core)."),
    ] = None,
    read: Annotated[
        bool, typer.Option("--read", help="Run nothing: answer from the runs that are there.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress, no table.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """The thirteen claims of the article: hold, fail or only if, with what flips each."""
    _need_packages()
    try:
        with input_errors():
            from experiments.claims.job import Wish, execute, plan

            job = plan(
                Wish(
                    study=study,
                    quick=quick,
                    seeds=seeds,
                    points=points,
                    scale=scale,
                    pack=pack,
                    horizon=horizon,
                    burn_in=burn_in,
                    table=table,
                    workers=workers,
                    read=read,
                )
            )
            execute(job, quiet=quiet, json=json)
    except KeyboardInterrupt:
        typer.echo("Interrupted: finished runs are kept; the same command goes on.", err=True)
        raise typer.Exit(130) from None
