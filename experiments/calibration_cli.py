"""`ornok calibrate`: copy, check, run, status, report. Heavy imports wait inside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli_input import input_errors
from experiments.study_cli import Json, Quiet, Workers
from experiments.study_cli import _checked as checked_workers
from experiments.study_cli import _need as need

if TYPE_CHECKING:
    from experiments.calibration import Calibration

calibration_app = typer.Typer(
    help="What a record says of the parameters: history matching, a posterior for any study.",
    no_args_is_help=True,
)
Dir = Annotated[
    str, typer.Argument(metavar="DIR", help="The folder with the calibration.toml, or that file.")
]
READY = Path(__file__).parent / "reference_calibration"
_PACKAGES = ("SALib", "duckdb", "pydantic", "sklearn")


@contextmanager
def _calibration(folder: str) -> Iterator[Calibration]:
    """The calibration of a folder; bad input ends with one message and exit code 2."""
    need(_PACKAGES, "a calibration needs", "study")
    try:
        with input_errors():
            from experiments.calibration import Calibration

            yield Calibration.load(folder)
    except KeyboardInterrupt:
        typer.echo(
            f"Interrupted: finished runs are kept. Go on: ornok calibrate run {folder}", err=True
        )
        raise typer.Exit(130) from None


@calibration_app.command()
def copy(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="A new or empty folder.")],
) -> None:
    """Put the ready calibration of the reference case into a folder of your own."""
    with input_errors():
        from experiments.store import free_folder, whole_folder

        place = free_folder(folder, Path(folder))
        with whole_folder(place) as scratch:
            for path in sorted(READY.iterdir()):
                (scratch / path.name).write_bytes(path.read_bytes())
        typer.echo(f"Written to {place}. Next: ornok calibrate check {place}")


@calibration_app.command()
def check(folder: Dir, workers: Workers = None, json: Json = False) -> None:
    """Check a calibration and say how many runs and how long; write nothing."""
    with _calibration(folder) as calibration:
        from experiments.calibration_screen import show_check

        show_check(calibration, checked_workers(workers), json=json)


@calibration_app.command()
def run(
    folder: Dir,
    workers: Workers = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Try failed runs again, too.")
    ] = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Run the waves and the check, or what is missing of them, and write the posterior."""
    with _calibration(folder) as calibration:
        from experiments.calibration import TooFewRunsError
        from experiments.calibration_screen import run_with_words
        from experiments.crew import CannotStartError
        from experiments.sweep import CodeChangedError

        try:
            run_with_words(
                calibration,
                checked_workers(workers),
                quiet=quiet,
                json=json,
                retry_failed=retry_failed,
            )
        except (CannotStartError, CodeChangedError, TooFewRunsError, OSError) as error:
            typer.echo(f"ornok: stopped: {error}. Finished runs are kept", err=True)
            raise typer.Exit(1) from None


@calibration_app.command()
def status(folder: Dir, json: Json = False) -> None:
    """How far a calibration is, also while it runs."""
    with _calibration(folder) as calibration:
        from experiments.calibration_screen import show_status

        show_status(calibration, json=json)


@calibration_app.command()
def report(
    folder: Dir,
    out: Annotated[
        Path | None, typer.Option(help="A new folder (DIR/report if not given).")
    ] = None,
) -> None:
    """One HTML page to read and print, with its tables as CSV beside it."""
    with _calibration(folder) as calibration:
        from experiments.calibration_report import write_report

        typer.echo(f"Written to {write_report(calibration, out)}")
