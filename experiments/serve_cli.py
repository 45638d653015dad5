"""`ornok serve`: the browser app on this machine. Heavy imports wait inside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli_input import whole

DEFAULT_PORT = 8765


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 for a classroom.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(parser=whole, metavar="NUMBER", help="Port.")] = DEFAULT_PORT,
    name: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST", help="A name by which the server is called, if it has one."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            parser=whole, metavar="NUMBER", help="Processes that run worlds (one a core)."
        ),
    ] = None,
    studies: Annotated[
        Path | None,
        typer.Option(help="Folder whose studies are shown (results, if it is there)."),
    ] = None,
    open_browser: Annotated[
        bool, typer.Option("--open", help="Open the page in the browser of this machine.")
    ] = False,
) -> None:
    """Serve the browser app until Ctrl-C; it needs no internet."""
    try:
        from ui.serving import Serving, serve_until_stopped
    except ModuleNotFoundError as missing:
        if (missing.name or "").split(".")[0] not in ("solara", "ipyvue", "ipyvuetify", "uvicorn"):
            raise
        typer.echo(
            "ornok: the browser app needs packages that are not installed: "
            f"pip install 'ornok[app]' (missing: {missing.name})",
            err=True,
        )
        raise typer.Exit(1) from None
    if not 0 <= port < 65536:
        typer.echo(f"ornok: --port: got {port}; allowed: 0 to 65535", err=True)
        raise typer.Exit(2)
    if workers is not None and not 1 <= workers <= 64:
        typer.echo(f"ornok: --workers: got {workers}; allowed: 1 to 64", err=True)
        raise typer.Exit(2)
    if studies is not None and not studies.is_dir():
        typer.echo(f"ornok: --studies: got {studies}; allowed: a folder that is there", err=True)
        raise typer.Exit(2)
    serve_until_stopped(
        Serving(
            host=host, port=port, names=tuple(name or ()), workers=workers, open=open_browser,
            studies=None if studies is None else str(studies),
        )
    )  # fmt: skip
