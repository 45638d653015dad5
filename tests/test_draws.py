"""Keyed draws: published vectors, uniformity, independence, the same bits without the compiler."""

import hashlib
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numba import njit
from scipy import stats

from model import draws

SEED = np.uint64(20240701)

# Random123's known-answer vectors for Philox4x32-10: counter, key, result.
VECTORS = [
    (
        "00000000 00000000 00000000 00000000",
        "00000000 00000000",
        "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    ),
    (
        "ffffffff ffffffff ffffffff ffffffff",
        "ffffffff ffffffff",
        "408f276d 41c83b0e a20bc7c6 6d5451fd",
    ),
    (
        "243f6a88 85a308d3 13198a2e 03707344",
        "a4093822 299f31d0",
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]


@njit
def many(seed, decision, month, n, sides):
    table = np.empty((n, 6))
    for i in range(n):
        identity = np.uint64(i)
        table[i, 0] = draws.uniform(seed, decision, identity, month, 0)
        table[i, 1], table[i, 2] = draws.uniform2(seed, decision, identity, month, 1)
        table[i, 3] = draws.normal(seed, decision, identity, month, 2)
        table[i, 4] = draws.gumbel(seed, decision, identity, month, 3)
        table[i, 5] = draws.integer(seed, decision, identity, month, 4, sides)
    return table


@pytest.fixture(scope="module")
def table():
    return many(SEED, draws.QUIT, 7, 200_000, 6)


@pytest.mark.parametrize(("counter", "key", "expected"), VECTORS)
@pytest.mark.parametrize("compiled", [True, False])
def test_published_vectors(counter, key, expected, compiled, monkeypatch):
    philox = draws.philox if compiled else getattr(draws.philox, "py_func", draws.philox)
    if not compiled:
        monkeypatch.setattr(draws, "_round", getattr(draws._round, "py_func", draws._round))
    words = [np.uint64(int(word, 16)) for word in f"{counter} {key}".split()]
    assert " ".join(f"{int(word):08x}" for word in philox(*words)) == expected


def test_bits_are_the_philox_of_the_key():
    identity, month, draw = (0x01234567_89ABCDEF, -5, 3)
    seed = 0xFEDCBA98_76543210
    words = (0x89ABCDEF, 0x01234567, (month + 4096) << 16 | draw, 7, 0x76543210, 0xFEDCBA98)
    w0, w1, _, _ = draws.philox(*(np.uint64(word) for word in words))
    got = draws.bits(np.uint64(seed), draws.QUIT, np.uint64(identity), month, draw)
    assert int(got) == int(w0) << 32 | int(w1)


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_uniforms_are_uniform(table, kind):
    values = table[:, kind]
    assert 0 < values.min() < values.max() < 1
    assert stats.kstest(values, "uniform").pvalue > 1e-4


def test_uniforms_never_reach_the_ends():
    top = np.uint64(0xFFFFFFFF)
    assert draws._unit(np.uint64(0), np.uint64(0)) == 2.0**-53
    assert draws._unit(top, top) == 1 - 2.0**-53


def test_normals_and_gumbels_have_their_distribution(table):
    assert stats.kstest(table[:, 3], "norm").pvalue > 1e-4
    assert stats.kstest(table[:, 4], "gumbel_r").pvalue > 1e-4


def test_integers_are_even_and_in_range(table):
    counts = np.bincount(table[:, 5].astype(np.int64))
    assert len(counts) == 6
    assert stats.chisquare(counts).pvalue > 1e-4


@pytest.mark.parametrize("n", [1, 2, 3, 2**31 + 1, 2**32 - 1])
def test_integers_of_any_size_stay_below_n(n):
    got = [int(draws.integer(SEED, draws.CHOICE, np.uint64(i), 0, 0, n)) for i in range(200)]
    assert min(got) >= 0
    assert max(got) < n


def test_nothing_to_choose_from_is_minus_one():
    assert draws.integer(SEED, draws.CHOICE, np.uint64(1), 0, 0, 0) == -1


def test_neighbouring_keys_are_uncorrelated(table):
    others = {
        "seed": many(SEED + np.uint64(1), draws.QUIT, 7, len(table), 6)[:, 0],
        "decision": many(SEED, draws.SEARCH, 7, len(table), 6)[:, 0],
        "month": many(SEED, draws.QUIT, 8, len(table), 6)[:, 0],
        "identity": np.roll(table[:, 0], 1),
        "draw": table[:, 1],
        "second of a pair": table[:, 2],
    }
    bound = 5 / math.sqrt(len(table))
    for name, other in others.items():
        assert abs(np.corrcoef(table[:, 0], other)[0, 1]) < bound, name


def test_every_part_of_the_key_counts():
    keys = {
        (seed, decision, identity, month, draw)
        for seed in (1, 1 << 32)
        for decision in (1, 2)
        for identity in (0, 1, 1 << 32, 1 << 63)
        for month in (-4096, -1, 0, 1, 239)
        for draw in (0, 1, 65535, 65536, 65537)
    }
    unsigned = np.uint64
    drawn = {int(draws.bits(unsigned(s), unsigned(d), unsigned(i), m, n)) for s, d, i, m, n in keys}
    assert len(drawn) == len(keys)


def test_decisions_have_distinct_numbers():
    numbers = [
        int(value) for name, value in vars(draws).items() if name.isupper() and name[0] != "_"
    ]
    assert len(numbers) >= 27
    assert len(set(numbers)) == len(numbers)
    assert min(numbers) > 0
    assert max(numbers) < 65536


def test_children_are_new_and_belong_to_one_parent():
    children = {
        int(draws.child_identity(np.uint64(parent), month, k))
        for parent in (0, 1, 77, 1 << 63)
        for month in (-3, 0, 1)
        for k in range(3)
    }
    assert len(children) == 36
    assert min(children) >= 1 << 63


PROGRAM = """
import sys
sys.path.insert(0, {here!r})
import hashlib
from test_draws import SEED, many
from model import draws
print(hashlib.sha256(many(SEED, draws.TASTE, -24, 2000, 17).tobytes()).hexdigest())
"""


def test_same_bits_without_the_compiler():
    """In plain Python, with every warning (such as an overflow) an error."""
    here = Path(__file__).parent
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    plain = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM.format(here=str(here))],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        cwd=here.parent,
    )
    compiled = many(SEED, draws.TASTE, -24, 2000, 17)
    assert plain.stdout.strip() == hashlib.sha256(compiled.tobytes()).hexdigest()


def test_numbers_by_the_stripe_are_those_drawn_one_by_one():
    who = np.array([0, 1, 2**32, 2**63 + 5, 2**64 - 1] * 7, np.uint64)
    first, second, alone = np.zeros(40), np.zeros(40), np.zeros(40)
    draws.fill_uniforms2(SEED, draws.QUIT, who, -3, 2, first, second)
    draws.fill_uniforms(SEED, draws.QUIT, who, -3, 2, alone)
    for k, one in enumerate(who):
        assert draws.uniform2(SEED, draws.QUIT, one, -3, 2) == (first[k], second[k])
    assert np.array_equal(alone, first)
    assert not first[len(who) :].any()
