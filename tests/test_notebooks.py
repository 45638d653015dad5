"""The notebooks are their tutorials, and every cell of them runs in a kernel."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from runs import BURN_IN

from experiments.notebooks import FOLDER, NOTEBOOKS, written

ROOT = Path(__file__).resolve().parent.parent
# In a process of its own: Jupyter's warnings are no errors of ours.
EXECUTE = """
import re, sys
import nbformat
from nbclient import NotebookClient
book = nbformat.read(sys.argv[1], as_version=4)
burn_in = sys.argv[2]
small = 0
for cell in book.cells:
    if cell.cell_type == "code":
        text = re.sub(r'^(!ornok (?:run|impact) .*)$', r'\\1 --set burn_in=' + burn_in, cell.source, flags=re.M)
        text = re.sub(r'^(!ornok impact .*)$', r'\\1 --horizon 72', text, flags=re.M)
        text = text.replace('pack="valley"', 'pack="valley", settings={"burn_in": ' + burn_in + '}')
        small += text != cell.source
        cell.source = text
assert small, "nothing was made smaller: has the page changed its words?"
NotebookClient(book, timeout=300, kernel_name="python3").execute()
shown = [cell for cell in book.cells if cell.get("outputs")]
kinds = {kind for cell in shown for out in cell.outputs for kind in out.get("data", {"text/plain": 0})}
print(len(shown), *sorted(kinds))
"""


@pytest.mark.parametrize("page", NOTEBOOKS, ids=lambda page: page.stem)
def test_a_notebook_is_its_page(page):
    stored = (FOLDER / f"{page.stem}.ipynb").read_text(encoding="utf-8")
    assert stored == written(page), "python -m experiments.notebooks"
    cells = json.loads(stored)["cells"]
    assert not [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")]
    text = "".join(line for cell in cells for line in cell["source"])
    assert not [word for word in ("```", "???", "](") if word in text]


@pytest.mark.parametrize("page", NOTEBOOKS, ids=lambda page: page.stem)
def test_every_cell_runs(page, tmp_path):
    paths = [str(Path(sys.executable).parent), os.environ["PATH"]]
    environment = os.environ | {
        "PATH": os.pathsep.join(paths),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
        "PYTHONWARNINGS": "ignore",
    }
    done = subprocess.run(
        [sys.executable, "-c", EXECUTE, FOLDER / f"{page.stem}.ipynb", str(BURN_IN)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=500,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    shown, *kinds = done.stdout.split()
    assert int(shown) >= 4
    assert "text/plain" in kinds
    if page.stem == "first":
        assert "image/png" in kinds  # a plot is a picture in the notebook
