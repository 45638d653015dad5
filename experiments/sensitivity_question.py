"""The question of a sensitivity analysis: checked, tried out, and kept beside its studies.

`protocol.json` holds what was asked, the ranges, and why the other parameters do not vary.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from experiments.impact import WINDOW
from experiments.outcomes import outcomes
from experiments.parameter_groups import themes_of
from experiments.parameters_read import try_out
from experiments.sensitivity_ranges import LeftOut, Range, chosen, lowest_graded
from experiments.simulate import Setup, prepare
from experiments.store import write_json
from model import Params, load_pack
from model.calendar_months import date_of, period_of
from model.errors import InputError, nearest

FILE = "protocol.json"
MOST_SINGLE = 60
"""Parameters up to which each is screened alone; more are screened by theme first."""
MOST_MEMBERS = 100
"""Members of leading themes that are screened alone after that."""
OUTCOMES = (
    "employee_jobs", "real_value_added", "cars_made", "vehicle_import_content", "tax_revenue",
)  # fmt: skip
QUICK: dict[str, Any] = {
    "scale": 50.0,
    "horizon": 120,
    "seeds": 2,
    "trajectories": 4,
    "size": 16,
    "keep": 3,
}


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked, as typed; it decides every run.

    `parameters`: as `sensitivity_ranges.chosen` reads them, all of the lowest grades if None.
    `keep`: most parameters that go on from the screening. `groups`: screen by theme first; None:
    if there are more than MOST_SINGLE.
    """

    world: str
    against: str = "none"
    outcomes: tuple[str, ...] = OUTCOMES
    parameters: str | None = None
    pack: str | None = None
    scale: float | None = None
    horizon: int | None = None
    seed: int = 1
    seeds: int = 4
    trajectories: int = 10
    size: int = 128
    keep: int = 6
    second_order: bool = False
    groups: bool | None = None
    settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Protocol:
    """A question made ready: what varies and how far, what does not and why.

    `seconds`: of a pair of runs, by the shorter of the two trial runs.
    """

    folder: Path
    question: Question
    ranges: tuple[Range, ...]
    left_out: tuple[LeftOut, ...]
    unread: tuple[str, ...]
    seconds: float

    @property
    def by_theme(self) -> bool:
        """Whether themes are screened before single parameters."""
        if self.question.groups is not None:
            return self.question.groups and len(self.themes) > 1
        return len(self.ranges) > MOST_SINGLE

    @property
    def themes(self) -> dict[str, list[str]]:
        """Names of the parameters by theme."""
        return themes_of(one.name for one in self.ranges)


# --- Checking and trying out ------------------------------------------------------------------------


def begin(question: Question, folder: Path) -> Protocol:
    """Check a question and run both worlds once, or take up what the folder holds; write nothing.

    Raises `model.errors.InputError`, also when the folder holds another question or anything else.
    """
    setups = _setups(question)
    _check_numbers(question)
    if (folder / FILE).is_file():
        return _taken_up(question, folder)
    if folder.exists() and (folder.is_file() or any(folder.iterdir())):
        raise InputError(
            "is not empty, and holds no sensitivity analysis to go on with", field="DIR",
            value=str(folder), allowed="a new or empty folder",
        )  # fmt: skip
    params = setups[0].params
    pack = load_pack(setups[0].pack)
    facts = params.describe()
    ranges = None if question.parameters is None else chosen(question.parameters, facts, pack)
    fixed = _fixed(question, setups)
    for one in ranges or ():
        if fixed.get(one.name, "").startswith("set by --set"):
            raise InputError("is set by --set already", field="--parameters", value=one.name)
    trials = [try_out(setup) for setup in setups]
    read = set().union(*(trial.read for trial in trials))
    # The first run may have compiled the rules: the shorter one tells how long they take.
    seconds = 2.0 * min(trial.results.run_time for trial in trials)
    left: list[LeftOut] = []
    if ranges is None:
        ranges, left = lowest_graded(facts, pack, read=read, fixed=fixed)
    unread = tuple(one.name for one in ranges if one.name not in read)
    return Protocol(folder, question, tuple(ranges), tuple(left), unread, round(seconds, 3))


def _setups(question: Question) -> list[Setup]:
    """One of each world, with the first seed."""
    settings = Params.parse_settings(list(question.settings))
    if question.world == question.against:
        raise InputError("is the world itself", field="--against", value=question.against)
    return [
        prepare(
            world, pack=question.pack, seed=question.seed, scale=question.scale,
            horizon=question.horizon, settings=settings,
        )
        for world in (question.world, question.against)
    ]  # fmt: skip


def _fixed(question: Question, setups: Sequence[Setup]) -> dict[str, str]:
    """Parameters that this run or one of its worlds decides on."""
    found: dict[str, str] = {}
    for setup in setups:
        world = setup.world
        for event in world.events:
            found |= dict.fromkeys(event.values, f"changed by an event of world {world.name}")
        found |= dict.fromkeys(world.parameters, f"set by world {world.name}")
    found |= dict.fromkeys(Params.parse_settings(list(question.settings)), "set by --set")
    return found


def check_window(
    question: Question, first: str | None, last: str | None
) -> tuple[str | None, str | None]:
    """The months to average over, checked; without any the last WINDOW months of the horizon."""
    months = int(_setups(question)[0].params.horizon)
    for field, written in (("--from", first), ("--to", last)):
        if written is not None and not 0 <= period_of(written) < months:
            allowed = f"{date_of(0)} to {date_of(months - 1)}"
            raise InputError("out of range", field=field, value=written, allowed=allowed)
    if first is None and last is None and months > WINDOW:
        return date_of(months - WINDOW), None
    return first, last


_BOUNDS = {"seeds": (1, 1000), "trajectories": (2, 10_000), "size": (2, 65_536), "keep": (2, 100)}


def _check_numbers(question: Question) -> None:
    for name, (low, high) in _BOUNDS.items():
        value = getattr(question, name)
        if not low <= value <= high:
            allowed = f"{low} to {high:,}"
            raise InputError("out of range", field=f"--{name}", value=value, allowed=allowed)
    if question.size & (question.size - 1):
        raise InputError(
            "not a power of two", field="--size", value=question.size, allowed="64, 128, ..."
        )
    known = outcomes()
    if not question.outcomes:
        raise InputError("names nothing", field="--outcomes")
    for number, name in enumerate(question.outcomes):
        if name not in known:
            hint = nearest(name, known)
            raise InputError(
                "unknown name",
                field="--outcomes",
                value=name,
                allowed="see model/outcomes.csv",
                hint=hint,
            )
        if name in question.outcomes[:number]:
            raise InputError("is named twice", field="--outcomes", value=name)


def _taken_up(question: Question, folder: Path) -> Protocol:
    protocol = read_down(folder)
    before, now = asdict(protocol.question), asdict(question)
    for name, value in now.items():
        if before[name] != value:
            raise InputError(
                f"was {before[name]!r} when this folder was begun; give another folder, or the same",
                field=f"--{name.replace('_', '-')}", value=value,
            )  # fmt: skip
    return protocol


def read_down(folder: Path) -> Protocol:
    """What `write_down` has kept in a folder; `model.errors.InputError` if it is not sound."""
    try:
        stored = json.loads((folder / FILE).read_text(encoding="utf-8"))
        told = stored["question"]
        told |= {name: tuple(told[name]) for name in ("outcomes", "settings")}
        return Protocol(
            folder,
            Question(**told),
            tuple(Range(**one) for one in stored["ranges"]),
            tuple(LeftOut(**one) for one in stored["left_out"]),
            tuple(stored["unread"]),
            float(stored["seconds"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError("cannot be read; move it away", file=folder / FILE) from None


def write_down(protocol: Protocol) -> None:
    """Keep the question, the ranges and the reasons in the folder, unless they are there."""
    if (protocol.folder / FILE).exists():
        return
    content = {
        "question": asdict(protocol.question),
        "seconds": protocol.seconds,
        "unread": list(protocol.unread),
        "ranges": [asdict(one) for one in protocol.ranges],
        "left_out": [asdict(one) for one in protocol.left_out],
    }
    try:
        protocol.folder.mkdir(parents=True, exist_ok=True)
        write_json(protocol.folder / FILE, content)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise InputError(
            f"cannot be written to ({why})", field="DIR", value=str(protocol.folder)
        ) from None


def quickly(question: Question, given: Mapping[str, Any]) -> Question:
    """The question with the sizes of a quick look where none are given."""
    small: dict[str, Any] = {
        name: value for name, value in QUICK.items() if given.get(name) is None
    }
    if load_pack(question.pack or "kyrgyzstan").population.sum() < 1e6:
        small.pop("scale", None)  # a small country is a miniature already
    return replace(question, **small)
