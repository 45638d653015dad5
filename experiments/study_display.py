"""A study and its status in a notebook and at a prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.display import card, made_by

if TYPE_CHECKING:
    from experiments.study import Status, Study

MOST_POINTS = 10


def study_repr(study: Study) -> str:
    """One line, without looking at the runs."""
    plan = study.plan
    return f"<Study: {plan.file.title!r} in {study.folder}, {_design(study)}>"


def study_card(study: Study) -> str:
    """What it asks, how far it is, and its first points."""
    plan, now = study.plan, study.status()
    points = study.design.head(MOST_POINTS)
    more = len(plan.design.points) - len(points)
    about = (
        plan.file.question,
        f"{study.folder}: {_design(study)}",
        f"{now.done:,} of {now.total:,} runs done, {now.failed:,} failed",
        made_by(_versions(now), plan.file.pack),
    )
    rows = [[_cell(value) for value in row] for row in points.itertuples(index=False)]
    note = f"The first {MOST_POINTS} points; {more:,} more in .design. " if more > 0 else ""
    note += ".effects() has the effects with intervals, .monthly() every month."
    return card(plan.file.title, about, list(points.columns), rows, words=0, note=note)


def status_repr(status: Status) -> str:
    """One line."""
    return (
        f"<Status: {status.done:,} of {status.total:,} runs done, {status.failed:,} failed, "
        f"{status.left:,} left; code {status.code}>"
    )


def status_card(status: Status) -> str:
    """Runs by what became of them, time, room and versions."""
    rows = [("done", f"{status.done:,} of {status.total:,}"), ("left", f"{status.left:,}")]
    rows.append(("failed", f"{status.failed:,}"))
    rows += [(f"failed: {kind}", f"{runs:,}") for kind, runs in status.failures.items()]
    if status.other:
        rows.append(("finished, not asked for now", f"{status.other:,}"))
    if status.seconds is not None:
        rows.append(("time a run", f"{status.seconds:.2g} s"))
    rows.append(("on disk", f"{status.bytes / 1e6:,.1f} MB in {status.parts:,} parts"))
    running = status.running
    if running is not None:
        rows.append(("running", f"process {running.get('pid')} on {running.get('host')}"))
    for (code, pack), runs in status.made_by.items():
        rows.append((f"by code {code}, pack {pack[:12]}", f"{runs:,} runs"))
    about = [made_by(_versions(status), ""), f"code now {status.code}"]
    return card("Runs", about, ("", ""), rows, words=1)


def _versions(status: Status) -> dict[str, str]:
    """Versions of the runs, with the code that a study goes by."""
    if not status.versions:
        return {}
    codes = list(status.made_by)
    code = codes[0][0] if len(codes) == 1 else f"{len(codes)} different ones"
    return {**status.versions[0], "code": code}


def _design(study: Study) -> str:
    plan = study.plan
    seeds = "1 seed" if len(plan.seeds) == 1 else f"{len(plan.seeds)} seeds"
    points = "1 point" if len(plan.design.points) == 1 else f"{len(plan.design.points):,} points"
    return f"{points} ({plan.design.kind}), worlds {', '.join(plan.worlds)}, {seeds}"


def _cell(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
