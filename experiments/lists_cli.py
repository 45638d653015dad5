"""`ornok worlds` and `ornok params`: what there is to choose from."""

from __future__ import annotations

from typing import Annotated

import typer

from experiments.cli_input import input_errors
from experiments.run_options import Pack


def worlds() -> None:
    """List the worlds that come with Ornok."""
    from rich.console import Console

    from experiments.screen import worlds_as_table
    from model import World

    Console().print(worlds_as_table([World.load(name) for name in World.names()]))


def params(
    name: Annotated[
        str | None, typer.Argument(help="One parameter, or a part of names; all without it.")
    ] = None,
    pack: Pack = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON list on stdout.")] = False,
) -> None:
    """Show parameters: value, unit, range, source and grade of the evidence."""
    with input_errors():
        from rich.console import Console

        from experiments.screen import param_as_table, params_as_table
        from model import load_pack
        from model.errors import InputError, nearest

        rows = load_pack(pack or "kyrgyzstan").params().describe()
        if name is not None:
            known = [row.name for row in rows]
            rows = [row for row in rows if row.name == name] or [r for r in rows if name in r.name]
            if not rows:
                hint = nearest(name, known)
                raise InputError("unknown parameter", field="NAME", value=name, hint=hint)
        if json:
            from experiments.job import write_stdout

            write_stdout([row._asdict() for row in rows])
            return
        console = Console()
        if len(rows) == 1:
            console.print(param_as_table(rows[0]))
        else:
            console.print(params_as_table(rows, wide=console.width >= 120))
