"""Runs for visitors: shared, remembered, bounded, given up, and alone with their failures."""

import os
import queue
import signal
import time
from dataclasses import replace

import numpy as np
import pytest

from experiments import simulate
from ui.band import SEEDS, PairOfSeed, SeedBand, band_of, mean_of_year, shown_series
from ui.jobs import IDLE, NOW, BusyError, Jobs, Limits, RunFailedError, RunTooLongError
from ui.question import ask
from ui.recorder import Recorder, staff_code
from ui.run_request import SERIES
from ui.shown_outcomes import SHOWN
from ui.stage import DONE, Stage
from ui.starts import Starts

LIMITS = Limits(waiting=8, bytes=600_000, seconds=60.0)
SECONDS = 90


@pytest.fixture(scope="module")
def jobs():
    """One queue with one worker for all tests of this file."""
    queue_of_runs = Jobs(1, LIMITS)
    yield queue_of_runs
    queue_of_runs.close()


def short(seed=1, months=6, **raw):
    """A small run: some months of the valley."""
    question, _ = ask({"pack": "valley", "seed": seed, **raw})
    return replace(question.request(plant=True), horizon=months)


def outcome(jobs, request, urgency=NOW):
    """Pieces and ending of a run."""
    heard = queue.Queue()
    jobs.ask(request, heard.put, urgency)
    return listen(heard)


def listen(heard):
    pieces = []
    while isinstance(one := heard.get(timeout=SECONDS), dict):
        pieces.append(one)
    return pieces, one


def until(condition, seconds=SECONDS):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_run_is_that_of_simulate(jobs):
    """Bit for bit, in single precision: the same world, seed and months."""
    question, _ = ask({"pack": "valley", "world": "mandate", "border": 2})
    pieces, ending = outcome(jobs, replace(question.request(plant=True), horizon=130))
    assert ending is None
    names = pieces[0]["head"]["outcomes"]
    told = np.concatenate(
        [np.frombuffer(p["series"], np.float32).reshape(-1, len(names)) for p in pieces]
    )
    full = simulate(question.with_plant, pack="valley", seed=1, horizon=130)
    # Shares of nothing (exports while the border is closed) are no number.
    assert np.array_equal(told, full.monthly[names].to_numpy(np.float32), equal_nan=True)


def test_the_same_question_is_one_run(jobs):
    """Asked by thirty at once, and again later: one run."""
    before = jobs.started
    request = short(seed=11)
    lines = [queue.Queue() for _ in range(30)]
    for one in lines:
        jobs.ask(request, one.put)
    answers = [listen(one) for one in lines]
    assert jobs.started == before + 1
    assert all(answer == answers[0] for answer in answers)
    assert outcome(jobs, request) == answers[0]
    assert jobs.started == before + 1


def test_what_is_remembered_is_bounded(jobs):
    for seed in range(20, 30):
        outcome(jobs, short(seed, months=12))
    assert 0 < jobs.snapshot()["bytes"] <= LIMITS.bytes


def test_a_full_queue_says_so_and_a_run_that_nobody_waits_for_is_given_up(jobs):
    requests = [short(seed, months=2400) for seed in range(100, 101 + LIMITS.waiting)]
    tickets = [jobs.ask(one, lambda _: None) for one in requests[:-1]]
    with pytest.raises(BusyError):
        jobs.ask(requests[-1], lambda _: None)
    until(lambda: jobs.snapshot()["running"] == 1)
    for one in tickets:
        jobs.leave(one)
    assert jobs.snapshot()["waiting"] == 0
    assert outcome(jobs, short(seed=12))[1] is None


def test_what_somebody_looks_at_goes_first(jobs):
    """A run for warming up is stopped for it, and comes to its end later."""
    slow, fast = queue.Queue(), queue.Queue()
    jobs.ask(short(seed=200, months=300), slow.put, IDLE)
    until(lambda: jobs.snapshot()["running"] == 1)
    jobs.ask(short(seed=201), fast.put, NOW)
    assert listen(fast)[1] is None
    assert slow.empty()
    pieces, ending = listen(slow)
    assert ending is None
    assert sum(one["months"] for one in pieces) == 300


def test_a_run_that_fails_leaves_the_others_alone(jobs, caplog):
    broken = replace(short(seed=13), world='title = ""\nquestion = ""\n[parameters]\nno_such = 1\n')
    pieces, ending = outcome(jobs, broken)
    assert not pieces
    assert isinstance(ending, RunFailedError)
    assert "no_such" in caplog.text
    assert outcome(jobs, short(seed=14))[1] is None


def test_a_process_that_dies_takes_nothing_with_it(jobs, caplog):
    heard, waiting = queue.Queue(), queue.Queue()
    jobs.ask(short(seed=300, months=2400), heard.put)
    jobs.ask(short(seed=301), waiting.put)
    until(lambda: any(one.worker and one.worker.busy for one in jobs.open_jobs()))
    (worker,) = [one.worker for one in jobs.open_jobs() if one.worker]
    os.kill(worker.pid, signal.SIGKILL)
    assert isinstance(listen(heard)[1], RunFailedError)
    assert listen(waiting)[1] is None
    assert "died" in caplog.text


def test_a_run_that_takes_too_long_is_ended():
    slow = Jobs(1, Limits(seconds=0.2))
    try:
        assert isinstance(outcome(slow, short(seed=1, months=2400))[1], RunTooLongError)
    finally:
        slow.close()


def test_a_stage_tells_its_component_everything_once(jobs):
    """Begin, pieces, done; what is shown already is not sent again; what was shown before is dropped."""
    sent = queue.Queue()
    stage = Stage(jobs)
    stage.begin(lambda content, buffers: sent.put((content, buffers)))
    stage.show({"a": short(seed=15)})
    assert sent.empty()  # the component does not stand yet
    stage.ready()
    stage.show({"a": short(seed=15)})
    methods = []
    while not methods or methods[-1][1][2:] != [DONE]:
        content, buffers = sent.get(timeout=SECONDS)
        methods.append((content["method"], content["args"]))
        assert (content["method"] == "piece") == bool(buffers)
    # On a busy machine a run may come in two pieces.
    assert list(dict.fromkeys(name for name, _ in methods)) == ["begin", "piece", "state"]
    assert [name for name, _ in methods if name != "piece"] == ["begin", "state"]
    stage.show({})
    assert sent.get(timeout=SECONDS)[0] == {"method": "forget", "args": ["a"]}
    stage.end()


def test_a_band_is_the_interval_of_the_differences(jobs):
    def pair(seed):
        question, _ = ask({"pack": "valley", "seed": seed})
        return PairOfSeed(
            *(
                replace(question.request(plant=plant, detail=SERIES), horizon=40)
                for plant in (True, False)
            )
        )

    told = queue.Queue()
    band = SeedBand(jobs, [pair(1), pair(2), pair(3)], told.put)
    answer = told.get(timeout=SECONDS)
    band.end()
    assert (answer["done"], answer["of"], answer["months"]) == (3, 3, 40)
    k = [one.name for one in SHOWN].index("mean_wage")
    differences = []
    for seed in (1, 2, 3):
        runs = [
            simulate(world, pack="valley", seed=seed, horizon=40).monthly["mean_wage"]
            for world in ("plant", "none")
        ]
        differences.append((runs[0] - runs[1]).rolling(12, min_periods=1).mean().iloc[-1])
    for name, value in (("mean", np.mean(differences)), ("low", interval(differences)[0])):
        got = np.frombuffer(answer[name], np.float32).reshape(len(SHOWN), 40)[k, -1]
        assert got == pytest.approx(value, rel=1e-3, abs=0.02)


def interval(values):
    half = 4.302653 * np.std(values, ddof=1) / np.sqrt(3)  # Student, two degrees of freedom
    return np.mean(values) - half, np.mean(values) + half


def test_the_mean_of_a_year_and_a_band_of_known_numbers():
    assert mean_of_year(np.arange(24.0))[[0, 1, 11, 12]].tolist() == [0.0, 0.5, 5.5, 6.5]
    band = band_of(np.array([1.0, 2.0, 3.0]).reshape(3, 1, 1), 10)
    low, high = (np.frombuffer(band[name], np.float32)[0] for name in ("low", "high"))
    assert (low, high) == pytest.approx(interval([1.0, 2.0, 3.0]), rel=1e-5)


def test_a_recorder_loses_no_firm_and_no_person():
    """What the pieces say of the last month is what the model's own tables say."""
    setup = short(world="volume", months=130).setup()
    model = Starts().begin(setup, lambda: None)
    recorder, pieces = Recorder(model), []
    while model.period < 129:
        model.step()
        recorder.note()
        if model.period in (20, 71):
            pieces.append(recorder.take())
    pieces.append(recorder.take())
    rows = np.concatenate([np.frombuffer(p["firms"]["row"], np.int32) for p in pieces])
    closed = [tuple(x) for p in pieces for x in np.frombuffer(p["closed"], np.int32).reshape(-1, 2)]
    alive = sorted(row for number, row in enumerate(rows) if number not in dict(closed))
    assert alive == np.flatnonzero(model.firms.alive).tolist()
    last = np.frombuffer(pieces[-1]["staff"], np.uint8).reshape(-1, len(rows))[-1]
    small = model.firms.employees[rows] <= 100
    wanted = np.where(model.firms.alive[rows], model.firms.employees[rows], 0)
    assert np.array_equal(last[small], wanted[small])
    moved = np.frombuffer(pieces[-1]["commuters"], np.int32).reshape(-1, 3, 3)
    assert moved[-1].sum() > 0
    assert shown_series(pieces).shape == (len(SHOWN), 130)


def test_staff_codes_are_exact_for_small_firms_and_near_for_large_ones():
    staff = np.array([0, 1, 99, 100, 107, 2500, 300_000])
    code = staff_code(staff).astype(float)
    shown = np.where(code <= 100, code, 100 * 1.06 ** (code - 100))
    assert np.array_equal(shown[:4], staff[:4])
    assert np.abs(shown / np.maximum(staff, 1) - 1)[1:].max() < 0.031


def test_a_band_has_ten_seeds_unless_told():
    assert SEEDS == 10 or os.environ.get("ORNOK_SEEDS")
