"""A design drawn from what a calibration has left: the uncertainty of any study."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

from experiments.design_list import table_design
from experiments.designs import Axis, Design
from experiments.study_file import DesignPart
from model.errors import InputError


def drawn(part: DesignPart, axes: Sequence[Axis], folder: Path) -> Design:
    """`size` points of `design.file` by their weights; levers meet each of them.

    A point of much weight may stand twice: it is run once and counts twice. Raises
    `model.errors.InputError`.
    """
    from experiments.posterior import read_posterior, systematic

    for option in ("file", "size"):
        if getattr(part, option) is None:
            raise InputError("is missing", field=f"design.{option}")
    path = folder / str(part.file)
    posterior = read_posterior(path)
    levers = [axis for axis in axes if axis.role == "lever"]
    for axis in levers:
        if axis.name in posterior.names:
            raise InputError(
                "varies in the posterior already", field=f"levers.{axis.name}", value=str(part.file)
            )
    if bool(levers) != part.cross_levers:
        raise InputError(
            "levers form a grid that meets every draw",
            field="design.cross_levers",
            value=part.cross_levers,
            allowed="true with levers, and only with them",
        )
    others = [axis for axis in axes if axis.role != "lever"]
    rows = posterior.points[posterior.names].to_dict("records")
    whole = table_design([{str(k): x for k, x in row.items()} for row in rows], others, path)
    if len(whole.points) != len(rows):
        raise InputError("has a point twice; add up their weights", file=path)
    seed = 1 if part.seed is None else part.seed
    chosen = systematic(posterior.weights, int(part.size or 0), seed).tolist()
    points = [whole.points[number] for number in chosen]
    if not levers:
        return Design("posterior", whole.names, whole.roles, points)
    crossed = itertools.product(itertools.product(*[axis.grid() for axis in levers]), points)
    return Design(
        "posterior",
        (*(axis.name for axis in levers), *whole.names),
        (*(axis.role for axis in levers), *whole.roles),
        [(*one, *other) for one, other in crossed],
    )
