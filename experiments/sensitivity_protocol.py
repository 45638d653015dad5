"""From a question to what decides it: screen many parameters (Morris), then split the variance (Sobol').

Each step is an ordinary study in a folder of its own (`groups`, `screening`, `sobol`), so that it may be
stopped at any time: the same command goes on.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.parameter_groups import themes_of
from experiments.sensitivity_question import MOST_MEMBERS, Protocol
from experiments.store import whole_folder
from model import Params

if TYPE_CHECKING:
    from experiments.sensitivity import Sensitivity
    from experiments.study import Study

GROUPS, SCREENING, SOBOL = "groups", "screening", "sobol"
STAGES = (GROUPS, SCREENING, SOBOL)


def runs_of(protocol: Protocol) -> dict[str, int]:
    """Runs of each step; of the later ones at most."""
    asked = protocol.question
    pairs = 2 * asked.seeds
    n = min(len(protocol.ranges), MOST_MEMBERS) if protocol.by_theme else len(protocol.ranges)
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
            leading = found.leading(self.protocol.question.keep)
            return leading if len(leading) > 1 else []  # one has all of the variance
        themes = self.protocol.themes
        names: list[str] = []
        for theme in found.leading(len(themes)):
            if names and len(names) + len(themes[theme]) > MOST_MEMBERS:
                break
            names += themes[theme]
        return names
