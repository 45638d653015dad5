"""The page about speed: no number in it is written by hand."""

import pandas as pd
import pytest
from test_benchmark import made

from experiments import benchmark_table as tables
from experiments import growth

PAGE = growth.DOCS / "speed.md"


def test_the_page_is_that_of_the_stored_numbers():
    text = PAGE.read_text(encoding="utf-8")
    assert growth.page(text) == text
    assert text.count("<!-- generated: ") == 4


def full():
    """A committed table as `make bench SAVE=1` leaves it."""
    found = made({"country": 95.0, "town": 0.5, "mesa": 120.0})
    line = {"seconds": 1e-2, "bytes": 4.2e6, "worker_bytes": 4e6}
    return found | {
        "made_on": {"system": "Linux", "machine": "any", "cores": 2, "python": "3.13", "code": "abc"},
        "calibrator_ns": 12.3,
        "phases": {
            "workers": 100_000, "firms": 600, "month_s": 2e-2, "stream_gb_s": 21.0,
            "phases": [
                line | {"phase": "cars.trade_cars"},
                line | {"phase": "order_cars", "bytes": 0.0, "worker_bytes": 0.0},
            ],
            "functions": [line | {"function": "workers.pay_incomes", "calls": 1.0}],
        },
    }  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "speed.md").write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def test_numbers_reach_the_page(folder):
    tables.save(full(), folder / "benchmark.json")
    table = pd.DataFrame(
        [[10.0, 322_721, 1_840, 3.3, 0.05, 155.0, 0.3, 13.0, 3, 2, "abc"],
         [1.0, 3_227_100, 18_400, 30.0, 0.5, 155.0, 1.9, 13.0, 1, 2, "abc"]],
        columns=list(growth.COLUMNS),
    )  # fmt: skip
    growth.write(table, folder)
    growth.renew_page(folder)
    text = (folder / "speed.md").read_text(encoding="utf-8")
    assert growth.page(text, folder) == text
    for words in (
        "| scale 1, 264 months, one world, build included | ≤ 90 s | ≤ 45 s | 95.0 s (1) | missed |",
        "- scale 1, 264 months, one world, build included: 95.0 s, to reach ≤ 90 s.",
        "| labour and supplier rules: registered Mesa agents over ours, 100,000 workers | ≥ 100× | "
        "≥ 200× | 120× (1) | reached |",
        # 10 ms; 42 bytes a worker that would take 0.2 ms
        "| `cars.trade_cars` | 100.00 | – | 42.0 | 50.0× | 50.0 % |",
        "| `order_cars` | 100.00 | 16,667 | – | – | 50.0 % |",
        "| `workers.pay_incomes` | 1 | 100.00 | – | 42.0 | 50.0× | 50.0 % |",
        "| 1 | 3,227,100 | 18,400 | 30.00 | 500.0 | 155.0 | 1.90 |",
    ):
        assert words in text, words
    assert growth.NOT_YET not in text
    assert (folder / "speed.png").stat().st_size > 10_000


def test_growth_is_measured_by_scale(folder, capsys):
    growth.main(scales="2,1", repeats=1, months=1, pack="valley", only_page=False, folder=folder)
    table = growth.read(folder)
    assert list(table.columns) == list(growth.COLUMNS)
    assert table["workers"].tolist() == sorted(table["workers"])
    assert (table["month_s"] > 0.0).all()
    assert (table["peak_gib"] < 1.0).all()
    assert f"| {table['workers'][1]:,} |" in (folder / "speed.md").read_text(encoding="utf-8")
