"""`ornok citation`: how to cite the model, a run or a study."""

from __future__ import annotations

from typing import Annotated

import typer

from experiments.cli_input import input_errors


def citation(
    folder: Annotated[
        str | None,
        typer.Argument(metavar="[FOLDER]", help="A study, or results of a run; the model without."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Say how to cite the model, a run or a study: in words and as BibTeX."""
    with input_errors():
        from experiments.citation import folder_citation, model_citation

        cited = [model_citation()] if folder is None else list(folder_citation(folder))
        if json:
            from experiments.job import write_stdout

            write_stdout([vars(one) for one in cited])
            return
        typer.echo("\n\n".join(f"{one.words}\n\n{one.bibtex}" for one in cited))
