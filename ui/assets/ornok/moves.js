// Who went elsewhere, month by month (ui/moves.py): as arrows on their way, and as a table of a year.

import { typed } from "./bytes.js";

// How long an arrow is on its way, so that the eye can follow it: those on the map are of so many months.
export const TRAVEL = 6;
// So many arrows a month, at most, between regions and abroad.
const MOST = 8;
const GOLDEN = 0.6180339887;

// The next round number of people: 1, 2 or 5 times a power of ten.
export function roundUp(people) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, people)));
  return power * ([1, 2, 5].find((k) => k * power >= people) ?? 10);
}

export class Moves {
  constructor(scale) {
    this.scale = scale; // people that one agent stands for
    this.people = 0; // that one arrow between regions and abroad stands for; known with the first month
    this.ways = []; // month -> [{from, to, people}], people real
    this.arrows = []; // {start, from, to, own}, by month of start
    this.first = [0]; // month -> its first arrow
    this.sums = new Map();
  }

  add(piece) {
    const counts = typed(piece.ways, Uint16Array), from = typed(piece.from, Int32Array);
    const to = typed(piece.to, Int32Array), people = typed(piece.people, Uint32Array);
    let at = 0;
    for (const count of counts) {
      const ways = [];
      for (const end = at + count; at < end; at++) ways.push({ from: from[at], to: to[at], people: people[at] * this.scale });
      this.addMonth(ways);
    }
  }

  addMonth(ways) {
    const month = this.ways.length;
    this.ways.push(ways);
    if (!this.people) this.people = Math.max(this.scale, roundUp(ways.filter((one) => !isOwn(one)).reduce((sum, one) => sum + one.people, 0) / MOST));
    for (const way of ways) {
      const own = isOwn(way);
      // Every agent of the plant and its suppliers is an arrow; else one whenever so many more have gone this way.
      const size = own ? this.scale : this.people;
      const key = `${way.from} ${way.to}`;
      const before = this.sums.get(key) ?? size / 2, after = before + way.people;
      this.sums.set(key, after);
      for (let n = Math.floor(after / size) - Math.floor(before / size); n > 0; n--)
        this.arrows.push({ start: month + ((this.arrows.length * GOLDEN) % 1), from: way.from, to: way.to, own, number: this.arrows.length });
    }
    this.first.push(this.arrows.length);
  }

  // Arrows on their way at a time, each with how far it is, 0 to 1; `time`: months, as the clock has it.
  each(time, tell) {
    const now = time + 1; // a month that is shown is over
    const last = Math.min(Math.floor(time), this.ways.length - 1);
    const first = Math.max(0, last - TRAVEL);
    for (let k = this.first[first]; k < this.first[last + 1]; k++) {
      const far = (now - this.arrows[k].start) / TRAVEL;
      if (far > 0 && far < 1) tell(this.arrows[k], far);
    }
  }

  // People by way over the twelve months up to `month`; `place`: what a place is called in the table.
  table(month, place) {
    const sums = new Map();
    const last = Math.min(month, this.ways.length - 1);
    for (let m = Math.max(0, last - 11); m <= last; m++)
      for (const one of this.ways[m]) {
        const key = `${place(one.from)}\t${place(one.to)}`;
        sums.set(key, (sums.get(key) ?? 0) + one.people);
      }
    return sums;
  }
}

// To or from the plant or a supplier: its places are firms, the others below zero.
function isOwn({ from, to }) { return from >= 0 || to >= 0; }
