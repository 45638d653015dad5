"""Before the first visitor: workers started, and the first question answered, so that nobody waits."""

from __future__ import annotations

import os
import threading

from ui.band import SEEDS
from ui.jobs import IDLE, BusyError, the_jobs
from ui.question import Question
from ui.run_request import FULL, SERIES


def warm_up() -> None:
    """Start it, in the background; `ORNOK_WARM=0` leaves it out."""
    if os.environ.get("ORNOK_WARM", "1") != "0":
        threading.Thread(target=_ask_first_question, daemon=True).start()


def _ask_first_question() -> None:
    question = Question()
    for seed in range(question.seed, question.seed + SEEDS):
        detail = FULL if seed == question.seed else SERIES
        for plant in (True, False):
            request = question.request(plant=plant, seed=seed, detail=detail)
            try:
                the_jobs().ask(request, lambda _: None, IDLE)
            except BusyError:
                return
