"""The words of a study's report: how it was done, and how to cite it. Generated, never typed."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.citation import bibtex_entry
from experiments.intervals import RESAMPLES
from experiments.outcomes import headline_outcomes, outcomes
from experiments.study import Status
from experiments.study_plan import Plan
from model import World, load_pack
from model.calendar_months import date_of

__all__ = [
    "citation",
    "headline_outcomes",
    "methods",
    "outcome_rows",
    "parameter_rows",
    "world_rows",
]

MOST_NAMED = 6
"""Parameters that a sentence names; with more, the table of parameters does."""
_DESIGNS = {
    "grid": "a full grid of {n} points over {k}",
    "list": "{n} listed points over {k}",
    "latin": "a Latin hypercube of {n} points over {k}",
    "sobol": "a Sobol design of {n} points over {k} (Saltelli's scheme)",
    "morris": "a Morris design of {n} points over {k}",
    "posterior": "{n} draws from a posterior of {k} (ornok calibrate)",
    "none": "one point: no parameter was varied",
}


def methods(plan: Plan, status: Status, first: int, last: int) -> str:
    """A paragraph on what was done, ready for a paper's methods section."""
    setup = plan.kit.setups[0]
    params, pack = setup.params, load_pack(setup.pack)
    made_up = " (made up)" if pack.made_up and "made up" not in pack.title else ""
    treated = plan.worlds if plan.against is None else plan.worlds[:-1]
    parameters = (
        "one parameter" if len(plan.design.names) == 1 else f"{len(plan.design.names)} parameters"
    )
    design = _DESIGNS[plan.design.kind].format(n=f"{len(plan.design.points):,}", k=parameters)
    design += _ranges(plan)
    seeds = f"{len(plan.seeds)} seeds ({plan.seeds[0]} to {plan.seeds[-1]})"
    if len(plan.seeds) == 1:
        seeds = f"one seed ({plan.seeds[0]})"
    if plan.file.design is not None and plan.file.design.own_seeds:
        seeds = (
            f"{len(plan.seeds)} seeds of its own" if len(plan.seeds) > 1 else "a seed of its own"
        )
    worlds = f"world{'s' if len(treated) > 1 else ''} {', '.join(treated)}"
    people = "one person" if params.scale == 1.0 else f"{params.scale:g} people"
    sentences = [
        f"We ran the agent-based regional model Ornok {status.versions[0].get('ornok', '')} "
        f"(code {plan.kit.code}) on the country pack {pack.title}{made_up} (SHA-256 "
        f"{plan.kit.pack_hash[:12]}), one agent standing for {people}.",
        f"Each run spans {params.horizon} months from January 2023 after {params.burn_in} months of "
        "burn-in that are discarded.",
        f"The {worlds} {'were' if len(treated) > 1 else 'was'} run on {design}, with {seeds} at "
        f"each point: {status.total:,} runs in all, of which {status.done:,} finished and "
        f"{status.failed:,} failed.",
    ]
    if plan.against is not None:
        sentences.append(
            f"At each point every world was compared with the world {plan.against} run with the same "
            "parameters and the same seed, so that both share every random draw; an effect is the "
            f"mean over seeds of the difference, averaged over the months {date_of(first)} to "
            f"{date_of(last)}. Intervals are 95 % Student t intervals over seeds; the tables give "
            f"percentile bootstrap intervals ({RESAMPLES:,} resamples of seeds), too."
        )
    else:
        sentences.append(
            f"Values are means over the months {date_of(first)} to {date_of(last)} and over seeds, "
            "with 95 % Student t intervals over seeds."
        )
    if plan.file.settings:
        fixed = ", ".join(f"{name} = {value}" for name, value in plan.file.settings.items())
        sentences.append(f"Against the pack's own values, all runs had {fixed}.")
    if status.failed:
        sentences.append("Runs that failed are in no number, nor are the pairs they belong to.")
    sentences.append(_software(status))
    return " ".join(sentences)


def _ranges(plan: Plan) -> str:
    """The parameters that vary, with their values, where they are few enough for a sentence."""
    rows = parameter_rows(plan)
    if not rows or len(rows) > MOST_NAMED:
        return ""
    return " (" + "; ".join(f"{name}: {values}" for name, _, values, *_ in rows) + ")"


def _software(status: Status) -> str:
    """Money's unit and what the runs were made with."""
    words = "Money is in KGS of 2024 at the prices of each world."
    if not status.versions:
        return words
    known = status.versions[0]
    names = {"python": "Python", "mesa": "Mesa", "numpy": "NumPy", "numba": "Numba"}
    packages = ", ".join(f"{words} {known[name]}" for name, words in names.items() if name in known)
    others = len(status.versions) - 1
    more = f" and {others} other set{'s' if others > 1 else ''} of versions" if others else ""
    return f"{words} Software: {packages}{more}."


def parameter_rows(plan: Plan) -> list[tuple[str, ...]]:
    """Of each parameter that varies: name, role, where it went, unit, grade, meaning."""
    facts = {one.name: one for one in load_pack(plan.kit.setups[0].pack).params().describe()}
    rows: list[tuple[str, ...]] = []
    for column, (name, role) in enumerate(zip(plan.design.names, plan.design.roles, strict=True)):
        seen = sorted({point[column] for point in plan.design.points})
        few = ", ".join(_short(x) for x in seen)
        span = few if len(seen) <= 5 else f"{_short(seen[0])} to {_short(seen[-1])}"
        one = facts[name]
        own = f"{_short(one.value)}"
        rows.append((name, role, span, own, one.unit, one.grade, one.meaning))
    return rows


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def world_rows(plan: Plan) -> list[tuple[str, str, str]]:
    """Of each world: name, title, question."""
    worlds: list[World] = [setup.world for setup in plan.kit.setups]
    return [(world.name, world.title, world.question) for world in worlds]


def outcome_rows(names: Sequence[str]) -> list[tuple[str, str, str]]:
    """Of each outcome: name, unit, meaning."""
    known = outcomes()
    return [(name, known[name].unit, known[name].meaning) for name in names]


def citation(plan: Plan, status: Status) -> tuple[str, str]:
    """How to cite the study: in words and as BibTeX."""
    version = status.versions[0].get("ornok", "") if status.versions else ""
    year = (status.last_time or "")[:4]
    title = plan.file.title
    words = (
        f"“{title}”. Simulation study with Ornok {version}, an agent-based regional model of "
        f"foreign-invested car plants. Code {plan.kit.code}, pack {plan.kit.pack_hash[:12]}, "
        f"{status.done:,} runs, {year}."
    )
    fields = {
        "title": title,
        "howpublished": f"Simulation study with Ornok {version}",
        "note": f"code {plan.kit.code}, pack {plan.kit.pack_hash[:12]}, {status.done} runs",
        "year": year,
    }
    return words, bibtex_entry("misc", f"ornok_study_{plan.kit.code[:8]}", fields)
