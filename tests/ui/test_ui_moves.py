"""Workers moving: what a run tells of them is what a slow loop counts, and the map draws and lists it."""

from collections import Counter
from dataclasses import replace

import numpy as np
from conftest import wait_for_runs

from model.workers import ABROAD
from ui.moves import Moves
from ui.question import ask
from ui.recorder import Recorder
from ui.starts import Starts

MONTHS = 60
ABROAD_PLACE = "abroad"


def place(model, worker):
    """The place of one row, as the module's words say it."""
    w = model.workers
    employer = int(w.employer[worker])
    if w.status[worker] == ABROAD:
        return ABROAD_PLACE, employer
    return "home" if employer < 0 else "firm", employer


def named(model, worker, kind, employer, chain):
    if kind == ABROAD_PLACE:
        return ABROAD_PLACE
    if kind == "home":
        return int(model.workers.region[worker])
    return f"firm {employer}" if employer in chain else int(model.firms.region[employer])


def counted(model, before):
    """People by way in the month that has just ended, one person after the other."""
    w, f = model.workers, model.firms
    chain = {one.row for one in model.plants} | {int(one.firm) for one in model.contracts}
    assert chain - {one.row for one in model.plants} == set(np.flatnonzero(f.supplier_tier == 1))
    ways = Counter()
    for worker in range(w.capacity):
        identity, kind, employer = before[worker]
        if identity != w.identity[worker]:
            continue
        was = named(model, worker, kind, employer, chain)
        now = named(model, worker, *place(model, worker), chain)
        if was != now:
            ways[was, now] += 1
    return ways


def told(piece, rows, regions):
    """Ways of each month of a piece, in the words of `counted`."""

    def name(place):
        if place >= 0:
            return f"firm {rows[place]}"
        return ABROAD_PLACE if -1 - place == regions else -1 - place

    columns = [np.frombuffer(piece[x], np.int32) for x in ("from", "to")]
    people = np.frombuffer(piece["people"], np.uint32)
    months, at = [], 0
    for count in np.frombuffer(piece["ways"], np.uint16):
        cut = slice(at, at + int(count))
        ways = zip(columns[0][cut], columns[1][cut], people[cut], strict=True)
        months.append(Counter({(name(int(x)), name(int(y))): int(n) for x, y, n in ways}))
        at += int(count)
    assert at == len(people)
    return months


def test_moves_are_those_of_a_slow_loop():
    question, _ = ask({"pack": "valley", "world": "volume"})
    request = replace(question.request(plant=True), horizon=MONTHS)
    model = Starts().begin(request.setup(), lambda: None)
    recorder, moves, pieces, expected = Recorder(model), Moves(model), [], []
    while model.period < MONTHS - 1:
        before = [
            (model.workers.identity[k], *place(model, k)) for k in range(model.workers.capacity)
        ]
        model.step()
        recorder.note()
        moves.note()
        expected.append(counted(model, before))
        if model.period in (7, 8, 40):
            pieces.append(recorder.take())
    pieces.append(recorder.take())
    rows = np.concatenate([np.frombuffer(one["firms"]["row"], np.int32) for one in pieces])
    regions = len(model.pack.region_ids)
    assert [way for one in pieces for way in told(one["moves"], rows, regions)] == expected
    every = sum(expected, Counter())
    plants = [f"firm {one.row}" for one in model.plants]
    assert any(to in plants for _, to in every)
    assert any(ABROAD_PLACE in way for way in every)
    # In one piece or in four: the same.
    whole = moves.take(np.arange(model.firms.capacity))
    assert told(whole, np.arange(model.firms.capacity), regions) == expected
    assert not told(moves.take(rows), rows, regions)


ARROWS = """async () => {
  const { Moves, roundUp } = await import('/static/assets/ornok/moves.js');
  const bytes = (Type, all) => new DataView(Type.from(all).buffer);
  const moves = new Moves(50);
  // 24 months: 4 agents to the plant (firm 0) from region 0, 30 agents from region 0 abroad (regions: 2), 1 back.
  for (let m = 0; m < 24; m++)
    moves.add({ ways: bytes(Uint16Array, [3]), from: bytes(Int32Array, [-1, -1, -3]), to: bytes(Int32Array, [0, -3, -1]), people: bytes(Uint32Array, [4, 30, 1]) });
  const of = (from, to) => moves.arrows.filter((one) => one.from === from && one.to === to).length;
  const seen = [];
  moves.each(23, (one, far) => seen.push([one.start, far]));
  const none = [];
  moves.each(-1, () => none.push(1));
  return { people: moves.people, own: of(-1, 0), out: of(-1, -3), back: of(-3, -1), seen, none: none.length,
    table: Object.fromEntries(moves.table(23, (place) => place)), first: Object.fromEntries(moves.table(0, (place) => place)),
    round: [1, 2, 3, 99, 100, 101, 4999].map(roundUp) };
}"""


def test_arrows_are_as_many_as_people(visit):
    """One an agent for the plant; elsewhere one whenever so many more have gone, rounded to the nearest."""
    found = visit("/").evaluate(ARROWS)
    assert found["round"] == [1, 2, 5, 100, 100, 200, 5000]
    assert found["people"] == 200  # 31 agents of 50 people a month, at most eight arrows of them
    assert found["own"] == 24 * 4
    assert found["out"] == 24 * 30 * 50 / 200
    assert found["back"] == 24 * 50 / 200
    assert found["none"] == 0
    assert all(0 < far < 1 and 17.999 < start < 24 for start, far in found["seen"])
    assert found["table"] == {"-1\t0": 12 * 200, "-1\t-3": 12 * 1500, "-3\t-1": 12 * 50}
    assert found["first"] == {"-1\t0": 200, "-1\t-3": 1500, "-3\t-1": 50}


PAINTED = """() => {
  const canvas = document.querySelector('.canvases canvas');
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  let yellow = 0;
  for (let k = 0; k < data.length; k += 4) yellow += Math.abs(data[k] - 240) < 3 && Math.abs(data[k + 1] - 228) < 3 && Math.abs(data[k + 2] - 66) < 3;
  return yellow;
}"""


def test_the_map_draws_them_and_a_table_lists_them(visit):
    page = visit("/explore?pack=valley&world=volume")
    wait_for_runs(page)
    page.locator(".timeline input").fill("30")
    assert page.evaluate(PAINTED) > 5
    assert "people an arrow: 1" in page.text_content(".legend")
    page.get_by_label("workers moving").uncheck()
    page.wait_for_timeout(100)
    assert page.evaluate(PAINTED) == 0
    assert "people an arrow" not in page.text_content(".legend")
    page.locator(".moves summary").click()
    assert "July 2025" in page.text_content(".moves summary")
    page.wait_for_selector(".moves tbody tr")
    ways = page.locator(".moves tbody tr th").all_text_contents()
    assert "the plant" in ways[:2]  # what has to do with it comes first
    to = page.locator(".moves tbody tr th:nth-child(2)").all_text_contents()
    assert {"the plant", "abroad"} <= set(to)
    people = page.locator(".moves tbody td:nth-child(3)").all_text_contents()
    elsewhere = [
        int(n.replace(",", ""))
        for n, way in zip(people, zip(ways[::2], ways[1::2], strict=True), strict=True)
        if not {"the plant", "its suppliers"} & set(way)
    ]
    assert elsewhere == sorted(elsewhere, reverse=True)
    assert elsewhere[0] > 0
