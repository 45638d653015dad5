"""The lessons are the same in three languages, and their right answers are what the runs say."""

import re

import pytest

from experiments import paired_effect
from experiments.lessons import LANGUAGES, lessons, texts
from experiments.site_lessons import lesson_pages
from model import World
from model.measures import outcomes

LESSONS = {one["id"]: one for one in lessons()}


def shape(value):
    """Keys and lengths, with placeholders instead of words."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    if isinstance(value, list):
        return [shape(one) for one in value]
    assert value.strip()
    return sorted(re.findall(r"{\w+}", value))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_lacks_nothing(language):
    assert shape(texts(language)) == shape(texts("en"))
    assert set(LESSONS) < set(texts(language))


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_names_what_there_is(name):
    one = LESSONS[name]
    assert {one["world"], one["against"], one["try_world"]} <= set(World.names())
    assert set(one["charts"]) <= set(outcomes())
    for question, options in (("predict", "options"), ("ask", "answers")):
        assert 0 <= one[question]["right"] < len(texts("en")[name][options]) == 3


def test_a_page_holds_every_step_and_the_answers_for_the_teacher():
    for language, page in zip(LANGUAGES, lesson_pages().values(), strict=True):
        words = texts(language)
        for name, one in LESSONS.items():
            assert f"ornok run {one['world']} --against {one['against']}" in page
            right = words[name]["answers"][one["ask"]["right"]]
            assert page.count(right) == 3, (
                right
            )  # among the options, in the answer, for the teacher


# --- What the runs say: eight seeds at the scale of the lessons ------------------------------------------


@pytest.fixture(scope="module")
def effects():
    pairs = {(one["world"], one["against"]) for one in LESSONS.values()} | {("volume", "none")}
    return {w: paired_effect(w, against=a, seeds=range(1, 9), scale=50) for w, a in sorted(pairs)}


def mean(effect, name, years):
    table = effect.table(by="year")
    return table[(table["outcome"] == name) & table["year"].isin(years)]["mean"].mean()


LAST = range(2038, 2043)


@pytest.mark.evidence
def test_jobs_are_not_clear_and_cars_made_at_home_replace_imports(effects):
    effect = effects["plant"]
    table = effect.table(by="year")
    jobs = table[(table["outcome"] == "employee_jobs") & table["year"].isin(LAST)]
    assert ((jobs["low"] < 0.0) & (jobs["high"] > 0.0)).all()
    imported = mean(effect, "cars_imported_new", LAST) + mean(effect, "cars_imported_used", LAST)
    assert 0.8 < -imported / mean(effect, "cars_made", LAST) < 1.1


@pytest.mark.evidence
def test_no_part_is_local_in_five_years_and_bids_fail_by_price(effects):
    effect = effects["plant"]
    assert mean(effect, "local_content_nominal", range(2024, 2029)) < 0.005
    failed = [name for name in outcomes() if name.startswith("failed_")]
    counts = {name: mean(effect, name, range(2027, 2043)) for name in failed}
    assert max(counts, key=counts.get) == "failed_price"


@pytest.mark.evidence
def test_know_how_is_near_and_travels_without_suppliers(effects):
    effect, years = effects["plant"], range(2026, 2031)
    assert mean(effect, "knowledge_near", LAST) > 2.0 * mean(effect, "knowledge_far", LAST) > 0.0
    assert mean(effect, "knowledge_from_mobility", years) > 0.0
    assert mean(effect, "knowledge_from_imitation", years) > 0.0
    assert mean(effect, "knowledge_from_assistance", years) == 0.0
    assert mean(effect, "knowledge_from_learning", years) == 0.0


@pytest.mark.evidence
def test_entries_do_not_rise_and_volume_brings_makers_of_parts(effects):
    table = effects["plant"].table(by="year")
    entries = table[(table["outcome"] == "firm_entries") & table["year"].isin(range(2033, 2043))]
    assert not (entries["low"] > 0.0).any()
    makers = {
        world: mean(effects[world], "firms_supplier", [2042]) for world in ("plant", "volume")
    }
    assert makers["volume"] > 3.0 * makers["plant"]


@pytest.mark.evidence
def test_a_closed_border_hurts_the_rest_more_than_the_plant(effects):
    effect = effects["corridor_block"]
    months = effect.mean.loc[109:112]  # February to May 2032; the border is closed in January
    plant = months["plant_jobs"]
    assert (months["employee_jobs"] - plant).mean() < -100.0 * abs(plant.mean())
    made = mean(effects["plant"], "cars_made", [2032])  # without a plant there are none
    assert abs(mean(effect, "cars_made", [2032])) < 0.1 * made


@pytest.mark.evidence
def test_seeds_differ_in_sign_and_worlds_are_one_before_the_announcement(effects):
    from experiments import simulate

    last = []
    for seed in range(1, 9):
        with_plant, without = (simulate(w, seed=seed, scale=50) for w in ("plant", "none"))
        apart = (with_plant.monthly["employee_jobs"] - without.monthly["employee_jobs"]).tail(60)
        last.append(apart.mean())
    assert min(last) < 0.0 < max(last)
    early = effects["plant"].mean.iloc[0]
    assert (early.drop(["announced_capacity", "announced_jobs"], errors="ignore") == 0.0).all()
