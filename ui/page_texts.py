"""Texts that several pages' components need."""

from __future__ import annotations

from typing import Any

from model.worlds import World, period_of
from ui.language import Words
from ui.run_request import HORIZON


def player_texts(words: Words) -> dict[str, Any]:
    """The texts of the player, with names of regions, sectors and parts."""
    return words.part("player") | {
        "months": words.part("common")["months"],
        "sectors": words.part("sectors"),
        "parts": words.part("parts"),
        "groups": words.part("outcome_groups"),
        "chart": words.part("chart"),
    }


def shocks_of(world: World, words: Words) -> list[dict[str, Any]]:
    """Dated events of a world, for the clock: month and what changes."""
    return [
        {"month": period_of(one.date), "text": words("player.event")}
        for one in world.events
        if 0 <= one.period < HORIZON
    ]
