"""The `ornok` command. Heavy imports wait inside the commands, so that help is instant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from experiments.calibration_cli import calibration_app
from experiments.citation_cli import citation
from experiments.claims.command import claims
from experiments.cli_input import input_errors, tell_of_compiling
from experiments.evidence_cli import evidence
from experiments.lists_cli import params, worlds
from experiments.run_options import RunOptions, Voice, with_run_options
from experiments.sensitivity_cli import sensitivity
from experiments.serve_cli import serve
from experiments.study_cli import study_app

app = typer.Typer(
    name="ornok",
    help="A region with and without a car plant: one run, one table, one picture.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
pack_app = typer.Typer(help="Country packs.", no_args_is_help=True)
app.add_typer(pack_app, name="pack")
app.add_typer(study_app, name="study")
app.command()(citation)
app.command()(sensitivity)
app.add_typer(calibration_app, name="calibrate")
app.command()(claims)
app.command()(serve)
app.command()(evidence)


def _tell_version(asked: bool) -> None:
    if asked:
        from model import __version__

        typer.echo(f"ornok {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and exit.", callback=_tell_version, is_eager=True
        ),
    ] = False,
) -> None:
    pass


WithPlant = Annotated[str, typer.Argument(help="A world with a plant, by name or its TOML file.")]
Control = Annotated[str, typer.Option(help="The control, a world without a plant.")]


def listed(names: str | None) -> tuple[str, ...]:
    """Names that were typed with commas between them."""
    return tuple(name.strip() for name in (names or "").split(",") if name.strip())


@app.command()
@with_run_options
def run(
    options: RunOptions,
    voice: Voice,
    world: Annotated[str, typer.Argument(help="A world by name or its TOML file.")] = "plant",
    against: Annotated[
        str | None,
        typer.Option(help="The world to compare with (none if not given; flat for none itself)."),
    ] = None,
    panels: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Panels to keep, with commas: firms, workers, contracts, failures, entries, plants.",
        ),
    ] = None,
) -> None:
    """Run a world and its counterfactual; print and store what differs."""
    with _planning():
        from experiments.job import Job, check, execute

        job = check(
            Job(
                world=world,
                against=against or ("flat" if world == "none" else "none"),
                panels=listed(panels),
                **vars(options),
            )
        )
    with _endings(job.folder, quiet=voice.quiet):
        execute(job, **vars(voice))


@contextmanager
def _planning() -> Iterator[None]:
    """Checks before a run: bad input and an interrupt both end with nothing written."""
    try:
        with input_errors():
            yield
    except KeyboardInterrupt:
        typer.echo("Interrupted: nothing written.", err=True)
        raise typer.Exit(130) from None


@contextmanager
def _endings(folder: Path, *, quiet: bool) -> Iterator[None]:
    """First word, exit codes and last words of a command that runs worlds into a folder."""
    from experiments.effects import NoRunFinishedError

    tell_of_compiling(quiet=quiet)
    try:
        with input_errors():
            yield
    except NoRunFinishedError as error:
        typer.echo(f"{error.failures[0].trace}ornok: {error}", err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        whole = folder.is_dir() and any(folder.iterdir())
        what = f"results are in {folder}" if whole else "nothing written"
        typer.echo(f"Interrupted: {what}.", err=True)
        raise typer.Exit(130) from None


@app.command()
@with_run_options
def channels(
    world: WithPlant,
    options: RunOptions,
    voice: Voice,
    against: Control = "none",
    shapley: Annotated[
        bool, typer.Option("--shapley", help="Shapley values too: 65 runs a seed instead of 15.")
    ] = False,
) -> None:
    """Split a plant's effect by channel: supplier, income, knowledge and so on."""
    with _planning():
        from experiments.channels_job import ChannelsJob, execute, plan

        job = plan(ChannelsJob(world=world, against=against, shapley=shapley, **vars(options)))
    with _endings(job.folder, quiet=voice.quiet):
        execute(job, **vars(voice))


@app.command()
@with_run_options
def impact(
    options: RunOptions,
    voice: Voice,
    world: WithPlant = "plant",
    against: Control = "none",
    channels: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Channels to tell apart, with commas (all if not given: 15 runs a seed); "
            "none: 3 runs a seed, and 2 more for each.",
        ),
    ] = None,
    by_year: Annotated[bool, typer.Option("--by-year", help="Print the years too.")] = False,
    io: Annotated[bool, typer.Option("--io/--no-io", help="Type I and II beside it.")] = True,
    release: Annotated[
        bool,
        typer.Option(
            "--release", help="Why Type II differs: constraints released, 10 runs a seed more."
        ),
    ] = False,
) -> None:
    """The table of direct, indirect and induced effects, and what such tables cannot show."""
    with _planning():
        from experiments.impact_job import ImpactJob, execute, plan

        told = None if channels is None else listed(channels)
        job = plan(
            ImpactJob(
                world=world,
                against=against,
                channels=told,
                by_year=by_year,
                io=io,
                release=release,
                **vars(options),
            )
        )
    with _endings(job.folder, quiet=voice.quiet):
        execute(job, **vars(voice))


@app.command()
@with_run_options
def milestones(
    options: RunOptions,
    voice: Voice,
    world: WithPlant = "plant",
    plan: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Promises by year, TOML or CSV (the pack's own if not given)."
        ),
    ] = None,
) -> None:
    """A plan against the outcome: is each promise kept, when, and what binds if not."""
    with _planning():
        from experiments.milestones_job import MilestonesJob, execute
        from experiments.milestones_job import plan as prepare

        job = prepare(MilestonesJob(world=world, plan=plan, **vars(options)))
    with _endings(job.folder, quiet=voice.quiet):
        execute(job, **vars(voice))


@app.command()
@with_run_options
def mechanisms(
    options: RunOptions,
    voice: Voice,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Mechanisms; all without any.")
    ] = None,
) -> None:
    """Switch mechanisms on and off: which act, and which change nothing and why."""
    with _planning():
        from experiments.mechanisms_job import MechanismsJob, execute, plan

        job = plan(MechanismsJob(names=tuple(names or ()), **vars(options)))
    with _endings(job.folder, quiet=voice.quiet):
        execute(job, **vars(voice))


app.command()(worlds)
app.command()(params)


@pack_app.command()
def check(folder: Annotated[str, typer.Argument(help="A pack's folder or name.")]) -> None:
    """Check every file of a country pack; list every problem, or say what it holds."""
    from model.packs import check_pack, load_pack

    problems = check_pack(folder)
    for problem in problems:
        typer.echo(f"ornok: {problem}", err=True)
    if problems:
        raise typer.Exit(2)
    pack = load_pack(folder)
    made_up = " (made up)" if pack.made_up and "made up" not in pack.title else ""
    plants = "1 plant" if len(pack.plants) == 1 else f"{len(pack.plants)} plants"
    typer.echo(
        f"{pack.title}{made_up}: {len(pack.region_ids)} regions, {len(pack.sectors)} sectors, "
        f"{pack.population.sum():,.0f} people, {plants}. The pack is sound."
    )


def main() -> None:
    """The entry point: exit codes 0 done, 1 failed, 2 bad input, 130 interrupted."""
    app()


if __name__ == "__main__":
    main()
