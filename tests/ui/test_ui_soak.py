"""What measures the app: a visitor without a browser is one, a planted leak is found, a failure is not fast."""

import pytest

from ui import memory, visitor
from ui.jobs import RunFailedError
from ui.measure import Figure, raise_failures
from ui.soak import Reading, slope
from ui.visitor import Visitor


def readings(leak, remembered=0.0):
    """Twenty readings: an early growth that ends, then `leak` MB a visit; `remembered`, MB a visit, are runs."""
    for visits in range(100, 2100, 100):
        held = 300.0 + min(visits, 500) * 0.1 + leak * visits + remembered * visits
        jobs = {"bytes": round(remembered * visits * 2**20)}
        yield Reading(visits, held, 0, 10, 20, jobs)


def test_a_planted_leak_is_found_and_memories_are_none():
    assert slope(list(readings(0.02))) == pytest.approx(2.0)
    assert slope(list(readings(0.0))) == pytest.approx(0.0, abs=1e-9)
    assert slope(list(readings(0.0, remembered=0.5))) == pytest.approx(0.0, abs=1e-3)


def test_a_visitor_gets_both_runs(server):
    one = Visitor(server, "/explore?pack=valley")
    one.visit(goodbye=True)
    assert one.bytes > 300_000


def test_a_visit_without_runs_is_not_called_one(server, monkeypatch):
    monkeypatch.setattr(visitor, "MOST_SECONDS", 2.0)
    with pytest.raises(TimeoutError):
        Visitor(server, "/").visit(goodbye=True)


def test_a_failed_run_is_not_a_fast_one():
    raise_failures([None, None])
    with pytest.raises(RunFailedError):
        raise_failures([None, RunFailedError("why")])
    assert Figure("frames", 59.0, 50.0, "", at_least=True).reached
    assert not Figure("seconds", 2.1, 2.0, "s").reached


def test_memory_is_given_back_where_the_system_can():
    memory.keep_small()
    memory.give_back()
