// What a page keeps of its runs, and the methods by which the server tells of them. Mixed into a page's
// component: the server calls `jupyter_<method>(...args, buffers)` (ui/stage.py).

import { typed, unflatten } from "./bytes.js";
import { RunData } from "./run_data.js";

const TOGETHER_MS = 25;
const ENDS = ["done", "busy", "too_long", "failed"];

export default {
  data: () => ({ version: 0, states: {}, bandVersion: 0 }),
  created() {
    // Not in data(): Vue would watch every number of it.
    this.runs = {};
    this.numbers = {};
    this.runBand = null;
    this.asked = 0;
    this.waiting = null;
  },
  mounted() { this.ready(); },
  beforeUnmount() { clearTimeout(this.waiting); },
  computed: {
    // A new object whenever something has arrived, so that whoever reads it looks again.
    shownRuns() { return this.version >= 0 ? { ...this.runs } : {}; },
    shownBand() { return this.bandVersion >= 0 ? this.runBand : null; },
    failure() { return ["busy", "too_long", "failed"].find((one) => Object.values(this.states).includes(one)) ?? null; },
    finished() { return Object.values(this.states).every((one) => one === "done"); },
  },
  methods: {
    jupyter_begin(side, number, horizon) {
      this.numbers[side] = number;
      // The old run stays in view until the new one's first months are there.
      this.runs[side] ??= new RunData(horizon);
      this.states = { ...this.states, [side]: "waiting" };
      this.version += 1;
    },
    jupyter_piece(side, number, piece, buffers) {
      if (this.numbers[side] !== number) return;
      const whole = unflatten(piece, buffers);
      if (whole.first === 0) this.runs[side] = new RunData(whole.head.horizon);
      this.runs[side].add(whole);
      this.states = { ...this.states, [side]: "running" };
      this.timed();
      // Both sides' pieces come together: what follows at once is drawn at once.
      this.waiting ??= setTimeout(() => this.look(), TOGETHER_MS);
    },
    jupyter_state(side, number, state) {
      if (this.numbers[side] !== number) return;
      const states = { ...this.states, [side]: state };
      if (this.waiting && Object.values(states).every((one) => ENDS.includes(one))) this.look();
      this.states = states;
      this.timed();
    },
    // Whoever looks at the runs looks again.
    look() {
      clearTimeout(this.waiting);
      this.waiting = null;
      this.version += 1;
    },
    jupyter_forget(side) {
      delete this.runs[side];
      delete this.numbers[side];
      const { [side]: _, ...others } = this.states;
      this.states = others;
      this.version += 1;
    },
    // Mean and interval of the difference over seeds, in shown units; `null` when there is none yet.
    jupyter_band(band, buffers) {
      if (band === null) this.runBand = null;
      else {
        const whole = unflatten(band, buffers);
        const outcomes = {};
        whole.outcomes.forEach((name, o) => {
          const cut = (bytes) => typed(bytes, Float32Array).subarray(o * whole.months, (o + 1) * whole.months);
          outcomes[name] = { mean: cut(whole.mean), low: cut(whole.low), high: cut(whole.high), each: [] };
          if (!whole.each[name]) return;
          const seeds = typed(whole.each[name], Float32Array);
          for (let from = 0; from < seeds.length; from += whole.months) outcomes[name].each.push(seeds.subarray(from, from + whole.months));
        });
        this.runBand = { ...whole, outcomes };
      }
      window.ornokBand = this.runBand && { done: this.runBand.done, of: this.runBand.of };
      this.bandVersion += 1;
    },
    // How long an answer took, for `python -m ui.measure`.
    askedNow() { this.asked = performance.now(); window.ornokTimes = { first: null, all: null, band: null }; },
    timed() {
      const times = window.ornokTimes;
      if (!times || !this.asked) return;
      const now = performance.now() - this.asked;
      const sides = Object.keys(this.numbers);
      if (times.first === null && sides.every((one) => this.runs[one].months > 0 && this.states[one] !== "waiting")) times.first = now;
      if (times.all === null && sides.every((one) => this.states[one] === "done")) times.all = now;
    },
  },
};
