"""The ODD page says what the code does: names of rules, order of the month, generated tables."""

import ast
import inspect
import re
import textwrap
from pathlib import Path

import pytest

import model
from experiments import odd_tables
from model import RegionalModel

FOLDER = Path(model.__file__).parent
PAGE = odd_tables.PAGE.read_text(encoding="utf-8")
CODE = "\n".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.rglob("*.py")))


def section(number):
    """The text of one numbered section, its subsections (7.1, ...) included."""
    start = re.search(rf"^## {number} ", PAGE, re.MULTILINE).start()
    end = re.compile(rf"^## (?!{number}[. ])", re.MULTILINE).search(PAGE, start)
    return PAGE[start : end.start()]


RULES = re.findall(r"^### (.+)$", section(7), re.MULTILINE)


def calls_of_the_month():
    """Names of what step() calls, in order."""
    step = ast.parse(textwrap.dedent(inspect.getsource(RegionalModel.step))).body[0]
    statements = [s for s in step.body[1:] if isinstance(s, ast.Expr)]
    assert len(statements) == len(step.body) - 1, "step() is calls and nothing else"
    return [ast.unparse(s.value.func).split(".")[-1] for s in statements]


def test_there_are_rules_and_each_is_told_once():
    assert len(RULES) > 80
    assert len(set(RULES)) == len(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_a_submodel_is_a_function_found_by_one_search(rule):
    assert len(re.findall(rf"^ *def {re.escape(rule)}\(", CODE, re.MULTILINE)) == 1


def test_the_overview_lists_the_month_in_order():
    listed = re.findall(r"^\d+\. `(\w+)`", section(3), re.MULTILINE)
    assert listed == calls_of_the_month()


def test_generated_tables_are_up_to_date():
    blocks = re.findall(r"^<!-- generated: (\w+) -->$", PAGE, re.MULTILINE)
    assert sorted(blocks) == sorted(odd_tables.BLOCKS)
    assert odd_tables.main(["--check"]) == 0


def test_an_old_table_is_noticed_and_renewed(tmp_path, monkeypatch, capsys):
    page = tmp_path / "ODD.md"
    page.write_text("a\n<!-- generated: worlds -->\nold\n<!-- end -->\nb\n", encoding="utf-8")
    monkeypatch.setattr(odd_tables, "PAGE", page)
    assert odd_tables.main(["--check"]) == 1
    assert "out of date" in capsys.readouterr().err
    assert "old" in page.read_text(encoding="utf-8")
    assert odd_tables.main([]) == 0
    assert "| `plant` |" in page.read_text(encoding="utf-8")
    assert odd_tables.main(["--check"]) == 0


def test_a_bar_in_a_cell_does_not_end_it():
    assert odd_tables.table(["x"], [["a|b"]]).endswith("| a\\|b |")


def test_names_in_the_text_exist():
    """A rule, parameter or column that was renamed is renamed here too."""
    prose = re.sub(r"<!-- generated: .*?<!-- end -->|^```.*?^```", "", PAGE, flags=re.S | re.M)
    names = set(re.findall(r"`(_?[a-z]\w*_\w+)`", prose))
    known = set(re.findall(r"\w+", CODE))
    assert names <= known, sorted(names - known)
