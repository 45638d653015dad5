"""Lives: what a run tells of one, what happened in it, how it is told, and which are offered."""

import queue
import time
from dataclasses import replace

import numpy as np
import pytest

from model.workers import ABROAD, EMPLOYEE, OWN_ACCOUNT, UNEMPLOYED
from ui.jobs import Jobs, Limits
from ui.language import LANGUAGES, Words
from ui.life import PATHS, Life, events_of, parting, read_life
from ui.life_question import identity_of, whom_of, worlds_of
from ui.life_recorder import FIRM, FIRMS, PEOPLE, WORKER, LifeRecorder, LivesRecorder
from ui.lives import Lives, choose
from ui.question import ask
from ui.run_request import LIFE
from ui.starts import Starts
from ui.story import series, statuses, story
from ui.whole_runs import Asking

NAMES = {"a": "in the world with the plant", "b": "in the world without it"}
HEAD = {
    "regions": ["town", "elsewhere"],
    "region_names": ["Town", "Elsewhere Oblast"],
    "sectors": ["trade", "vehicles"],
    "parts": ["glass"],
    "plants": [{"title": "Valley Motors (made up)", "opening": 3}],
    "scale": 10.0,
}
SHOP, PLANT = 7, 9
KNOWN = {"row": 0, "region": 0, "origin": 0, "component": -1, "closed": -1}
MET = {
    SHOP: KNOWN | {"sector": 0, "plant": -1},
    PLANT: KNOWN | {"sector": 1, "plant": 0, "origin": 7},
}


def planted_worker(*spells, here=12, wages=()):
    """A worker of 12 months: (first month, status, employer) in order."""
    columns = {name: np.zeros(12, kind) for name, kind in WORKER.items()}
    columns["here"][:here] = 1
    columns["age"][:] = 30 * 12 + 7 + np.arange(12)
    columns["own_sector"][:] = -1
    for first, status, employer in spells:
        columns["status"][first:], columns["employer"][first:] = status, employer
        columns["wage"][first:] = 20_000.0 if status == EMPLOYEE else 0.0
        columns["own_sector"][first:] = 0 if status == OWN_ACCOUNT else -1
    for first, wage in wages:
        columns["wage"][first:] = wage
    facts = {"education": 1, "occupation": 0}
    return Life("worker", 1, 12, True, columns, facts, MET, [], {}, HEAD)


def told(lives, language="en"):
    return story(lives, NAMES, Words(language))


def texts(lines):
    return [(one["when"], one["text"]) for one in lines]


# --- Events and sentences -----------------------------------------------------------------------


def test_a_planted_worker_is_told_in_both_worlds():
    a = planted_worker(
        (0, EMPLOYEE, SHOP),
        (4, EMPLOYEE, PLANT),
        (9, UNEMPLOYED, 0),
        wages=[(4, 31_240.0), (9, 0.0)],
    )
    b = planted_worker((0, EMPLOYEE, SHOP), (6, ABROAD, 0), (8, OWN_ACCOUNT, 0))
    tale = told({"a": a, "b": b})
    assert tale["title"] == "A worker of 30 from Town"
    assert texts(tale["common"]) == [
        (
            "January 2023",
            "Is 30 years old, lives in Town and has a job (trade, Town) at 20,000 som a month.",
        )
    ]
    assert texts(tale["a"]) == [
        ("May 2023", "Changes to the plant: 31,200 som a month instead of 20,000."),
        ("October 2023", "Is without work; the job at the plant has ended."),
        ("December 2023", "Is without work when the run ends."),
    ]
    assert texts(tale["b"]) == [
        ("July 2023", "Goes abroad to work and sends money home."),
        ("September 2023", "Comes back from abroad and works on own account (trade)."),
        ("December 2023", "Works on own account (trade) when the run ends."),
    ]
    assert tale["parted"] == "Up to April 2023 both lives are the same to the last digit."


def test_a_region_without_a_translation_has_the_name_of_its_pack():
    one = planted_worker((0, UNEMPLOYED, 0))
    one.columns["region"][:] = 1
    assert told({"a": one, "b": one}, "ru")["title"].endswith("Elsewhere Oblast")


def test_money_parts_lives_before_their_ways_do():
    a, b = (planted_worker((0, EMPLOYEE, SHOP), (8, status, 0)) for status in (UNEMPLOYED, ABROAD))
    a.columns["income"][5] = 0.01
    assert parting(a, b) == 5
    assert parting(a, b, PATHS["worker"]) == 8
    assert told({"a": a, "b": b})["parted"].endswith("in September 2023 their ways part.")
    assert parting(a, a) is None
    assert told({"a": a, "b": a})["parted"] == "Both lives are the same to the last month."
    same = told({"a": a, "b": a})
    assert not same["a"]
    assert not same["b"]
    assert len(same["common"]) == 3


def test_a_life_that_ends_is_told_to_its_end():
    one = planted_worker((0, EMPLOYEE, SHOP), here=6)
    one.columns["age"][:6] = 62 * 12 + 6 + np.arange(6)
    kinds = [(event.month, event.kind) for event in events_of(one)]
    assert kinds == [(0, "start_employee"), (6, "retired")]
    assert [spell["code"] for spell in statuses(one)] == [EMPLOYEE, 0]
    assert series(one)["wage"][5:7] == [20_000.0, None]


def planted_firm(**changes):
    columns = {name: np.zeros(24, kind) for name, kind in FIRM.items()}
    columns["here"][2:20] = 1
    columns["staff"][2:20] = 3
    columns["staff"][11:20] = 8
    columns["revenue"][:] = 1e6
    columns["certified"][5:] = 1
    contract = {
        "component": 0, "plant": 0, "share": 0.5, "award": 6, "start": 9, "end": 45, "ended": 15,
    }  # fmt: skip
    facts = {"ownership": 0, "start": 2, "parent": str(PLANT)}
    people = {"founder": "1", "staff": ["2"]}
    firms = MET | {5: KNOWN | {"sector": 0, "plant": -1, "origin": 4}}
    life = Life("firm", 5, 24, True, columns, facts, firms, [contract], people, HEAD)
    return replace(life, **changes)


def test_a_planted_firm_is_told_with_its_contract():
    nowhere = {name: np.zeros(24, kind) for name, kind in FIRM.items()}
    tale = told({"a": planted_firm(), "b": planted_firm(columns=nowhere, found=False, firms={})})
    assert texts(tale["a"]) == [
        ("March 2023", "Is founded by somebody who comes from the plant: staff 30."),
        ("June 2023", "Gets the carmaker's certificate."),
        (
            "July 2023",
            "Wins the contract for a part (glass): 50 % of the plant's need, from October 2023 on.",
        ),
        ("December 2023", "Has grown: staff 80, sales 10 million som a month."),
        ("April 2024", "Loses the contract (glass) before its time."),
        ("September 2024", "Closes."),
    ]
    assert tale["b"] == []
    assert tale["parted"] == "This life exists only in the world with the plant."


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_event_lacks_a_sentence(language, caplog):
    """Whatever life one has, in every order of places: no key of a text is ever shown."""
    places = ((EMPLOYEE, SHOP), (EMPLOYEE, PLANT), (OWN_ACCOUNT, 0), (UNEMPLOYED, 0), (ABROAD, 0))
    kinds = set()
    for one in places:
        for two in places:
            life = planted_worker((0, *one), (3, *two))
            life.columns["owns"][5:9] = SHOP
            tale = told({"a": life, "b": life}, language)
            kinds |= {line["kind"] for line in tale["common"]}
            assert all(
                line["text"][-1] == "." and "{" not in line["text"] for line in tale["common"]
            )
    assert {"moved_plant", "left_plant", "own_plant", "back_own", "own_firm", "gave_up"} <= kinds
    for stage in range(7):
        plant = planted_firm(identity=PLANT)
        plant.columns["stage"][2:] = stage
        told({"a": plant}, language)
    told({"a": planted_firm(facts={"start": -1, "parent": ""})}, language)
    assert not caplog.records


# --- What a run tells -----------------------------------------------------------------------------


def model_of(months, **raw):
    question, _ = ask({"pack": "valley", **raw})
    request = replace(question.request(plant=raw.pop("plant", True)), horizon=months)
    return Starts().begin(request.setup(), lambda: None)


def test_a_recorded_life_is_that_of_the_model():
    """Beside the obvious loop: the row of the identity, looked at each month."""
    model, months = model_of(20), 20
    recorders = [LifeRecorder(model, "worker 1"), LifeRecorder(model, "worker 1999999999")]
    firm = int(model.firms.identity[np.flatnonzero(model.firms.alive)[0]])
    recorders.append(LifeRecorder(model, f"firm {firm}"))
    rows = []
    while model.period < months - 1:
        model.step()
        for one in recorders:
            one.note()
        i = int(np.flatnonzero(model.workers.identity == 1)[0])
        k = int(np.flatnonzero(model.firms.identity == firm)[0])
        rows.append((model.workers.status[i], model.workers.income[i], model.firms.employees[k]))
    worker, nobody, shop = (read_life(one.take()) for one in recorders)
    assert worker.columns["status"].tolist() == [row[0] for row in rows]
    assert worker.columns["income"].tolist() == [row[1] for row in rows]
    assert shop.columns["staff"].tolist() == [row[2] for row in rows]
    assert not nobody.found
    assert nobody.first == nobody.months
    assert not events_of(nobody)


def test_counts_of_lives_are_those_of_an_obvious_loop():
    model, months = model_of(30, world="volume"), 30
    recorder, at_plant, jobless = LivesRecorder(model), {}, {}
    start = None
    while model.period < months - 1:
        model.step()
        recorder.note()
        w = model.workers
        start = w.identity.copy() if start is None else start
        for i in np.flatnonzero(w.identity == start):
            who = int(w.identity[i])
            at_plant[who] = at_plant.get(who, 0) + any(w.employer[i] == p.row for p in model.plants)
            jobless[who] = jobless.get(who, 0) + (w.status[i] == UNEMPLOYED)
    piece = recorder.take()
    people = {k: np.frombuffer(v, PEOPLE[k]) for k, v in piece["people"].items()}
    assert [at_plant[int(who)] for who in people["identity"]] == people["at_plant"].tolist()
    assert [jobless[int(who)] for who in people["identity"]] == people["jobless"].tolist()
    assert people["at_plant"].max() > 0
    firms = {k: np.frombuffer(v, FIRMS[k]) for k, v in piece["firms"].items()}
    alive = firms["identity"][firms["closed"] < 0]
    assert sorted(alive) == sorted(model.firms.identity[model.firms.alive])
    assert int(model.firms.identity[model.plants[0].row]) in set(map(int, alive))


def test_a_life_is_asked_for_like_any_run_and_remembered():
    jobs = Jobs(1, Limits(seconds=60.0))
    try:
        question, _ = ask({"pack": "valley"})
        bare = replace(question.request(plant=True, detail=LIFE), horizon=6)
        one, other = (replace(bare, whom=f"worker {k}") for k in (1, 2))
        assert len({bare.key, one.key, other.key}) == 3
        for wanted in ({"a": one, "b": other}, {"a": one}):
            heard = queue.Queue()
            asking = Asking(jobs, wanted, heard.put)
            found = heard.get(timeout=90)
            asking.end()
            assert found.state == "done"
            assert {side: piece["identity"] for side, piece in found.pieces.items()} == {
                side: request.whom.split()[1] for side, request in wanted.items()
            }
        assert jobs.started == 2
        heard = queue.Queue()
        Asking(jobs, {"a": replace(one, world="nonsense = 1")}, heard.put)
        assert heard.get(timeout=90).state == "failed"
        Asking(jobs, {"a": replace(one, horizon=2400)}, heard.put).end()
        time.sleep(0.05)
        assert heard.empty()
    finally:
        jobs.close()


# --- Which lives are offered, and who is asked for ------------------------------------------------


def counts(n, kinds, **columns):
    table = {name: np.zeros(n, kind) for name, kind in kinds.items()}
    for name, values in columns.items():
        table[name][:] = values
    return table


def test_lives_are_chosen_by_planted_counts():
    who = np.arange(1, 7)
    people = {"identity": who, "to_the_end": 1}
    a = counts(6, PEOPLE, **people, at_plant=[9, 30, 3, 0, 0, 0], plant_at_end=[1, 0, 0, 0, 0, 0],
               abroad=[0, 0, 0, 40, 0, 0], jobless=[0, 0, 0, 0, 0, 11])  # fmt: skip
    b = counts(6, PEOPLE, **people, abroad=[200, 0, 0, 0, 25, 0])
    firms = {"identity": [11, 12, 13], "start": -1, "most_staff": [5, 9, 4]}
    f = counts(3, FIRMS, **firms, closed=[8, -1, -1], award=[-1, 6, -1], contracts=[0, 1, 0])
    g = counts(3, FIRMS, **(firms | {"identity": [11, 12, 14], "start": [-1, -1, 5]}),
               closed=[-1, -1, -1], award=-1, last_staff=[0, 3, 4])  # fmt: skip
    picks = choose(Lives(a, f, (), HEAD), Lives(b, g, (), HEAD))
    assert [(one.kind, one.identity, one.why, one.side, one.months) for one in picks] == [
        ("worker", 1, "stayed", "a", 9),
        ("worker", 2, "left", "a", 30),
        ("worker", 4, "abroad", "a", 40),
        ("worker", 5, "abroad", "b", 25),
        ("firm", 12, "supplier", "a", 0),
        ("firm", 11, "closed", "a", 0),
        ("firm", 14, "founded", "b", 0),
    ]


@pytest.mark.parametrize(
    ("text", "identity"),
    [("17", 17), ("0-11", 17), ("a0000000-1", 0xA000000000000001), ("18446744073709551616", None),
     ("-5", None), ("1e3", None), ("1-100000000", None), ("", None), ("-", None), ("²", None)],
)  # fmt: skip
def test_an_identity_is_a_number_or_two_halves(text, identity):
    assert identity_of(text) == identity


def test_a_link_says_whose_life_in_which_worlds():
    assert whom_of({"worker": "3", "seed": "2"}) == ("worker 3", "")
    assert whom_of({"firm": "0-b"}) == ("firm 11", "")
    assert whom_of({"firm": "x" * 99}) == ("", "x" * 40)
    worlds, wrong = worlds_of({"pack": "valley", "seed": "zwei", "import_fee": "100000"}, None)
    assert [one.name for one in wrong] == ["seed"]
    assert worlds.link("firm 11") == "/follow?pack=valley&import_fee=100000&firm=11"
    one, other = worlds.requests(LIFE, "firm 11").values()
    assert "[[plants]]" in one.world
    assert "[[plants]]" not in other.world
    compared, _ = worlds_of({"pack": "valley", "b": "world=plan"}, None)
    assert compared.compared
    assert "[[plants]]" in compared.requests(LIFE)["b"].world
    worlds, wrong = worlds_of({"world": "none", "seed": "2"}, None)
    assert (worlds.a.world, worlds.a.seed, [one.name for one in wrong]) == ("plant", 2, ["world"])
    known, _ = ask({"pack": "valley", "seed": "7"})
    assert worlds_of({}, (known, []))[0].a.seed == 7
