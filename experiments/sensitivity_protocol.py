"""From a question to what decides it: screen many parameters (Morris), then split the variance (Sobol').

Each step is an ordinary study in a folder of its own (`groups`, `screening`, `sobol`), so that it may be
stopped at any time: the same command goes on. `protocol.json` holds what was asked, the ranges and why
the other parameters do not vary.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.outcomes import outcomes
from experiments.parameter_groups import themes_of
from experiments.parameters_read import try_out
from experiments.sensitivity_ranges import LeftOut, Range, chosen, lowest_graded
from experiments.simulate import Setup, prepare
from experiments.store import whole_folder, write_json
from model import Params, load_pack
from model.errors import InputError, nearest

if TYPE_CHECKING:
    from experiments.sensitivity import Sensitivity
    from experiments.study import Study

FILE = "protocol.json"
GROUPS, SCREENING, SOBOL = "groups", "screening", "sobol"
STAGES = (GROUPS, SCREENING, SOBOL)
MOST_SINGLE = 60
"""Parameters up to which each is screened alone; more are screened by theme first."""
OUTCOMES = (
    "employee_jobs", "real_value_added", "cars_made", "vehicle_import_content", "tax_revenue",
)  # fmt: skip
QUICK = {"scale": 50.0, "horizon": 120, "seeds": 2, "trajectories": 4, "size": 16, "keep": 3}
FULL = {"scale": None, "horizon": None, "seeds": 4, "trajectories": 10, "size": 128, "keep": 6}


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

    `seconds`: of the two trial runs together.
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
    facts = params.with_values(_started(setups[0])).describe()
    ranges = None if question.parameters is None else chosen(question.parameters, facts, pack)
    fixed = _fixed(question, setups)
    for one in ranges or ():
        if fixed.get(one.name, "").startswith("set by --set"):
            raise InputError("is set by --set already", field="--parameters", value=one.name)
    trials = [try_out(setup) for setup in setups]
    read = set().union(*(trial.read for trial in trials))
    seconds = sum(trial.results.run_time for trial in trials)
    left: list[LeftOut] = []
    if ranges is None:
        # The grade is the parameter's own, also where a world starts from another value.
        grades = {one.name: one.grade for one in params.describe()}
        graded = [one._replace(grade=grades[one.name]) for one in facts]
        ranges, left = lowest_graded(graded, pack, read=read, fixed=fixed)
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


def _started(setup: Setup) -> Mapping[str, Any]:
    return dict(setup.world.parameters)


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


_BOUNDS = {"seeds": (1, 1000), "trajectories": (2, 10_000), "size": (2, 65_536), "keep": (1, 100)}


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
    try:
        stored = json.loads((folder / FILE).read_text(encoding="utf-8"))
        before = stored["question"]
        ranges = tuple(Range(**one) for one in stored["ranges"])
        left = tuple(LeftOut(**one) for one in stored["left_out"])
        unread, seconds = tuple(stored["unread"]), float(stored["seconds"])
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError("cannot be read; move it away", file=folder / FILE) from None
    now = json.loads(json.dumps(asdict(question)))
    for name, value in now.items():
        if before.get(name) != value:
            raise InputError(
                f"was {before.get(name)!r} when this folder was begun; give another folder, or the same",
                field=f"--{name.replace('_', '-')}", value=value,
            )  # fmt: skip
    return Protocol(folder, question, ranges, left, unread, seconds)


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


# --- The studies ------------------------------------------------------------------------------------


def runs_of(protocol: Protocol) -> dict[str, int]:
    """Runs of each step; of the later ones at most."""
    asked = protocol.question
    pairs = 2 * asked.seeds
    n = min(len(protocol.ranges), MOST_SINGLE) if protocol.by_theme else len(protocol.ranges)
    kept = min(asked.keep, n)
    per_row = 2 * kept + 2 if asked.second_order else kept + 2
    found = {
        SCREENING: asked.trajectories * (n + 1) * pairs,
        SOBOL: asked.size * per_row * pairs,
    }
    if protocol.by_theme:
        found = {GROUPS: asked.trajectories * (len(protocol.themes) + 1) * pairs, **found}
    return found


def study_for(protocol: Protocol, stage: str, names: Sequence[str]) -> Study:
    """The study of one step over these parameters: made now, or as it was made before."""
    from experiments.study import Study

    folder = protocol.folder / stage
    if not (folder / "study.toml").is_file():
        with whole_folder(folder) as scratch:
            asked = protocol.question
            worlds = [_world_file(name, scratch) for name in (asked.world, asked.against)]
            text = _study_text(protocol, stage, names, worlds)
            (scratch / "study.toml").write_text(text, encoding="utf-8")
            Study.load(scratch)  # what it refuses is not written
    return Study.load(folder)


def _world_file(name: str, folder: Path) -> str:
    """A world's own file is copied beside the study, so that the folder can be moved."""
    place = Path(name)
    if place.suffix != ".toml":
        return name
    shutil.copy(place, folder / place.name)
    return place.name


def _study_text(protocol: Protocol, stage: str, names: Sequence[str], worlds: Sequence[str]) -> str:
    asked = protocol.question
    spans = {one.name: one for one in protocol.ranges if one.name in set(names)}
    pack = asked.pack
    if pack is not None and Path(pack).is_dir():
        pack = str(Path(pack).resolve())
    top = {
        "title": f"What decides the effect of {Path(asked.world).stem}? ({stage})",
        "question": f"{Path(asked.world).stem} against {Path(asked.against).stem}, "
        f"over {len(spans)} parameters.",
        "worlds": [worlds[0]],
        "against": worlds[1],
        "pack": pack,
        "scale": asked.scale,
        "horizon": asked.horizon,
        "replications": asked.seeds,
        "first_seed": asked.seed,
    }
    lines = [f"{key} = {_toml(value)}" for key, value in top.items() if value is not None]
    settings = Params.parse_settings(list(asked.settings))
    if settings:
        lines += ["", "[settings]", *(f"{key} = {_toml(x)}" for key, x in settings.items())]
    lines += ["", "[uncertainties]"]
    lines += [
        f"{one.name} = {{ low = {_toml(one.low)}, high = {_toml(one.high)} }}"
        for one in spans.values()
    ]
    lines += ["", "[design]", *_design_lines(protocol, stage, list(spans))]
    lines += ["", "[keep]", f"outcomes = {_toml(list(asked.outcomes))}", ""]
    return "\n".join(lines)


def _design_lines(protocol: Protocol, stage: str, names: Sequence[str]) -> Iterator[str]:
    asked = protocol.question
    if stage == SOBOL:
        yield 'kind = "sobol"'
        yield f"size = {asked.size}"
        yield f"second_order = {_toml(asked.second_order)}"
        return
    yield 'kind = "morris"'
    yield f"size = {asked.trajectories}"
    if stage == GROUPS:
        yield "[design.groups]"
        for theme, members in themes_of(names).items():
            yield f"{theme} = {_toml(members)}"


def _toml(value: Any) -> str:
    """Numbers, texts, lists of them, true and false read the same in JSON and TOML."""
    return json.dumps(value, ensure_ascii=False)


# --- Step by step -----------------------------------------------------------------------------------


def steps(protocol: Protocol, first: str | None, last: str | None) -> Iterator[Step]:
    """Each step's study, to be run by the caller before the next is asked for.

    After it has been run, `Step.analyse` tells what goes on; the steps end where nothing does.
    """
    names = [one.name for one in protocol.ranges]
    plan = [*([GROUPS] if protocol.by_theme else []), SCREENING, SOBOL]
    for stage in plan:
        if not names:
            return
        step = Step(stage, study_for(protocol, stage, names), protocol, first, last)
        yield step
        names = step.going_on()


@dataclass
class Step:
    """One study of the protocol; `found` once it has been analysed."""

    stage: str
    study: Study
    protocol: Protocol
    first: str | None
    last: str | None
    found: Sensitivity | None = None

    def analyse(self) -> Sensitivity:
        """The analysis of what has been run."""
        from experiments.sensitivity import sensitivity_of

        if self.found is None:
            self.found = sensitivity_of(self.study, first=self.first, last=self.last)
        return self.found

    def going_on(self) -> list[str]:
        """Names of the parameters for the next step, by the rule of this one."""
        if self.stage == SOBOL:
            return []
        found = self.analyse()
        if self.stage == SCREENING:
            return found.leading(self.protocol.question.keep)
        themes = self.protocol.themes
        names: list[str] = []
        for theme in found.leading(len(themes)):
            if names and len(names) + len(themes[theme]) > MOST_SINGLE:
                break
            names += themes[theme]
        return names


def quickly(question: Question, given: Mapping[str, Any]) -> Question:
    """The question with the sizes of a quick look where none are given."""
    small = {name: value for name, value in QUICK.items() if given.get(name) is None}
    if load_pack(question.pack or "kyrgyzstan").population.sum() < 1e6:
        small.pop("scale", None)  # a small country is a miniature already
    return replace(question, **small)
