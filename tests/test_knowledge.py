"""Technology transfer: channels against slow obvious twins, exact limits, and what must not move."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from calls import Call, _copy, assert_close, parameters
from car_makers import award, deliver, makers, supplied
from gates import build
from hypothesis import given
from hypothesis import strategies as st
from state import differences

from model import knowledge, practice, teachers
from model.sectors import ENGINEERING, PUBLIC

WIDEST = 0.8
OFF = {"assistance_rate": 0.0, "mobility_rate": 0.0, "imitation_rate": 0.0}
OFF |= {"supplier_progress_ratio": 1.0}


def watched(module, name, months=40, **settings):
    """Calls of a rule in a world with suppliers; none of its arguments change while it runs."""
    rule, seen = getattr(module, name), []
    names = parameters(rule)

    def note(*arguments):
        before = SimpleNamespace(**{n: _copy(x) for n, x in zip(names, arguments, strict=True)})
        result = rule(*arguments)
        after = SimpleNamespace(**{n: _copy(x) for n, x in zip(names, arguments, strict=True)})
        seen.append(Call(before, after, result))
        return result

    setattr(module, name, note)
    try:
        supplied(months, **settings)
    finally:
        setattr(module, name, rule)
    return seen


# --- The gap --------------------------------------------------------------------------------------


def test_without_a_gap_nothing_is_learned():
    for gap in (0.0, -0.3, -5.0):
        assert knowledge.absorbable(gap, WIDEST) == 0.0


@given(gap=st.floats(0.0, 20.0), widest=st.floats(0.3, 2.0))
def test_most_is_learned_at_the_widest_gap_that_can_be_bridged(gap, widest):
    """The hump has its top, ḡ/e, at g = ḡ, and never closes more than the gap."""
    top = knowledge.absorbable(widest, widest)
    assert top == pytest.approx(widest / math.e)
    found = knowledge.absorbable(gap, widest)
    assert 0.0 <= found <= min(gap, top * (1.0 + 1e-12))


def test_the_frontier_is_the_log_of_the_edge():
    model = build("plant", plant_edge=2.0)
    assert teachers.frontier(model.plants[0]) == math.log(2.0)
    site = SimpleNamespace(edge=0.25)
    assert teachers.frontier(SimpleNamespace(model=model, site=site)) == 0.0


# --- Channels against slow twins --------------------------------------------------------------------


def slow_absorb(a):
    """One firm at a time, the gain of each channel times staff."""
    totals = np.zeros(4)
    for f in np.flatnonzero(a.alive & (a.employees > 0)):
        if not a.market_sector[a.sector[f]]:
            continue
        gap = max(a.frontier[f] - a.knowledge[f], 0.0)
        hump = gap * math.exp(-gap / a.widest)
        skill = a.skill_sum[f] / a.employees[f]
        gains = [
            a.assistance_rate * a.assistance[f] * skill * hump,
            a.mobility_rate * a.brought[f] * hump,
            a.imitation_rate * a.exposure[a.region[f], a.sector[f]] * skill * hump,
            0.0 if a.assistance[f] > 0.0 else a.decay * max(a.knowledge[f] - a.practice[f], 0.0),
        ]
        a.knowledge[f] += gains[0] + gains[1] + gains[2] - gains[3]
        totals += [a.employees[f] * gain for gain in gains]
    return totals


def test_know_how_taken_up_is_that_of_the_slow_twin():
    calls = watched(knowledge, "absorb_knowledge")
    for before, after, _ in calls:
        was = float((before.knowledge * before.employees).sum())
        totals = slow_absorb(before)
        assert_close(after, before, ["knowledge"])
        np.testing.assert_allclose(after.totals, totals, rtol=1e-11, atol=1e-15)
        # What the channels add less what is lost is the change.
        change = float((after.knowledge * after.employees).sum()) - was
        assert change == pytest.approx(totals[:3].sum() - totals[3], abs=1e-9)
    last = calls[-1].after.totals
    assert np.all(last > 0.0), last


def slow_practice(a):
    """What all firms learn from making parts, times staff."""
    total = 0.0
    for f in np.flatnonzero(a.alive & ((a.experience > 0.0) | (a.sets > 0.0))):
        was = a.experience[f]
        now = a.retention * was + a.sets[f]
        now = now if now >= 1e-6 else 0.0
        sold = max(a.revenue[f], a.part_sales[f])
        line = a.part_sales[f] / sold if a.part_sales[f] > 0.0 else 0.0
        if now >= was:
            weight = line + a.carry_over * (1.0 - line)
            change = weight * a.exponent * math.log((a.initial[f] + now) / (a.initial[f] + was))
        else:
            change = a.practice[f] * (
                math.log1p(now / a.initial[f]) / math.log1p(was / a.initial[f]) - 1
            )
        a.experience[f], a.practice[f] = now, a.practice[f] + change
        a.knowledge[f] += change
        total += a.employees[f] * change
    return total


def test_learning_by_doing_is_that_of_the_slow_twin():
    learned = 0
    for before, after, result in watched(practice, "practise_parts"):
        assert slow_practice(before) == pytest.approx(result, rel=1e-11, abs=1e-15)
        assert_close(after, before, ["experience", "practice", "knowledge"])
        learned += result != 0.0
    assert learned > 5


def test_imitation_is_weighed_region_by_region():
    rng = np.random.default_rng(1)
    staff = rng.uniform(0.0, 100.0, (3, 4))
    staff[2] = 0.0
    knowing = staff * rng.uniform(0.0, 1.0, (3, 4))
    alike, near = rng.uniform(0.0, 1.0, (4, 4)), rng.uniform(0.0, 0.3, (3, 3))
    found = knowledge.exposure(staff, knowing, alike, near)
    for r in range(3):
        for s in range(4):
            total = 0.0
            for q in range(3):
                kindred = sum(staff[q, g] * alike[g, s] for g in range(4))
                teachers_ = sum(knowing[q, g] * alike[g, s] for g in range(4))
                total += near[r, q] * (teachers_ / kindred if kindred > 0.0 else 0.0)
            assert found[r, s] == pytest.approx(min(total, 1.0))


def test_proximity_is_the_cosine_of_what_goes_into_two_goods():
    model = build("none")
    alike = knowledge.technological_proximity(model)
    inputs, n = model.base.input_coefficient, len(model.pack.sectors)

    def made_of(sector):
        """A unit of the good, and round by round all that is used for it."""
        total, used = np.zeros(n), np.eye(n)[sector]
        for _ in range(200):
            total, used = total + used, inputs @ used
        return total

    for one, other in ((0, 3), (3, 5), (2, 2)):
        a, b = made_of(one), made_of(other)
        assert alike[one, other] == pytest.approx(a @ b / math.sqrt((a @ a) * (b @ b)))
    assert np.allclose(np.diag(alike), 1.0)
    assert np.all((alike >= 0.0) & (alike <= 1.0 + 1e-12))


# --- Limits of imitation ------------------------------------------------------------------------------


def opened(**settings):
    """Valley in the tenth month after the opening."""
    model = build("plan", **settings)
    while model.period < model.plants[0].opening + 9:
        model.step()
    return model


def test_from_infinitely_far_nothing_is_imitated():
    model = opened(scale=4.0)
    _, seen = teachers.assistance_of_firms(model)
    far = np.where(np.eye(len(model.heads)) > 0.0, model.pack.distance_km, np.inf)
    there = np.arange(len(model.heads)) != model.plants[0].region
    model.pack = SimpleNamespace(distance_km=far, components=model.pack.components)
    model.firms.knowledge[:] = 0.0
    reached = knowledge.exposure_of_cells(model, seen)
    assert np.all(reached[there] == 0.0)
    assert reached[model.plants[0].region].max() > 0.0


def test_imitation_fades_with_distance_and_with_technological_distance():
    model = opened()
    model.firms.knowledge[:] = 0.0
    _, seen = teachers.assistance_of_firms(model)
    reached = knowledge.exposure_of_cells(model, seen)
    home = model.plants[0].region
    order = np.argsort(model.pack.distance_km[home])
    for s in range(reached.shape[1] - 1):
        assert np.all(np.diff(reached[order, s]) <= 0.0)
    likeness = knowledge.technological_proximity(model)[model.base.vehicles]
    # Engineering, of which a car is made, is nearer to it than anything else; schools are far.
    assert np.argmax(likeness[:-1]) == ENGINEERING
    assert likeness[ENGINEERING] > 1.5 * likeness[PUBLIC]
    assert reached[home, ENGINEERING] > 0.0


# --- Learning by doing ----------------------------------------------------------------------------------


@given(start=st.floats(0.0, 1e6), ratio=st.floats(0.6, 0.999), initial=st.floats(1.0, 1e5))
def test_each_doubling_of_experience_gains_the_progress_ratio(start, ratio, initial):
    """Wright: unit labour after twice the experience (brought and made) is `ratio` of what it was."""
    b = -math.log2(ratio)
    twice = 2.0 * (start + initial) - initial
    gain = practice.practice_change(b, initial, 1.0, start, twice, 0.0)
    assert math.exp(-gain) == pytest.approx(ratio, rel=1e-9)


def one_maker(sets, months, retention=0.96, experience=0.0, practised=0.0):
    """Experience and what was learned of one firm that delivers so many sets a month."""
    columns = {name: np.array([0.0]) for name in ("experience", "practice", "knowledge")}
    columns["experience"][0], columns["practice"][0] = experience, practised
    for _ in range(months):
        practice.practise_parts(
            0.152, np.array([1000.0]), retention, 0.25, np.array([True]), np.array([10], np.int32),
            np.array([200.0]), np.array([100.0 if sets else 0.0]), np.array([float(sets)]),
            columns["experience"], columns["practice"], columns["knowledge"],
        )  # fmt: skip
    return columns


@pytest.mark.parametrize("sets", [40.0, 900.0])
def test_v08_experience_settles_where_forgetting_meets_deliveries(sets):
    """K* = q / (1 − λ); what was learned is b · ln(1 + K*/E0) on the part of sales that it serves."""
    found = one_maker(sets, 1000)
    rest = sets / (1.0 - 0.96)
    assert found["experience"][0] == pytest.approx(rest, rel=1e-9)
    weight = 0.5 + 0.25 * 0.5
    assert found["practice"][0] == pytest.approx(weight * 0.152 * math.log1p(rest / 1000.0))
    assert found["knowledge"][0] == found["practice"][0]


def test_a_maker_brings_years_of_its_own_parts_least_efficient_scale():
    model = build("none", supplier_initial_experience=2.0)
    parts, makers = model.pack.components, np.flatnonzero(model.firms.component >= 0)
    brought = practice.experience_brought(model)
    assert len(set(model.firms.component[makers])) > 1
    for row in makers:
        assert brought[row] == 2.0 * float(parts["mes"][model.firms.component[row]])


def test_what_is_no_longer_practised_is_forgotten():
    before = one_maker(900.0, 100)
    after = one_maker(0.0, 1, experience=before["experience"][0], practised=before["practice"][0])
    assert after["practice"][0] < before["practice"][0]
    end = one_maker(0.0, 2000, experience=before["experience"][0], practised=before["practice"][0])
    assert end["experience"][0] == 0.0
    assert end["practice"][0] == pytest.approx(0.0, abs=1e-15)
    kept = one_maker(0.0, 50, retention=1.0, experience=500.0, practised=0.1)
    assert kept["practice"][0] == 0.1


def test_sets_are_sales_over_the_price_of_a_set():
    model = build("plan", scale=4.0)
    model.plants[0].stage = 3
    first, second = makers(model, 2)
    award(model, [first, second, second], share=0.5)
    f = model.firms
    f.part_sales[first] = 0.5 * 7.0 * model.contracts[0].price
    f.part_sales[second] = 0.5 * 7.0 * (model.contracts[1].price + model.contracts[2].price)
    found = practice.sets_delivered(model)
    assert found[first] == pytest.approx(3.5 * 4.0)
    assert found[second] == pytest.approx(7.0 * 4.0)
    model.contracts[0].closed = 0
    assert practice.sets_delivered(model)[first] == 0.0


# --- Assistance -------------------------------------------------------------------------------------------


def test_help_comes_by_contract_ownership_and_programme():
    model = build("plan")
    plant = model.plants[0]
    rows = makers(model, 3)
    award(model, rows[:1])
    f = model.firms
    f.component[rows] = 0
    closed, _ = teachers.assistance_of_firms(model)
    assert not closed.any()  # the plant is not open yet
    plant.stage = 3
    # Before the first delivery the line is not there yet: only what carries over to the rest.
    help_, _ = teachers.assistance_of_firms(model)
    assert [help_[row] for row in rows] == [model.params.supplier_carry_over, 0.0, 0.0]
    f.part_sales[rows[0]] = f.revenue[rows[0]] = 1e6
    help_, seen = teachers.assistance_of_firms(model)
    assert [help_[row] for row in rows] == [1.0, 0.0, 0.0]
    assert np.all(seen == math.log(model.params.plant_edge))
    plant.facts["ownership"] = "wholly_foreign"
    assert teachers.assistance_of_firms(model)[0][rows[0]] == model.params.wholly_foreign_transfer
    model.government.assisted_share = 0.5
    programme, _ = teachers.assistance_of_firms(model)
    assert programme[rows[1]] == 0.5 * model.params.wholly_foreign_transfer
    assert programme[rows[0]] == model.params.wholly_foreign_transfer
    f.identity[rows[0]] += np.uint64(1)  # another firm in the row: not the one that won
    f.component[rows[0]] = -1
    assert teachers.assistance_of_firms(model)[0][rows[0]] == 0.0


@pytest.mark.parametrize(
    ("rate", "name"),
    [
        ("assistance_rate", "assistance"),
        ("mobility_rate", "mobility"),
        ("imitation_rate", "imitation"),
    ],
)
def test_a_channel_at_rate_nought_adds_nothing(rate, name):
    model = supplied(40, **{rate: 0.0})
    gains = {one: getattr(model.learning, one) for one in ("assistance", "mobility", "imitation")}
    assert gains.pop(name) == 0.0
    assert min(gains.values()) > 0.0


def test_with_all_channels_off_productivity_is_as_without_knowledge():
    """Bit for bit: nobody knows more, whatever the size of the gap."""
    one = supplied(40, **OFF)
    other = supplied(40, **OFF, plant_edge=4.0, absorption_gap=0.3)
    assert not one.firms.knowledge.any()
    moved = differences(one, other, plants=True)
    assert all("knowledge_gap" in path for path in moved), moved


def test_knowledge_raises_productivity_over_the_norm():
    model = supplied(60)
    f, base = model.firms, model.base
    rows = makers(model, 2)
    assert np.all(f.knowledge[rows] > 0.0)
    old = f.knowledge.copy()
    model.step()
    live = f.alive & base.market_sector[f.sector] & (f.age > 1)
    expected = base.productivity[f.region, f.sector] * np.exp(f.efficiency + old)
    np.testing.assert_allclose(f.productivity[live], expected[live], rtol=1e-12)


def test_knowledge_fades_without_a_teacher():
    """No plant at work: k(t) = k(0) (1 − δ)^t, but for what practice taught."""
    model = supplied(40)
    model.plants.clear()
    model.contracts.clear()
    model.firms.supplier_tier[:] = 0
    f = model.firms
    f.practice[:] = f.experience[:] = 0.0
    live, start = f.alive & (f.employees > 0), f.knowledge.copy()
    for _ in range(12):
        knowledge.spread_knowledge(model)
    kept = (1.0 - model.params.knowledge_decay) ** 12
    np.testing.assert_allclose(f.knowledge[live], start[live] * kept, rtol=1e-12)
    assert model.learning.lost > 0.0


# --- Quality ----------------------------------------------------------------------------------------------


def quality_of(months, help_, certified=False, known=0.0, gain=0.0, start=0.5):
    """Quality and what of it is owed to the chain after some months."""
    quality, gained = np.array([start], np.float32), np.array([gain])
    for _ in range(months):
        practice.raise_quality(
            0.03, 0.01, 0.01, 0.01, np.array([True]), np.array([2], np.int8),
            np.array([certified]), np.array([float(help_)]), np.array([0.47]),
            np.array([0.47 * known]), quality, gained,
        )  # fmt: skip
    return float(quality[0]), float(gained[0])


def test_quality_rises_to_one_and_falls_back_to_its_own():
    exact = 1.0 - 0.5 * (1.0 - 0.03 - 0.01) ** 24
    assert quality_of(24, 1.0, certified=True)[0] == pytest.approx(exact, abs=1e-5)
    assert quality_of(2000, 1.0, known=1.0)[0] == pytest.approx(1.0, abs=1e-4)
    risen, gain = quality_of(60, 1.0)
    assert gain == pytest.approx(risen - 0.5, abs=1e-5)
    back, rest = quality_of(3000, 0.0, gain=gain, start=risen)
    assert back == pytest.approx(0.5, abs=1e-4)
    assert rest < 1e-5


def test_quality_that_nobody_raised_does_not_move():
    assert quality_of(100, 0.0) == (0.5, 0.0)


def test_without_a_plant_nothing_is_known_by_anybody():
    model = build("none")
    for _ in range(30):
        model.step()
    f = model.firms
    assert not any(f.values(n).any() for n in ("knowledge", "practice", "experience"))
    assert not model.workers.auto_skill.any()
    assert not model.learning.started


def test_deliveries_are_noted_for_what_the_plant_made():
    model = supplied(40)
    deliver(model)
    assert model.firms.part_sales.sum() > 0.0
