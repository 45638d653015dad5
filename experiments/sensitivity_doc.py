"""The reference question on `docs/sensitivity.md`: `python -m experiments.sensitivity_doc FOLDER`.

FOLDER is what `ornok sensitivity plant FOLDER ...` has left. Its numbers are stored in `docs/sensitivity.csv`
and `docs/sensitivity.json`, and the tables of the page are written from these.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.growth import DOCS, NOT_YET
from experiments.odd_tables import renewed
from experiments.odd_tables import table as markdown
from experiments.outcomes import outcomes, readable, yearly_factor, yearly_unit
from model.calendar_months import date_of

if TYPE_CHECKING:
    from experiments.sensitivity import Sensitivity
    from experiments.sensitivity_question import Protocol

PAGE, TABLE, FACTS = "sensitivity.md", "sensitivity.csv", "sensitivity.json"
MOST_ROWS = 8
MOST_THEMES = 12


def store(folder: Path, docs: Path = DOCS) -> None:
    """Put the numbers of a protocol's folder beside the page."""
    from experiments.sensitivity_job import analyse_folder

    found, protocol = analyse_folder(folder, None, None, None)
    if protocol is None:
        raise SystemExit(f"{folder} is no folder of `ornok sensitivity WORLD DIR`")
    tables = [_headline(one) for one in found]
    pd.concat(tables, ignore_index=True).to_csv(docs / TABLE, index=False)
    text = json.dumps(_facts(found, protocol), indent=2, ensure_ascii=False)
    (docs / FACTS).write_text(text + "\n", encoding="utf-8")


def _headline(found: Sensitivity) -> pd.DataFrame:
    from experiments.sensitivity_page import stage_of

    keys = pd.DataFrame(found.headline(), columns=["world", "measure", "outcome"])
    table = keys.merge(found.indices, on=list(keys.columns), how="left")
    chance = found.chance[[*keys.columns, "mean", "of_mean"]]
    table = table.merge(chance, on=list(keys.columns), how="left")
    table.insert(0, "stage", stage_of(found))
    return table.drop(columns=["measure"])


def _facts(found: Sequence[Sensitivity], protocol: Protocol) -> dict[str, Any]:
    from experiments.sensitivity_page import stage_of
    from experiments.study import Study

    last = found[-1]
    asked, setup = protocol.question, last.plan.kit.setups[0]
    status = {stage_of(one): Study(one.plan).status() for one in found}
    return {
        "date": status[stage_of(last)].last_time[:10],
        "world": Path(asked.world).stem,
        "against": Path(asked.against).stem,
        "pack": setup.pack,
        "scale": setup.params.scale,
        "months": setup.params.horizon,
        "first": date_of(last.first),
        "last": date_of(last.last),
        "seeds": asked.seeds,
        "trajectories": asked.trajectories,
        "rows": asked.size,
        "parameters": len(protocol.ranges),
        "code": last.plan.kit.code,
        "runs": {stage: one.done for stage, one in status.items()},
        "failed": {stage: one.failed for stage, one in status.items()},
        "leading": {
            stage_of(one): one.leading(asked.keep) for one in found if one.kind == "morris"
        },
        "inert": {stage_of(one): _inert(one) for one in found if one.kind == "morris"},
    }


def _inert(found: Sensitivity) -> list[str]:
    """What left every outcome as it was, bit for bit."""
    still = found.indices.groupby("parameter", sort=False)["inert"].all()
    return sorted(str(name) for name in still.index[still])


# --- The page ---------------------------------------------------------------------------------------


def renew(docs: Path = DOCS) -> None:
    """Write the generated blocks of the page anew."""
    path = docs / PAGE
    path.write_text(page(path.read_text(encoding="utf-8"), docs), encoding="utf-8")


def page(text: str, docs: Path = DOCS) -> str:
    """The page with its blocks written from what is stored beside it."""
    if not (docs / FACTS).exists():
        return renewed(text, {"setting": lambda: NOT_YET, "answer": lambda: NOT_YET})
    facts = json.loads((docs / FACTS).read_text(encoding="utf-8"))
    table = pd.read_csv(docs / TABLE)
    return renewed(
        text, {"setting": lambda: _setting(facts), "answer": lambda: _answer(table, facts)}
    )


def _setting(facts: dict[str, Any]) -> str:
    runs = ", ".join(f"{stage} {count:,}" for stage, count in facts["runs"].items())
    return (
        f"Run on {facts['date']} by code `{facts['code']}`: {facts['world']} against {facts['against']}, "
        f"{facts['pack']}, scale {facts['scale']:g}, {facts['months']} months, outcomes averaged over "
        f"{facts['first']} to {facts['last']}, {facts['seeds']} seeds at each point; "
        f"{facts['parameters']} parameters, {facts['trajectories']} trajectories, {facts['rows']} rows. "
        f"Runs: {runs}; failed: {sum(facts['failed'].values()):,}."
    )


def _answer(table: pd.DataFrame, facts: dict[str, Any]) -> str:
    parts = []
    groups = table[table["stage"] == "groups"]
    if len(groups):
        parts.append(_themes(groups))
    for outcome in dict.fromkeys(table["outcome"]):
        parts.append(_of_outcome(table[table["outcome"] == outcome], outcome))
    for stage, names in facts["inert"].items():
        if names:
            which = "Themes" if stage == "groups" else "Parameters"
            parts.append(f"{which} without any effect, bit for bit: {', '.join(names)}.")
    return "\n\n".join(parts)


def _themes(groups: pd.DataFrame) -> str:
    rows = []
    for outcome, part in groups.groupby("outcome", sort=False):
        out = part[part["stands_out"].astype(bool)].sort_values("mu_star", ascending=False)
        names = ", ".join(out["parameter"].head(MOST_THEMES)) or "none"
        more = f" and {len(out) - MOST_THEMES} more" if len(out) > MOST_THEMES else ""
        rows.append([_words(str(outcome)), f"{part['of_mean'].iloc[0]:.0%}", names + more])
    return "Themes that stand out from chance, the strongest first:\n\n" + markdown(
        ["effect on", "chance in the mean", "themes"], rows
    )


def _words(outcome: str) -> str:
    return outcome.replace("_", " ")


def _of_outcome(table: pd.DataFrame, outcome: str) -> str:
    one = outcomes()[outcome]
    unit, factor = yearly_unit(one), yearly_factor(one)
    single = table[table["stage"] == "morris"].sort_values("mu_star", ascending=False)
    shares = table[table["stage"] == "sobol"].set_index("parameter")
    mean = table["mean"].iloc[-1] * factor
    chance = ", ".join(
        f"{name} {part['of_mean'].iloc[0]:.0%}" for name, part in table.groupby("stage", sort=False)
    )
    head = (
        f"**{_words(outcome)}** ({unit}); mean effect over the ranges {readable(mean, unit, signed=True)}; "
        f"chance in the variance of means: {chance}"
    )
    rows = []
    for row in single.head(MOST_ROWS).to_dict("records"):
        name = str(row["parameter"])
        mark = "" if row["stands_out"] else " (not told from chance)"
        cells = [f"`{name}`{mark}", readable(row["mu"] * factor, unit, signed=True)]
        cells += [readable(row[key] * factor, unit) for key in ("mu_star", "floor")]
        cells += [_share(shares, name, index) for index in ("S1", "ST")]
        rows.append(cells)
    return head + "\n\n" + markdown(["parameter", "μ", "μ*", "chance", "S1", "ST"], rows)


def _share(shares: pd.DataFrame, name: str, index: str) -> str:
    if name not in shares.index:
        return "–"
    ends = shares.loc[[name], [index, f"{index}_low", f"{index}_high"]].to_numpy(float)[0]
    if not np.isfinite(ends).all():
        return "not known"
    values = [f"{x:.2f}".replace("-", "−") for x in ends]
    return f"{values[0]} ({values[1]} to {values[2]})"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        store(Path(sys.argv[1]))
    renew()
