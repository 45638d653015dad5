"""The code of docs/python.md runs, in order; what a notebook would show is a table or a figure."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from runs import BURN_IN

from experiments import Effect, Impact, Results, Study
from experiments.economic_impact import EconomicImpact
from experiments.study import Status

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "python.md").read_text(encoding="utf-8")
SHOWN = (Results, Effect, Impact, EconomicImpact, Study, Status)


def code():
    """The blocks of the page as one program, on fewer months."""
    text = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL))
    small = f'"horizon": 14, "settings": {{"burn_in": {BURN_IN}}}'
    assert '"horizon": 120' in text
    text = text.replace('"horizon": 120', small).replace("jobs=2", "jobs=1")
    text = text.replace('settings={"vat_rte": 0.1}, **quick', 'settings={"vat_rte": 0.1}')
    text = (
        text.replace("range(1, 6)", "range(1, 3)")
        .replace("2028-01", "2023-06")
        .replace("2026-01", "2023-04")
    )
    text = text.replace("horizon = 24", "horizon = 2")
    return text.replace("replications = 3", f"replications = 2\n[settings]\nburn_in = {BURN_IN}")


class Tags(HTMLParser):
    """Whether every tag is closed, and what a browser would fetch or run."""

    def __init__(self):
        super().__init__()
        self.open, self.foreign = [], []

    def handle_starttag(self, tag, attrs):
        if tag != "br":
            self.open.append(tag)
        self.foreign += [tag] if tag in ("script", "img", "link", "a") else []
        self.foreign += [name for name, _ in attrs if name != "style"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Value, text and HTML that the cells of a notebook would show, and the folder they wrote to."""
    folder = tmp_path_factory.mktemp("notebook")
    names, values = {}, []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for node in ast.parse(code()).body:
            if isinstance(node, ast.Expr):
                line = ast.Expression(node.value)
                value = eval(compile(line, "python.md", "eval"), names)
                html = value._repr_html_() if isinstance(value, SHOWN) else ""
                values.append((value, repr(value), html))
            else:
                exec(compile(ast.Module([node], []), "python.md", "exec"), names)
    return values, folder


def test_the_page_runs_and_writes_what_it_says(shown):
    values, folder = [value for value, *_ in shown[0]], shown[1]
    written = {path.name for path in folder.iterdir()}
    pictures = {"plant.png", "effect.png", "impact.png", "channels.png"}
    assert written >= {"plant.csv", "impact.csv", "plant", "tax", *pictures}
    for name in pictures:
        assert (folder / name).read_bytes()[:4] == b"\x89PNG"
    assert set(map(type, values)) >= set(SHOWN)
    assert sum(isinstance(value, pd.DataFrame) for value in values) >= 4


def test_what_a_notebook_shows_is_small_whole_and_says_where_it_comes_from(shown):
    for value, text, html in shown[0]:
        if not isinstance(value, SHOWN):
            continue
        tags = Tags()
        tags.feed(html)
        assert tags.open == []
        assert tags.foreign == []
        assert "<table>" in html
        assert len(html) < 30_000
        code = value.code if isinstance(value, Status) else None
        if isinstance(value, Study):
            code = value.plan.kit.code
        if code is None:
            run = value.pairs.treated[0] if isinstance(value, Effect) else value
            code = run.versions["code"]
            assert f"pack {run.pack}" in html
            assert code in text
        assert code in html
        assert "\n" not in text
        assert len(text) < 250
