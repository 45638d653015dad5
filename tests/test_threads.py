"""Passes over rows: the same slices' results in row order, whoever worked on them."""

import time
from itertools import pairwise

import numpy as np
import pytest

from model import threads


@pytest.fixture(autouse=True)
def as_before():
    count = threads.count()
    yield
    threads.use(count)


@pytest.mark.parametrize("count", [1, 2, 3, 8])
@pytest.mark.parametrize("rows", [0, 1, threads.BLOCK, 5 * threads.BLOCK, 40 * threads.BLOCK + 7])
def test_slices_cover_all_rows_in_order(count, rows):
    threads.use(count)
    late = np.random.default_rng(count)

    def work(first, last):
        time.sleep(late.random() * 0.002)
        assert first % threads.BLOCK == 0
        return first, last

    slices = threads.over_rows(rows, work)
    assert slices[0][0] == 0
    assert slices[-1][1] == rows
    assert all(one[1] == other[0] for one, other in pairwise(slices))
    assert len(slices) > 1 or count == 1 or rows < 10 * threads.BLOCK


def test_lists_are_joined_in_row_order():
    threads.use(3)
    rows = 30 * threads.BLOCK
    odd = threads.list_rows(rows, lambda first, last: np.arange(first, last)[::1001])
    assert np.all(np.diff(odd) > 0)


def test_an_error_in_any_slice_is_raised():
    threads.use(2)

    def fails_late(first, last):
        if last == 40 * threads.BLOCK:
            raise ArithmeticError("the last slice")
        return first

    with pytest.raises(ArithmeticError, match="last slice"):
        threads.over_rows(40 * threads.BLOCK, fails_late)


@pytest.mark.parametrize("count", [0, 65])
def test_an_absurd_number_of_threads_is_refused(count):
    with pytest.raises(ValueError, match="from 1 to 64"):
        threads.use(count)
