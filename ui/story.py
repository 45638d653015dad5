"""A life told in sentences, in both worlds side by side: events become words here."""

from __future__ import annotations

from typing import Any

from model.worlds import date_of
from ui.language import Words
from ui.life import PATHS, WORKER_KIND, Event, Life, events_of, parting

Line = dict[str, Any]
# Wages are told to the hundred, sales to three digits: more would look surer than it is.
_ROUND = -2


def story(lives: dict[str, Life], names: dict[str, str], words: Words) -> dict[str, Any]:
    """What the page shows of one life in worlds "a" and "b", either of which may lack it.

    `names`: what to call each world in a sentence ("with the plant").
    `common`: sentences that are the same in both up to where they part; then `a` and `b` on their own.
    """
    told = {
        side: [line(one, life, words) for one in events_of(life)] for side, life in lives.items()
    }
    here = {side: life for side, life in lives.items() if life.first < life.months}
    some = next(iter(here.values()), None)
    common: list[Line] = []
    if len(here) == 2:
        while told["a"] and told["b"] and told["a"][0] == told["b"][0]:
            common.append(told["a"].pop(0))
            told["b"].pop(0)
    return {
        "title": "" if some is None else title(some, words),
        "facts": "" if some is None else facts(some, words),
        "parted": parted(lives, names, words),
        "common": common,
        "a": told.get("a", []),
        "b": told.get("b", []),
    }


def line(event: Event, life: Life, words: Words) -> Line:
    """One event as a sentence, with its month; `firm`: the identity it leads to, "" for none."""
    values = event.values
    firm = values.get("firm", 0)
    filled = {
        name: write(values[name], words)
        for name, write in _WRITERS.items()
        if name in values and values[name] is not None
    }
    before = values.get("before", {})
    filled["before"] = _wage(before.get("wage", 0.0), words)
    filled["place"] = place(life, firm, words)
    filled["left"] = place(life, before.get("firm", 0), words)
    filled["trade"] = sector_name(life.head, values.get("sector", -1), words)
    filled["home"] = region_name(life.head, values.get("region", -1), words)
    filled["from"] = place(life, int(values.get("parent") or 0), words)
    if "component" in values:
        filled["part"] = words(f"parts.{life.head['parts'][values['component']]}")
        filled["start"] = month_of(values["start"], words)
    if life.kind != WORKER_KIND:
        filled["place"] = place(life, life.identity, words)
    return {
        "month": event.month,
        "when": month_of(event.month, words),
        "kind": event.kind,
        "text": words(f"follow.events.{event.kind}", **filled),
    }


def _wage(value: float, words: Words) -> str:
    return words.number(round(value, _ROUND))


def _millions(value: float, words: Words) -> str:
    millions = value / 1e6
    return words.number(millions, 0 if millions >= 10 else 1 if millions >= 1 else 2)


_WRITERS: dict[str, Any] = {
    "wage": _wage,
    "age": lambda value, words: words.number(value),
    "staff": lambda value, words: words.number(value),
    "sales": _millions,
    "share": lambda value, words: words.number(100.0 * value),
    "knowledge": lambda value, words: words.number(value, 2),
}


def month_of(period: int, words: Words) -> str:
    """A period as a month in words."""
    return words.month(date_of(period))


def place(life: Life, firm: int, words: Words) -> str:
    """A firm by trade and region, a plant by its name; "–" for none."""
    known = life.firms.get(firm)
    if known is None:
        return "–"
    if known["plant"] >= 0:
        # The name alone: who is behind it stands in brackets.
        return str(life.head["plants"][known["plant"]]["title"]).partition(" (")[0]
    return f"{sector_name(life.head, known['sector'], words)}, {region_name(life.head, known['region'], words)}"


def sector_name(head: dict[str, Any], number: int, words: Words) -> str:
    """A trade by its number in the run's head; "–" for none."""
    return words(f"sectors.{head['sectors'][number]}") if number >= 0 else "–"


def region_name(head: dict[str, Any], number: int, words: Words) -> str:
    """A region by its number in the run's head, else as its pack names it; "–" for none."""
    if number < 0:
        return "–"
    text = f"regions.{head['regions'][number]}"
    return words(text) if words.has(text) else str(head["region_names"][number])


def title(life: Life, words: Words) -> str:
    """Whose life it is."""
    if life.kind == WORKER_KIND:
        home = region_name(life.head, int(life.columns["region"][life.first]), words)
        age = words.number(int(life.columns["age"][life.first]) // 12)
        return words("follow.title_worker", home=home, age=age)
    name = place(life, life.identity, words)
    if life.plant_of(life.identity) >= 0:
        return name
    return capital(name)


def facts(life: Life, words: Words) -> str:
    """What does not change: schooling and occupation; how a firm came to be."""
    if life.kind == WORKER_KIND:
        learned = words(f"follow.education.{life.facts['education']}")
        return f"{learned}; {words(f'follow.occupation.{life.facts["occupation"]}')}"
    origin = life.firms[life.identity]["origin"]
    text = str(words.part("player")["origins"][origin])
    return capital(text)


def capital(text: str) -> str:
    """The text with a capital at its beginning: a month's or a trade's name may stand there."""
    return text[:1].upper() + text[1:]


def parted(lives: dict[str, Life], names: dict[str, str], words: Words) -> str:
    """Where the two lives part, in a sentence or two."""
    here = [side for side, life in lives.items() if life.first < life.months]
    if not here:
        return ""
    if len(here) == 1:
        return words("follow.only", here=names[here[0]])
    one, other = lives["a"], lives["b"]
    first = parting(one, other)
    if first is None:
        return words("follow.never")
    path = parting(one, other, PATHS[one.kind])
    same = (
        capital(words("follow.same_to", month=month_of(first - 1, words)))
        if first > 0
        else words("follow.never_same")
    )
    if path is None:
        return f"{same} {words(f'follow.money_only_{one.kind}')}"
    if path == first:
        return same
    return f"{same} {words(f'follow.path_{one.kind}', month=month_of(path, words))}"


def series(life: Life) -> dict[str, list[float | None]]:
    """What the charts show, [months] each: nothing where it is not there or earns no wage."""
    c, here = life.columns, life.columns["here"] > 0
    if life.kind == WORKER_KIND:
        shown = {"wage": (c["wage"], here & (c["wage"] > 0.0)), "income": (c["income"], here)}
    else:
        scale = life.head["scale"]
        shown = {
            "staff": (c["staff"] * scale, here),
            "sales": (c["revenue"] * scale / 1e6, here),
            "output": (c["output"] * scale / 1e6, here),
            "wage_offer": (c["wage_offer"], here),
            "knowledge": (c["knowledge"], here),
            "quality": (c["quality"], here),
            "part_sales": (c["part_sales"] * scale / 1e6, here),
        }
    return {
        name: [round(float(v), 6) if there else None for v, there in zip(values, seen, strict=True)]
        for name, (values, seen) in shown.items()
    }


def statuses(life: Life) -> list[dict[str, int]]:
    """Spells of a worker's status: code, first month, months; at a plant the code is 5."""
    if life.kind != WORKER_KIND:
        return []
    spells: list[dict[str, int]] = []
    c = life.columns
    for m in range(life.months):
        at_plant = life.plant_of(int(c["employer"][m])) >= 0
        code = 0 if not c["here"][m] else 5 if at_plant else int(c["status"][m])
        if spells and spells[-1]["code"] == code:
            spells[-1]["months"] += 1
        else:
            spells.append({"code": code, "first": m, "months": 1})
    return spells
