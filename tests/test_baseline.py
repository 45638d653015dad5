"""Twenty frozen numbers: results move only when somebody says why."""

import json
import shutil

import pytest

from experiments import renew_baseline
from experiments.renew_baseline import BASELINE, CHANGELOG, baseline_numbers, renew


@pytest.fixture(scope="module")
def numbers():
    return baseline_numbers()


def test_results_have_not_moved(numbers):
    """On another platform the last bits of exp and log may differ, and a run with them."""
    frozen = json.loads(BASELINE.read_text(encoding="utf-8"))
    moved = {
        name: (value, numbers[name])
        for name, value in frozen["numbers"].items()
        if numbers[name] != pytest.approx(value, rel=1e-9)
    }
    assert not moved, (
        f"{moved}; frozen on {frozen['made_on']}. If it was meant: "
        "python -m experiments.renew_baseline --reason '...'"
    )
    assert set(frozen["numbers"]) == set(numbers)
    assert numbers["cars_made"] > 0.0


def test_renewing_demands_a_reason_and_notes_it(tmp_path, numbers, monkeypatch):
    baseline, changelog = tmp_path / "baseline.json", tmp_path / "CHANGELOG.md"
    shutil.copy(BASELINE, baseline)
    shutil.copy(CHANGELOG, changelog)
    with pytest.raises(ValueError, match="reason"):
        renew("because", baseline, changelog)
    moved = numbers | {"gdp": 2.0 * numbers["gdp"]}
    monkeypatch.setattr(renew_baseline, "baseline_numbers", lambda: moved)
    lines = renew("twice the money for a test", baseline, changelog)
    assert any(line.startswith("gdp:") for line in lines)
    assert json.loads(baseline.read_text())["numbers"] == moved
    noted = changelog.read_text()
    assert "- **changes results**: twice the money for a test" in noted
    assert not renew("nothing has moved at all", baseline, changelog)
    assert changelog.read_text() == noted
