"""The `ornok claims` command. Heavy imports wait inside."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

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


def _refuse(why: str, given: Mapping[str, object]) -> None:
    """`model.errors.InputError` for the first option that was given."""
    from model.errors import InputError

    for name, value in given.items():
        if value:
            raise InputError(why, field=name, value=str(value))


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
    robust: Annotated[
        bool,
        typer.Option("--robust", help="Ask again under other scales, packs and assumptions."),
    ] = False,
    only: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="With --robust: variants or assumption, evidence, pack, scale, with commas (all).",
        ),
    ] = None,
    variants: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="With --robust: variants of your own, as TOML."),
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
            same: dict[str, Any] = {
                "study": study, "seeds": seeds, "scale": scale, "pack": pack, "horizon": horizon,
                "burn_in": burn_in, "table": table, "workers": workers, "read": read,
            }  # fmt: skip
            if robust:
                from experiments.claims.robust_job import RobustWish, execute_robust, plan_robust

                _refuse(
                    "does not go with --robust",
                    {"--quick": quick, "--points": points},
                )
                asked = plan_robust(RobustWish(only=only, variants=variants, **same))
                execute_robust(asked, quiet=quiet, json=json)
                return
            from experiments.claims.job import Wish, execute, plan

            _refuse("works with --robust only", {"--only": only, "--variants": variants})
            job = plan(Wish(quick=quick, points=points, **same))
            execute(job, quiet=quiet, json=json)
    except KeyboardInterrupt:
        typer.echo("Interrupted: finished runs are kept; the same command goes on.", err=True)
        raise typer.Exit(130) from None
