"""Notebooks made from tutorials: one text, read on the site and run in Jupyter.

`python -m experiments.notebooks` writes them anew; a test compares them with their pages and runs every cell.
Prose becomes Markdown cells, code becomes code cells, commands get an exclamation mark, files a `%%writefile`.
Outputs are not stored: whoever opens one runs it.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent.parent / "docs"
NOTEBOOKS = (DOCS / "tutorials" / "first.md", DOCS / "tutorials" / "reading.md")
FOLDER = DOCS / "notebooks"
_BLOCK = re.compile(
    r'^(?P<pad> *)```(?P<kind>\w+)(?: title="(?P<file>[^"]+)")?\n(?P<text>.*?)^(?P=pad)```$',
    re.DOTALL | re.MULTILINE,
)
_SOLUTION = re.compile(r'^\?\?\? success "(.+)"$', re.MULTILINE)


def notebook_of(page: Path) -> Any:
    """The notebook of a tutorial, without outputs (nbformat's NotebookNode)."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    text = page.read_text(encoding="utf-8")
    cells, end = [], 0
    for found in _BLOCK.finditer(text):
        cells += _prose(text[end : found.start()])
        cells.append(("code", _code(found["kind"], found["file"], textwrap.dedent(found["text"]))))
        end = found.end()
    cells += _prose(text[end:])
    make = {"code": new_code_cell, "markdown": new_markdown_cell}
    # Names of cells are by place: the same page gives the same file.
    made = [
        make[kind](source, id=f"{page.stem}-{number}")
        for number, (kind, source) in enumerate(cells, start=1)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=made, metadata={"kernelspec": kernel})


def _prose(text: str) -> list[tuple[str, str]]:
    """Markdown as Jupyter shows it: a solution is a heading, its text no longer indented."""
    text = _SOLUTION.sub(r"**\1**", text)
    # What stood under a solution was indented by four; code there is a cell of its own already.
    text = re.sub(r"^ {4}(?=\S)", "", text, flags=re.MULTILINE)
    # Links between pages of the site lead nowhere from a notebook that was downloaded.
    text = re.sub(r"\[([^\]]+)\]\((?!\w+:)[^)]+\)", r"\1", text)
    return [("markdown", text.strip())] if text.strip() else []


def _code(kind: str, file: str | None, text: str) -> str:
    text = text.rstrip("\n")
    if file is not None:
        return f"%%writefile {file}\n{text}"
    if kind == "sh":
        return "\n".join(f"!{line}" for line in text.splitlines() if line.strip())
    if kind != "python":
        raise ValueError(f"a notebook has no place for a block of '{kind}'")
    return text


def written(page: Path) -> str:
    """The file's text."""
    import nbformat

    notebook = notebook_of(page)
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def main() -> None:
    """Write all notebooks."""
    FOLDER.mkdir(exist_ok=True)
    for page in NOTEBOOKS:
        (FOLDER / f"{page.stem}.ipynb").write_text(written(page), encoding="utf-8")


if __name__ == "__main__":
    main()
