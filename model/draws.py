"""Keyed random numbers: the only randomness of the model.

Every number is a pure function of (seed, decision, identity, month, draw), so an agent that
exists in one world only moves no draw of the other. The generator is Philox4x32-10 (Salmon,
Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"), with
key = seed and counter = (identity low, identity high, month and draw, decision).

The words are 32 bits held in `np.uint64`: products then never overflow, so the compiled code and
plain Python (`NUMBA_DISABLE_JIT=1`) give the same bits, without warnings.

Arguments everywhere: `seed`, `decision`, `identity` uint64; `month` int64, from -4096 to 61439;
`draw` int64 >= 0, the how-manieth number this agent draws for this decision this month.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

type Word = np.uint64
type Words = tuple[Word, Word, Word, Word]
type Key = int | np.uint64
type Count = int | np.int64

# Decisions: what a number is drawn for. A number once given is never given again, and a new
# decision takes a new number (below 65536): so adding a rule moves no draw of another.
AGE = np.uint64(1)
SKILL = np.uint64(2)
EDUCATION = np.uint64(3)
DISPOSITION = np.uint64(4)
EMPLOYER = np.uint64(5)
SAVINGS = np.uint64(6)
QUIT = np.uint64(7)
SEARCH = np.uint64(8)
CHOICE = np.uint64(9)
TASTE = np.uint64(10)
RANK = np.uint64(11)
LAYOFF = np.uint64(12)
RESET = np.uint64(13)
OWN_ACCOUNT = np.uint64(14)
SECTOR = np.uint64(15)
PRODUCTIVITY = np.uint64(16)
REPRICE = np.uint64(17)
SUPPLIER = np.uint64(18)
CUSTOMER = np.uint64(19)
FOUND = np.uint64(20)
ENTRANT = np.uint64(21)
VACANCY = np.uint64(22)
CAR = np.uint64(23)
CAR_KIND = np.uint64(24)
CAR_SELLER = np.uint64(25)
FIRM_SIZE = np.uint64(26)
FIRM_REGION = np.uint64(27)
CAPABILITY = np.uint64(28)
QUALITY = np.uint64(29)
DELETION = np.uint64(30)
TENDER = np.uint64(31)
TRAINING = np.uint64(32)
SUPPLIER_ENTRY = np.uint64(33)
FOREIGN_ENTRY = np.uint64(34)
MIGRATE = np.uint64(35)
OUTAGE = np.uint64(36)
CONVERSION = np.uint64(37)

STRIPE = 512
"""Rows whose numbers are drawn in one go by rules that visit everybody; fits the fastest cache."""

_MASK = np.uint64(0xFFFFFFFF)
_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
# What is added to the key before each round.
_W0 = tuple(np.uint64(0x9E3779B9 * k & 0xFFFFFFFF) for k in range(10))
_W1 = tuple(np.uint64(0xBB67AE85 * k & 0xFFFFFFFF) for k in range(10))
_S16 = np.uint64(16)
_S32 = np.uint64(32)
_LOW16 = np.uint64(0xFFFF)
_ONE = np.uint64(1)
_TOP = np.uint64(1 << 63)
_FIRST_MONTH = np.int64(4096)
_CELL = 2.0**-53
# The key under which identities of newborn agents are made; it is no run's seed in practice.
_CHILD_KEY = np.uint64(0x0C417D)


@njit(cache=True, forceinline=True)
def _round(c0: Word, c1: Word, c2: Word, c3: Word, k0: Word, k1: Word) -> Words:
    """One round of Philox."""
    p0 = _M0 * c0
    p1 = _M1 * c2
    return (p1 >> _S32) ^ c1 ^ k0, p1 & _MASK, (p0 >> _S32) ^ c3 ^ k1, p0 & _MASK


@njit(cache=True, forceinline=True)
def philox(c0: Word, c1: Word, c2: Word, c3: Word, k0: Word, k1: Word) -> Words:
    """Philox4x32-10: four counter words and two key words (32 bits each, as uint64) to four words.

    Tested against the vectors that Random123 publishes. Ten rounds are written out, or the
    compiler would not see that it can work on several identities at once.
    """
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, (k0 + _W0[1]) & _MASK, (k1 + _W1[1]) & _MASK)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, (k0 + _W0[2]) & _MASK, (k1 + _W1[2]) & _MASK)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, (k0 + _W0[3]) & _MASK, (k1 + _W1[3]) & _MASK)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, (k0 + _W0[4]) & _MASK, (k1 + _W1[4]) & _MASK)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, (k0 + _W0[5]) & _MASK, (k1 + _W1[5]) & _MASK)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, (k0 + _W0[6]) & _MASK, (k1 + _W1[6]) & _MASK)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, (k0 + _W0[7]) & _MASK, (k1 + _W1[7]) & _MASK)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, (k0 + _W0[8]) & _MASK, (k1 + _W1[8]) & _MASK)
    return _round(c0, c1, c2, c3, (k0 + _W0[9]) & _MASK, (k1 + _W1[9]) & _MASK)


@njit(cache=True, forceinline=True)
def _words(seed: Key, decision: Key, identity: Key, month: Count, draw: Count) -> Words:
    """The four words for one key; draws beyond 65535 spill into the decision's upper half."""
    key = np.uint64(seed)
    who = np.uint64(identity)
    when = np.uint64(np.int64(month) + _FIRST_MONTH)
    nth = np.uint64(draw)
    return philox(
        who & _MASK,
        who >> _S32,
        ((when << _S16) | (nth & _LOW16)) & _MASK,
        (np.uint64(decision) | ((nth >> _S16) << _S16)) & _MASK,
        key & _MASK,
        key >> _S32,
    )


@njit(cache=True, forceinline=True)
def _unit(high: Word, low: Word) -> float:
    """Two words to the odd multiples of 2**-53: never 0, never 1, symmetric about one half."""
    cell = (high << np.uint64(20)) | (low >> np.uint64(12))
    return np.float64((cell << _ONE) | _ONE) * _CELL


@njit(cache=True)
def bits(seed: Key, decision: Key, identity: Key, month: Count, draw: Count) -> Word:
    """64 random bits, uint64."""
    w0, w1, _, _ = _words(seed, decision, identity, month, draw)
    return (w0 << _S32) | w1


@njit(cache=True)
def uniform(seed: Key, decision: Key, identity: Key, month: Count, draw: Count) -> float:
    """A float64 strictly between 0 and 1, on a grid of 2**-53."""
    w0, w1, _, _ = _words(seed, decision, identity, month, draw)
    return _unit(w0, w1)


@njit(cache=True)
def uniform2(
    seed: Key, decision: Key, identity: Key, month: Count, draw: Count
) -> tuple[float, float]:
    """Two independent uniforms for the price of one; the first is that of `uniform`."""
    w0, w1, w2, w3 = _words(seed, decision, identity, month, draw)
    return _unit(w0, w1), _unit(w2, w3)


@njit(cache=True)
def fill_uniforms(seed, decision, identity, month, draw, out):  # type: ignore[no-untyped-def]
    """`uniform` for each identity [n], into the first n of `out`: ten times as fast as one by one.

    In a loop of its own the compiler works on several identities at once.
    """
    for k in range(len(identity)):
        w0, w1, _, _ = _words(seed, decision, identity[k], month, draw)
        out[k] = _unit(w0, w1)


@njit(cache=True)
def fill_uniforms2(seed, decision, identity, month, draw, first, second):  # type: ignore[no-untyped-def]
    """`uniform2` for each identity [n], into the first n of `first` and of `second`."""
    for k in range(len(identity)):
        w0, w1, w2, w3 = _words(seed, decision, identity[k], month, draw)
        first[k] = _unit(w0, w1)
        second[k] = _unit(w2, w3)


@njit(cache=True)
def integer(
    seed: Key, decision: Key, identity: Key, month: Count, draw: Count, n: Count
) -> np.int64:
    """An int64 in [0, n), for 1 <= n < 2**32; -1 when n < 1, for there is nothing to choose.

    The high word of a 64-bit fraction times n (Lemire 2019), so the bias is below n / 2**64.
    """
    if n < 1:
        return np.int64(-1)
    w0, w1, _, _ = _words(seed, decision, identity, month, draw)
    size = np.uint64(n)
    return np.int64((w0 * size + ((w1 * size) >> _S32)) >> _S32)


@njit(cache=True)
def normal(seed: Key, decision: Key, identity: Key, month: Count, draw: Count) -> float:
    """A standard normal float64 (Box & Muller 1958)."""
    u, v = uniform2(seed, decision, identity, month, draw)
    return math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)


@njit(cache=True)
def gumbel_at(u: float) -> float:
    """The quantile `u` of the standard Gumbel distribution, float64."""
    return -math.log(-math.log(u))


@njit(cache=True)
def gumbel(seed: Key, decision: Key, identity: Key, month: Count, draw: Count) -> float:
    """A standard Gumbel float64: the largest of (utility + gumbel) is a logit choice."""
    return gumbel_at(uniform(seed, decision, identity, month, draw))


@njit(cache=True)
def child_identity(parent: Key, month: Count, k: Count) -> Word:
    """The identity (uint64) of the k-th agent that `parent` brings forth in `month`.

    Free of the seed and of everyone else's births. The top bit is always set, so it meets no
    identity of an agent that stood at the start (those are counted from zero).
    """
    return bits(_CHILD_KEY, ENTRANT, parent, month, k) | _TOP
