// Where somebody is month by month: a lane for each status, a line for each world.

import { SIDES } from "./colours.js";

const LANE = 28, WIDTH = 1000;
// Codes of a spell (ui/story.py) in the order of the lanes from above.
const ORDER = [5, 1, 2, 3, 4];

export default {
  props: ["spells", "horizon", "title", "names", "sides", "marks"],
  template: `
    <figure class="lanes"><figcaption>{{ title }}</figcaption>
      <div class="table">
        <ul aria-hidden="true"><li v-for="one in shown" :key="one.code">{{ one.name }}</li></ul>
        <div class="field"><svg :viewBox="'0 0 ${WIDTH} ' + height" preserveAspectRatio="none" role="img" :aria-label="spoken">
          <rect v-for="(one, k) in shown" :key="one.code" x="0" :y="k * ${LANE}" width="${WIDTH}" height="${LANE}" :fill="k % 2 ? '#fff' : '#f6f7f5'"></rect>
          <line v-for="one in marks" :key="one.month" :x1="at(one.month)" :x2="at(one.month)" y1="0" :y2="height" stroke="#8a8f94" stroke-dasharray="2 3" vector-effect="non-scaling-stroke"></line>
          <path v-for="one in lines" :key="one.side" :d="one.path" fill="none" :stroke="one.colour" stroke-width="3" :stroke-dasharray="one.dash" vector-effect="non-scaling-stroke"></path>
        </svg></div>
        <p class="years" aria-hidden="true"><span v-for="year in years" :key="year" :style="{ left: (100 * (year - 2023) * 12) / horizon + '%' }">{{ year }}</span></p>
      </div>
    </figure>`,
  computed: {
    // The plant's lane only where somebody is in it.
    shown() {
      const used = new Set(Object.values(this.spells).flat().map((one) => one.code));
      return ORDER.map((code, k) => ({ code, name: this.names[k] })).filter(({ code }) => code !== 5 || used.has(5));
    },
    height() { return this.shown.length * LANE; },
    years() { return Array.from({ length: Math.ceil(this.horizon / 60) }, (_, k) => 2023 + 5 * k); },
    lines() {
      return ["b", "a"].filter((side) => this.spells[side]).map((side) => ({
        side, colour: SIDES[side].colour, dash: side === "b" ? "7 4" : null, path: this.path(side),
      }));
    },
    // Shares of the time in words: what the lanes show at a glance.
    spoken() {
      return `${this.title}. ${["a", "b"].filter((side) => this.spells[side]).map((side) => {
        const months = this.shown.map(({ code, name }) => [name, this.spells[side].filter((one) => one.code === code).reduce((sum, one) => sum + one.months, 0)]);
        return `${this.sides[side]}: ${months.filter(([, n]) => n).map(([name, n]) => `${name} ${n}`).join(", ")}`;
      }).join("; ")}`;
    },
  },
  methods: {
    at(month) { return (WIDTH * month) / this.horizon; },
    path(side) {
      const shift = side === "a" ? -4 : 4;
      let open = false;
      return this.spells[side].map(({ code, first, months }) => {
        const lane = this.shown.findIndex((one) => one.code === code);
        if (lane < 0) { open = false; return ""; }
        const y = lane * LANE + LANE / 2 + shift;
        const part = `${open ? "L" : "M"}${this.at(first)} ${y}L${this.at(first + months)} ${y}`;
        open = true;
        return part;
      }).join("");
    },
  },
};
