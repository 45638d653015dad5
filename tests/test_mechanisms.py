"""The survey of mechanisms: it covers all, tells of what does nothing, and refuses wrong names."""

import json
from dataclasses import replace

import pytest
from magnitudes import MAGNITUDES
from runs import SMALL
from typer.testing import CliRunner

from experiments.cli import app
from experiments.mechanism import Mechanism, Trial
from experiments.mechanism_table import MECHANISMS, find
from experiments.mechanisms import COLUMNS, plan, setups_of, survey
from experiments.mechanisms_job import as_table, in_words
from experiments.mechanisms_page import page
from model import InputError, Params
from model.entry_params import EntryParams
from model.knowledge_params import KnowledgeParams
from model.localisation_params import LocalisationParams
from model.measures import outcomes
from model.policy_params import PolicyParams
from model.stage_params import StageParams

SETS = (LocalisationParams, StageParams, KnowledgeParams, EntryParams, PolicyParams)
SHOCKS = {"exchange_rate_index", "world_price_index", "foreign_demand_index", "remittance_index"}
LEVERS = {"procurement_preference", "import_registration_fee", "export_access"}
NAMES = [one.name for one in MECHANISMS]
# The plant of the small worlds opens after their last month: skill has not come to be used.
IDLE = Mechanism(
    "fake", "does nothing", {"dealer_commission": 0.3}, "dealer_commissions",
    trials=(Trial("none"),),
)  # fmt: skip
ACTIVE = Mechanism("prices", "a tax", {"vat_rate": 0.0}, "tax_revenue")


def switches():
    return set().union(*(one.parameters() for one in MECHANISMS))


def test_every_parameter_is_a_switch_or_a_magnitude():
    """A parameter that nobody thought of is in neither; one that is both says nothing."""
    own = set().union(*(one.names() for one in SETS))
    assert own - switches() - MAGNITUDES == set()
    assert own & switches() & MAGNITUDES == set()
    assert own >= MAGNITUDES, "names that are no longer there"
    assert switches() >= SHOCKS | LEVERS


def test_what_is_neutral_by_default_is_a_switch():
    """A parameter at its least value by default does nothing there: somebody must switch it on."""
    facts = Params._facts()
    neutral = {
        name for one in SETS for name in one.names()
        if getattr(Params(), name) == facts[name].low and not isinstance(facts[name].low, str)
        and facts[name].low is not None
    }  # fmt: skip
    # Neutral at its least, and beside that a threshold that is met from the start.
    assert neutral - switches() == {"ckd_local_content"}


@pytest.mark.parametrize("name", NAMES)
def test_each_mechanism_can_be_run(name):
    (one,) = find([name])
    assert one.outcome in outcomes()
    assert one.meaning
    for trial in (one.first, *one.trials):
        for on, off in setups_of(one, trial, [1], {"horizon": 24}):
            assert (on.world, on.params) != (off.world, off.params)
            assert on.seed == off.seed
    # What does nothing by default needs a word on why it may do nothing, or it must act at once.
    assert one.idle or not one.trials


def test_names_are_unique():
    assert len(set(NAMES)) == len(NAMES)


@pytest.fixture(scope="module")
def found():
    return survey([IDLE, ACTIVE], [1, 2], **SMALL)


def test_a_mechanism_without_effect_is_reported(found):
    line = found.table.set_index("mechanism").loc["fake"]
    assert not line["acts_at_defaults"]
    assert line["acts_when_plausible"] is False
    assert line["change"] == 0.0
    assert line["seeds_acting"] == 0
    assert found.idle() == ["fake"]
    assert "neutral" in line["reason"] or "same" in line["reason"]
    (said,) = in_words(line.to_dict() | {"mechanism": "fake"})
    assert "nothing changed" in said
    assert "Nor at the other settings" in said
    assert "nothing changed" in str(as_table(found, [1, 2]).columns[3]._cells)
    assert "Idle wherever it was tried" in page(found)


def test_a_mechanism_with_effect_is_told_with_its_first_month(found):
    assert tuple(found.table.columns) == COLUMNS
    line = found.table.set_index("mechanism").loc["prices"]
    assert line["acts_at_defaults"]
    assert line["change"] > 0.0
    assert line["months_to_first"] == 0
    assert (line["seeds_acting"], line["seeds"]) == (2, 2)
    assert line["low"] < line["change"] < line["high"]
    assert line["reason"] == ""
    # Two worlds and two seeds for each of the two, and the trial's two: shared runs once.
    assert found.setups == 2 * (1 + 1 + 1 + 2)


def test_an_enclave_buys_nothing_but_labour():
    (one,) = find(["tenders"])
    ((on, off),) = setups_of(one, one.first, [1], {"pack": "valley"})
    assert on.world.plants[0].local_purchases
    assert off.world.plants == (replace(on.world.plants[0], local_purchases=False),)


def test_wrong_names_and_values_are_refused_before_anything_runs():
    with pytest.raises(InputError, match="did you mean 'tenders'"):
        find(["tender"])
    with pytest.raises(InputError, match="pack"):
        plan(MECHANISMS[:1], [1], pack="valey")


def ornok(*words):
    return CliRunner().invoke(app, ["mechanisms", *words])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mandat"], ["mandat", "mandate"]),
        (["mandate", "--seeds", "0"], ["--seeds", "0", "1 to 1000"]),
        (["mandate", "--horizon", "0"], ["--horizon", "0"]),
        (["mandate", "--pack", "valey"], ["pack", "valey", "valley"]),
        (["mandate", "--set", "vat_rte=1"], ["vat_rte", "vat_rate"]),
    ],
)
def test_bad_words_end_with_one_line_and_exit_code_2(words, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = ornok(*words)
    assert done.exit_code == 2
    line = done.stderr.strip()
    assert line.count("\n") == 0
    assert all(one in line for one in said), line
    assert not list(tmp_path.iterdir())


def test_the_command_says_that_nothing_changed(tmp_path, monkeypatch):
    """In a year before the plant opens nobody can pay commissions to former importers."""
    monkeypatch.chdir(tmp_path)
    small = ["--pack", "valley", "--horizon", "4", "--set", "burn_in=1"]
    done = ornok("schools", *small, "--out", "here")
    assert done.exit_code == 0, done.stderr
    assert "nothing changed" in done.stdout
    assert sorted(path.name for path in (tmp_path / "here").iterdir()) == [
        "mechanisms.csv",
        "run.json",
    ]
    again = ornok("schools", *small, "--json", "--out", "there")
    told = json.loads(again.stdout)
    assert told["run"]["idle"] == ["schools"]
    assert told["results"]["table"][0]["acts_at_defaults"] is False


# Idle at every setting tried, and why: `docs/mechanisms.md` says so to users. Not to grow; what leaves
# this list is to leave it here too.
#   unmet_demand: imports fill what firms do not, and what a closed border holds back is not in
#     the share of demand served that founders see.
#   commissions, dealer_network: transit trade alone earns a dealer more than selling every car that
#     the plant sells at home would, so no importer turns to the domestic make.
KNOWN_IDLE = {"unmet_demand", "commissions", "dealer_network"}


@pytest.mark.evidence
def test_every_mechanism_acts_at_the_defaults_or_at_plausible_settings():
    """The reference pack at scale 20, sixteen years, seed 1: about a hundred runs."""
    assert set(survey(seeds=[1], jobs=2, scale=20.0, horizon=192).idle()) == KNOWN_IDLE
