"""`ornok study`: check, run, status, resume, export, report. Heavy imports wait inside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli_input import input_errors, number, tell_of_compiling, whole

if TYPE_CHECKING:
    from experiments.study import Study

study_app = typer.Typer(
    help="Many runs from one study.toml: designs, resumable sweeps, effects, reports.",
    no_args_is_help=True,
)

Dir = Annotated[str, typer.Argument(metavar="DIR", help="The folder with the study.toml.")]
Workers = Annotated[
    int | None,
    typer.Option(parser=whole, metavar="NUMBER", help="Processes side by side (one a core)."),
]
Cluster = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Workers of a Dask scheduler instead: tcp://HOST:PORT."),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress bar, no table.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Outcomes = Annotated[
    str | None, typer.Option(metavar="NAMES", help="Outcomes, with commas (all kept ones).")
]
Worlds = Annotated[str | None, typer.Option(metavar="NAMES", help="Worlds, with commas (all).")]
From = Annotated[str | None, typer.Option("--from", metavar="YYYY-MM", help="First month.")]
To = Annotated[str | None, typer.Option("--to", metavar="YYYY-MM", help="Last month.")]
_PACKAGES = ("SALib", "duckdb", "pydantic")
_CLUSTER_PACKAGES = ("distributed",)


@contextmanager
def _study(folder: str) -> Iterator[Study]:
    """The study of a folder; bad input ends with one message and exit code 2."""
    _need(_PACKAGES, "studies need", "study")
    try:
        with input_errors():
            from experiments.study import Study

            yield Study.load(folder)
    except KeyboardInterrupt:
        typer.echo("Interrupted.", err=True)
        raise typer.Exit(130) from None
    except Exception as error:
        if not _cannot_read(error):
            raise
        typer.echo(f"ornok: {error}. If the study is being compacted, try again", err=True)
        raise typer.Exit(1) from None


def _cannot_read(error: Exception) -> bool:
    """Whether DuckDB did not find or could not read a part."""
    if type(error).__module__.partition(".")[0] not in ("duckdb", "_duckdb"):
        return False
    import duckdb

    return isinstance(error, duckdb.IOException)


def _need(packages: tuple[str, ...], who: str, extra: str) -> None:
    """End with a message and exit code 2 if one of the packages is not there."""
    from importlib.util import find_spec

    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        names = ", ".join(missing)
        typer.echo(
            f"ornok: {who} packages that are not installed: {names}. Install them with: pip install "
            f"'ornok[{extra}]', in a checkout .venv/bin/pip install -e '.[{extra}]' "
            "(make setup has them, too)",
            err=True,
        )
        raise typer.Exit(2)


def _names(written: str | None) -> list[str] | None:
    if written is None:
        return None
    return [name.strip() for name in written.split(",") if name.strip()]


@study_app.command()
def check(folder: Dir, workers: Workers = None, json: Json = False) -> None:
    """Check a study and say how many runs, how long and how much room; write nothing."""
    with _study(folder) as study:
        from experiments.study_screen import show_check

        tell_of_compiling(quiet=False)
        show_check(study, _checked(workers), json=json)


@study_app.command()
def run(
    folder: Dir,
    workers: Workers = None,
    cluster: Cluster = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Run what is missing; what is finished is never run again."""
    _run(folder, workers, cluster, quiet=quiet, json=json, retry_failed=False)


@study_app.command()
def resume(
    folder: Dir,
    workers: Workers = None,
    cluster: Cluster = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Try failed runs again, too.")
    ] = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Go on with a study that was stopped, killed or extended."""
    _run(folder, workers, cluster, quiet=quiet, json=json, retry_failed=retry_failed)


def _run(
    folder: str,
    workers: int | None,
    cluster: str | None,
    *,
    quiet: bool,
    json: bool,
    retry_failed: bool,
) -> None:
    with _study(folder) as study:
        from experiments.crew import CannotStartError
        from experiments.study_screen import run_with_bar
        from experiments.sweep import CodeChangedError

        tell_of_compiling(quiet=quiet)
        try:
            tally = run_with_bar(
                study,
                _checked(workers, cluster),
                quiet=quiet,
                json=json,
                retry_failed=retry_failed,
                cluster=cluster,
            )
        except (CannotStartError, CodeChangedError, OSError) as error:
            typer.echo(
                f"ornok: stopped: {error}. Finished runs are kept; status: ornok study status "
                f"{folder}",
                err=True,
            )
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            typer.echo(
                f"Interrupted: finished runs are kept. Go on: ornok study resume {folder}", err=True
            )
            raise typer.Exit(130) from None
        if tally.failed > tally.failed_before:
            raise typer.Exit(1)


def _checked(workers: int | None, cluster: str | None = None) -> int | None:
    from model.errors import InputError

    if cluster is not None:
        if workers is not None:
            raise InputError("one of them: a cluster has workers", field="--workers, --cluster")
        _need(_CLUSTER_PACKAGES, "a cluster needs", "cluster")
        from experiments.crew_dask import quiet

        quiet()
    if workers is not None and not 1 <= workers <= 1024:
        raise InputError("out of range", field="--workers", value=workers, allowed="1 to 1024")
    return workers


@study_app.command()
def status(folder: Dir, json: Json = False) -> None:
    """How far a study is, also while it runs: counts, failures, versions, disk space."""
    with _study(folder) as study:
        from experiments.study_screen import show_status

        show_status(study, json=json)


@study_app.command()
def compact(folder: Dir) -> None:
    """Merge the many small files of a large study into few: the same rows, read faster."""
    with _study(folder) as study:
        before, after = study.compact()
        typer.echo(f"{before:,} parts, now {after:,}")


@study_app.command()
def export(
    folder: Dir,
    out: Annotated[
        Path | None,
        typer.Option(help="A new file, .csv or .parquet (in DIR/exports if not given)."),
    ] = None,
    outcomes: Outcomes = None,
    worlds: Worlds = None,
    first: From = None,
    last: To = None,
    regions: Annotated[bool, typer.Option("--regions", help="By region.")] = False,
    summary: Annotated[
        bool, typer.Option("--summary", help="Mean and interval over seeds, a row a point.")
    ] = False,
    effects: Annotated[
        str | None,
        typer.Option(metavar="BY", help="Paired effects by window, month, year, region or sector."),
    ] = None,
    half_width: Annotated[
        float | None,
        typer.Option(parser=number, metavar="NUMBER", help="With --effects: seeds needed for it."),
    ] = None,
    ema: Annotated[
        bool, typer.Option("--ema", help="An archive for ema_workbench.load_results.")
    ] = False,
) -> None:
    """One tidy table of everything, a summary by point, effects, or an EMA archive."""
    with _study(folder) as study:
        from experiments.study_screen import Wish, export_wished

        wish = Wish(
            outcomes=_names(outcomes),
            worlds=_names(worlds),
            first=first,
            last=last,
            regions=regions,
            summary=summary,
            effects=effects,
            half_width=half_width,
            ema=ema,
        )
        typer.echo(f"Written to {export_wished(study, wish, out)}")


@study_app.command()
def report(
    folder: Dir,
    out: Annotated[
        Path | None, typer.Option(help="A new folder (DIR/report if not given).")
    ] = None,
    outcomes: Outcomes = None,
    first: From = None,
    last: To = None,
) -> None:
    """One HTML page to read and print, with its tables as CSV beside it."""
    with _study(folder) as study:
        from experiments.study_report import write_report

        path = write_report(study, out, outcomes=_names(outcomes), first=first, last=last)
        typer.echo(f"Written to {path}")
