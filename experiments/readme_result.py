"""The one result of the README, from the answers that come with Ornok: `python -m experiments.readme_result`."""

from __future__ import annotations

from pathlib import Path

from experiments.claims import form
from experiments.claims.page import committed
from experiments.claims.screen import effect_in_words
from experiments.odd_tables import renewed, table

README = Path(__file__).resolve().parent.parent / "README.md"
CLAIM = "C4"  # jobs, net of those that disappear elsewhere


def result(answers: form.Answers) -> str:
    """Net employee jobs by how many cars the plant makes, with the interval, and how they were found."""
    one = next(claim for claim in answers.claims if claim.id == CLAIM)
    doses = {dose.name: dose.words.en for dose in answers.doses}
    rows = [
        (doses[e.dose], effect_in_words(e), (e.verdict or "").replace("_", " ")) for e in one.doses
    ]
    made, window = answers.made, one.window
    return (
        f"Does the plant bring the country at least {one.margin.value:,.0f} employee jobs, after those that "
        "disappear elsewhere?\n\n"
        + table(("the plant makes", "jobs, mean [95 %]", "answer"), rows)
        + f"\n\nMean of {window.first[:4]} to {window.last[:4]}, {made.seeds} seeds at scale {made.scale:g}, "
        f"{made.date[:10]}: claim {one.id} of `ornok claims`, with the rest in [docs/claims.md](docs/claims.md)."
    )


def page(text: str) -> str:
    """The README with its result written anew."""
    return renewed(text, {"result": lambda: result(committed())})


if __name__ == "__main__":
    README.write_text(page(README.read_text(encoding="utf-8")), encoding="utf-8")
