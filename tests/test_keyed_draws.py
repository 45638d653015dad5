"""The gain of keyed draws: the schemes are what they say, and the page says what was stored."""

import numpy as np
import pandas as pd
import pytest
from gates import build

from experiments import keyed_draws, keyed_draws_page, one_stream
from experiments.intervals import seeds_needed
from experiments.keyed_draws import KEYED, OTHER, SCHEMES, STREAM
from model import draws

PAGE = keyed_draws_page.DOCS / "keyed_draws.md"
SEEDS = range(1, 5)


@pytest.fixture(scope="module")
def pairs():
    """Four pairs of each scheme; the stream in plain Python, where nothing has to be compiled."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NUMBA_DISABLE_JIT", "1")
        return keyed_draws.runs_of(
            SEEDS, 1, pack="valley", scale=10.0, horizon=16, settings={"burn_in": 2}
        )


def unequal_months(one, other):
    return [
        month
        for month in one.monthly.index
        if not one.monthly.loc[[month]].equals(other.monthly.loc[[month]])
    ]


def test_worlds_are_equal_until_the_plant_is_there_with_one_seed_only(pairs):
    for scheme in (KEYED, STREAM):
        months = [unequal_months(*pair) for pair in pairs[scheme]]
        begun = {pair[0].monthly["date"][first[0]] for pair, first in zip(pairs[scheme], months)}
        assert begun == {pd.Timestamp("2023-05-01")}
        assert {keyed_draws.first_difference(*pair) for pair in pairs[scheme]} == {"2023-05"}
    assert all(unequal_months(*pair)[0] == 0 for pair in pairs[OTHER])
    one = pairs[KEYED][0][0]
    assert keyed_draws.first_difference(one, one) is None


def test_seeds_are_shared_or_not_and_a_stream_is_other_luck(pairs):
    for scheme, further in ((KEYED, 0), (STREAM, 0), (OTHER, len(SEEDS))):
        assert [one.seed for one, _ in pairs[scheme]] == list(SEEDS)
        assert [other.seed for _, other in pairs[scheme]] == [seed + further for seed in SEEDS]
    for keyed, stream in zip(pairs[KEYED], pairs[STREAM]):
        assert not keyed[1].monthly.equals(stream[1].monthly)
    # Luck of another kind, but the same country.
    sizes = [
        np.mean([pair[1].monthly["employment"].mean() for pair in pairs[scheme]])
        for scheme in SCHEMES
    ]
    np.testing.assert_allclose(sizes, sizes[0], rtol=0.05)


def test_keyed_draws_need_the_fewest_seeds(pairs):
    found = keyed_draws.gain(keyed_draws.differences(pairs))
    middle = found.groupby("scheme")["ratio"].median()
    assert middle[KEYED] == 1.0
    assert middle[STREAM] > 1.5
    assert middle[OTHER] > 1.5
    facts = keyed_draws.facts_of(pairs)
    assert facts["first_difference"] == {KEYED: "2023-05", STREAM: "2023-05"}
    path = {name: np.array(values) for name, values in facts["path"].items()}
    assert not path[KEYED][:4].any()
    assert not path[STREAM][:4].any()
    assert path[OTHER][:4].any()


def test_the_stream_gives_the_next_number_whatever_the_key():
    words = one_stream._stream_words(draws).py_func
    seed, who = np.uint64(3), np.uint64(7)

    def few():
        np.random.seed(5)  # noqa: NPY002
        return [words(seed, draws.QUIT, who, 4, 0) for _ in range(3)]

    assert few() == few()
    assert len({word for four in few() for word in four}) == 12
    for decision, month in ((draws.TASTE, 0), (draws.QUALITY, 0)):
        key = (seed, decision, who, month, 1)
        assert words(*key) == words(*key) == draws._words(*key)
    child = (draws._CHILD_KEY, draws.ENTRANT, who, 4, 0)
    assert words(*child) == draws._words(*child)


def test_a_process_that_has_drawn_keeps_its_source():
    build().step()
    with pytest.raises(RuntimeError, match="fresh process"):
        one_stream.use_one_stream()


def planted(n=40):
    """Differences whose spread is 1, 2 and 4 times that of keyed draws, by construction."""
    base = np.random.default_rng(1).normal(size=n)
    scaled = (base - base.mean()) / base.std(ddof=1)
    rows = [
        (scheme, seed, "employee_jobs", "jobs", 10.0 + factor * value)
        for scheme, factor in zip(SCHEMES, (1.0, 2.0, 4.0))
        for seed, value in enumerate(np.roll(scaled, int(factor)))
    ]
    return pd.DataFrame(rows, columns=["scheme", "seed", "outcome", "unit", "difference"])


def test_the_gain_is_the_planted_one():
    found = keyed_draws.gain(planted()).set_index("scheme")
    np.testing.assert_allclose(found["ratio"], [1.0, 4.0, 16.0])
    np.testing.assert_allclose(found["mean"], 10.0)
    assert (found["low"] <= found["ratio"] + 1e-9).all()
    assert (found["high"] >= found["ratio"] - 1e-9).all()
    assert found["needed"][KEYED] == 40
    assert found["needed"][STREAM] == seeds_needed(2.0, found["half"][KEYED])
    assert 150 <= found["needed"][STREAM] <= 160  # four times as many, and Student's factor


def test_the_page_is_that_of_the_stored_numbers(pairs, tmp_path, monkeypatch):
    text = PAGE.read_text(encoding="utf-8")
    assert keyed_draws_page.page(text) == text
    assert text.count("<!-- generated: ") == 3
    assert (keyed_draws_page.DOCS / "keyed_draws.png").is_file()
    (tmp_path / "keyed_draws.md").write_text(text, encoding="utf-8")
    monkeypatch.setattr(keyed_draws, "runs_of", lambda *_, **__: pairs)
    keyed_draws.main(
        seeds=4, scale=10.0, jobs=1, pack="valley", burn_in=2, horizon=16, docs=tmp_path,
        only_page=False,
    )  # fmt: skip
    new = (tmp_path / "keyed_draws.md").read_text(encoding="utf-8")
    assert keyed_draws_page.page(new, tmp_path) == new
    assert "pack valley, scale 10, 16 months after 2 of burn-in, 4 pairs" in new
    assert (tmp_path / "keyed_draws.png").stat().st_size > 10_000
