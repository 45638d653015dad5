"""The answers that come with Ornok, and whether they are those of the code that is here."""

from __future__ import annotations

from pathlib import Path

from experiments.claims.form import Answers, Made

__all__ = ["ANSWERS", "committed", "is_of_this_code"]

ANSWERS = Path(__file__).with_name("answers.json")


def committed(path: Path = ANSWERS) -> Answers:
    """The answers that come with Ornok."""
    return Answers.model_validate_json(path.read_text(encoding="utf-8"))


def is_of_this_code(made: Made) -> bool:
    """Whether the code and the pack that made the answers are those that run here."""
    from experiments.study_plan import code_version
    from model import load_pack
    from model.errors import InputError

    try:
        same_pack = load_pack(made.pack).digest == made.pack_hash
    except InputError:  # a pack that is not here
        return False
    return same_pack and made.code == code_version()
