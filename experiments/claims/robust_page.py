"""What docs/claims.md says of whether the verdicts stand: tables and a picture from `robust.json`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from experiments.claims import robust_form as form
from experiments.claims.robust_table import VARIANTS, read_variants
from experiments.claims.screen import effect_in_words
from experiments.claims.table import Table
from experiments.claims.words import number
from experiments.odd_tables import table
from experiments.report import BLACK, BLUE, RED

__all__ = ["PICTURE", "STORED", "draw_robust", "robust_blocks", "stored_robust"]

STORED = Path(__file__).with_name("robust.json")
PICTURE = "claims_robust.png"
LETTERS = {"holds": "**H**", "fails": "f", "undecided": "?", "not_asked": ""}
_FILLS = {"holds": BLUE, "fails": "#F3C9B0", "undecided": "#DDDDDD", "not_asked": "white"}


def stored_robust(path: Path = STORED) -> form.Robust | None:
    """The table that comes with Ornok; None where it has not been made yet."""
    if not path.is_file():
        return None
    return form.Robust.model_validate_json(path.read_text(encoding="utf-8"))


def robust_blocks(claims: Table, found: form.Robust | None) -> dict[str, Callable[[], str]]:
    """What writes each generated block of the section."""
    return {
        "variants": lambda: variants(claims),
        "stands": lambda: _not_yet() if found is None else stands(found),
    }


def _not_yet() -> str:
    return (
        "*Not run yet: `ornok claims --robust`, then `python -m experiments.claims.page --robust "
        "results/claims_robust` write this.*"
    )


def variants(claims: Table) -> str:
    """What is varied, and why."""
    asked = read_variants(VARIANTS, claims)
    rows = []
    for one in asked.variants:
        why, source, grade = one.facts(claims)
        rows.append((f"`{one.name}`", one.words, why, source, grade, one.seeds or asked.seeds))
    return table(("variant", "what is otherwise", "why", "taken from", "grade", "seeds"), rows)


def stands(found: form.Robust) -> str:
    """Setting, a row a claim with its sentence, and every verdict."""
    return "\n\n".join(
        (
            made(found),
            sentences(found),
            "At the other doses, where the parent takes cars:",
            at_doses(found),
            f"![Every verdict under every variant]({PICTURE})",
            "Every verdict (H holds, f fails, ? undecided, empty not asked; = the effects of all seeds are "
            "those of the reference, bit for bit; ↑ ↓ the effect is larger or smaller than there, by the "
            "interval of the paired difference):",
            matrix(found),
        )
    )


def made(found: form.Robust) -> str:
    """The setting, in words."""
    base, rest = found.variants[0], found.variants[1:]
    runs = sum(one.runs for one in found.variants)
    failed = sum(one.failed for one in found.variants)
    missing = sum(one.missing for one in found.variants)
    unmade = [f"`{one.name}` ({one.unmade})" for one in rest if one.unmade]
    minutes = sum((one.seconds or 0.0) * one.runs for one in found.variants) / 60.0
    left = f" Could not be made: {'; '.join(unmade)}." if unmade else ""
    return (
        f"Written {found.date[:10]}, code `{found.code}`, pack {found.pack}, {found.horizon} months "
        f"after {found.burn_in} of burn-in; reference: scale {base.scale:g}, {base.seeds} seeds; "
        f"{len(rest)} variants; {runs:,} runs, {failed:,} failed, {missing:,} missing, "
        f"{minutes:.0f} minutes in one process.{left}"
    )


def sentences(found: form.Robust) -> str:
    """A row a claim."""
    rows = [
        (
            f"{line.id} {line.name}",
            line.reference.verdict.replace("_", " "),
            effect_in_words(line.reference.effect),
            number(line.margin, signed=True),
            line.doses[0].sentence,
            f"{len(line.moved)} of {line.doses[0].asked}",
        )
        for line in found.lines
    ]
    head = ("claim", "reference", "effect there [95 %]", "matters from", "does it stand?", "effect moves in")  # fmt: skip
    return table(head, rows)


def at_doses(found: form.Robust) -> str:
    """A row a claim that is asked at more than one dose, a column a further dose."""
    lines = [line for line in found.lines if len(line.doses) > 1]
    names = list(dict.fromkeys(one.dose for line in lines for one in line.doses[1:]))
    rows = []
    for line in lines:
        cells = {one.dose: _at_dose(one) for one in line.doses[1:]}
        rows.append((line.id, *(cells.get(name, "") for name in names)))
    return table(("", *names), rows)


def _at_dose(one: form.AtDose) -> str:
    decided = one.reference in ("holds", "fails")
    return f"{one.reference}: {one.sentence}" if decided else one.sentence


def matrix(found: form.Robust) -> str:
    """A row a variant, a column a claim."""
    rows = []
    for number_, one in enumerate(found.variants):
        cells = [line.reference if not number_ else line.cells[number_ - 1] for line in found.lines]
        seeds = f"{one.seeds} seeds, scale {one.scale:g}"
        rows.append((f"`{one.name}`", seeds, *(_letter(cell) for cell in cells)))
    return table(("variant", "", *(line.id for line in found.lines)), rows)


def _letter(cell: form.Cell) -> str:
    return f"{LETTERS.get(cell.verdict, '')} {_sign(cell)}".strip()


def _sign(cell: form.Cell) -> str:
    """How the effect differs from that of the reference."""
    shift = cell.shift
    if cell.identical:
        return "="
    if shift is None or shift.low is None or shift.high is None:
        return ""
    return "↑" if shift.low > 0.0 else "↓" if shift.high < 0.0 else ""


# --- The picture ----------------------------------------------------------------------------------


def draw_robust(found: form.Robust) -> Figure:
    """Claims in rows, variants in columns, the verdict as a colour; framed where it is another."""
    names = [one.name for one in found.variants]
    figure = Figure(figsize=(12.0, 6.4), facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for row, line in enumerate(found.lines):
        for column, cell in enumerate((line.reference, *line.cells)):
            fill = _FILLS.get(cell.verdict, "white")
            axes.add_patch(Rectangle((column, row), 1, 1, facecolor=fill, edgecolor="white"))
            ink = "white" if cell.verdict == "holds" else BLACK
            axes.text(
                column + 0.5, row + 0.5, _sign(cell), ha="center", va="center", color=ink, fontsize=9
            )  # fmt: skip
        for column, cell in enumerate(line.cells, start=1):
            if cell.stands in ("flips", "decides"):
                axes.add_patch(
                    Rectangle((column + 0.06, row + 0.06), 0.88, 0.88, fill=False, edgecolor=RED, lw=2)
                )  # fmt: skip
    groups = [one.group for one in found.variants]
    for column in range(1, len(groups)):
        if groups[column] != groups[column - 1]:
            axes.axvline(column, color=BLACK, lw=1.2)
    axes.set(xlim=(0, len(names)), ylim=(len(found.lines), 0))
    axes.set_xticks(
        [k + 0.5 for k in range(len(names))], names, rotation=60, ha="right", fontsize=8
    )
    words = [f"{line.id} {line.name}" for line in found.lines]
    axes.set_yticks([k + 0.5 for k in range(len(words))], words, fontsize=8.5)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)
    figure.legend(
        handles=_legend(), loc="outside upper center", ncols=5, frameon=False, fontsize=8.5
    )
    return figure


def _legend() -> list[Patch]:
    shown = [
        Patch(facecolor=_FILLS[name], edgecolor=BLACK, lw=0.4, label=name.replace("_", " "))
        for name in ("holds", "fails", "undecided", "not_asked")
    ]
    other = Patch(
        facecolor="white", edgecolor=RED, lw=2, label="decided otherwise than at the reference"
    )
    return [*shown, other]
