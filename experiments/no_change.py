"""When nothing changed: a clear word and the likely reason, never a table of zeros without one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model import load_pack
from model.worlds import date_of, period_of

if TYPE_CHECKING:
    from experiments.simulate import Results
    from model import Params, World


class NothingChangedWarning(UserWarning):
    """Two runs that should differ are equal in every outcome."""


def nothing_changed(treated: Sequence[Results], control: Sequence[Results]) -> str | None:
    """Why no outcome differs in any month and seed; None where one does."""
    pairs = list(zip(treated, control, strict=True))
    if any(not one.monthly.equals(other.monthly) for one, other in pairs):
        return None
    if any(not one.regional.equals(other.regional) for one, other in pairs):
        return None
    return why_nothing(treated[0], control[0])


def why_nothing(one: Results, other: Results) -> str:
    """The likely reason that two equal runs are equal."""
    names = f"worlds {one.world.name} and {other.world.name}"
    if one.world == other.world or one.world.name == other.world.name:
        return f"{names} are the same world"
    start = f"{names} gave the same run, month by month: "
    last = len(one.monthly) - 1
    late = [period for period in first_months(one) if period > last]
    if late and not other.world.plants:
        return (
            f"{start}ground is broken for the plant in {date_of(min(late))}, after the last month "
            f"of the run ({date_of(last)}); try a longer --horizon"
        )
    after = [e.date for e in (*one.world.events, *other.world.events) if e.period > last]
    if after:
        return f"{start}the first event is in {min(after)}, after the last month ({date_of(last)})"
    if one.world.events or other.world.events or one.world.parameters != other.world.parameters:
        return f"{start}what differs is neutral: at its default, or nobody it applies to"
    return f"{start}their plants, events and parameters come to the same"


def first_months(run: Results) -> list[int]:
    """The periods in which ground is broken for the world's plants."""
    pack = load_pack(run.pack)
    months = []
    for site in run.world.plants:
        date: Any = pack.plants[site.plant or pack.reference_plant]["ground_breaking"]
        months.append((period_of(date) if isinstance(date, str) else int(date)) + site.delay_months)
    return months


def idle_settings(settings: Mapping[str, Any], params: Params) -> list[str]:
    """Settings that say what the pack's parameters say already; they cost no run to find."""
    return [name for name, value in settings.items() if getattr(params, name) == value]


def mechanism_has_effect(
    lever: Mapping[str, Any], world: str | Path | World = "plant", **arguments: Any
) -> bool:
    """Whether these parameter values (`lever`) change any outcome of a world; takes two runs of it.

    `arguments` are those of `simulate` (pack, seed, scale, horizon, settings). Where a policy is
    found to do nothing, this tells a lever that is neutral from one that is not connected.
    """
    from experiments.simulate import simulate

    rest = dict(arguments)
    shared = dict(rest.pop("settings", None) or {})
    plain = simulate(world, settings=shared, **rest)
    moved = simulate(world, settings={**shared, **lever}, **rest)
    return nothing_changed([moved], [plain]) is None
