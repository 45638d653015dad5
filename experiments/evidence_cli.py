"""`ornok evidence`. Heavy imports wait inside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli_input import input_errors, number, whole

_PACKAGES = ("linearmodels", "statsmodels")


def evidence(
    quick: Annotated[
        bool, typer.Option("--quick", help="6 seeds at scale 50 (else 40 at scale 20).")
    ] = False,
    only: Annotated[
        str | None, typer.Option(metavar="NAMES", help="Targets, with commas: P1 to P9 (all).")
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(parser=whole, metavar="NUMBER", help="Pairs of runs.")
    ] = None,
    scale: Annotated[
        float | None,
        typer.Option(parser=number, metavar="NUMBER", help="People one agent stands for."),
    ] = None,
    draws: Annotated[
        int,
        typer.Option(
            parser=whole,
            metavar="NUMBER",
            help="Is a target hard? So many draws of the parameters, a seed each.",
        ),
    ] = 0,
    draw_scale: Annotated[
        float | None,
        typer.Option(
            parser=number, metavar="NUMBER", help="People one agent stands for in draws (--scale)."
        ),
    ] = None,
    pack: Annotated[str | None, typer.Option(help="Country pack (kyrgyzstan).")] = None,
    workers: Annotated[
        int | None,
        typer.Option(parser=whole, metavar="NUMBER", help="Processes side by side (one a core)."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where runs and results are kept (results/evidence/...).")
    ] = None,
    beside: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Another finished folder: its rows stand beside these on the page.",
        ),
    ] = None,
    save: Annotated[
        bool, typer.Option("--save", help="Renew docs/evidence.md, its pictures and its JSON.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar, no table.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Hold the model against published findings; go on where it was stopped."""
    from importlib.util import find_spec

    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        typer.echo(
            f"ornok: evidence needs packages that are not installed: {', '.join(missing)}. Install "
            "them with: pip install 'ornok[evidence]', in a checkout .venv/bin/pip install -e "
            "'.[evidence]'",
            err=True,
        )
        raise typer.Exit(2)
    try:
        with input_errors():
            from experiments.evidence.job import EvidenceJob, execute, plan

            names = () if only is None else tuple(name.strip() for name in only.split(","))
            job = plan(
                EvidenceJob(
                    only=names, quick=quick, seeds=seeds, scale=scale, draws=draws,
                    draw_scale=draw_scale, pack=pack, workers=workers, out=out, beside=beside, save=save,
                )
            )  # fmt: skip
            execute(job, quiet=quiet, json=json)
    except KeyboardInterrupt:
        typer.echo("Interrupted: finished runs are kept; the same command goes on.", err=True)
        raise typer.Exit(130) from None
