// What is known of the firm or region that was clicked, in both worlds; can be chosen without a mouse.

import { fill, monthName, number, signed } from "./format.js";
import { SIDES } from "./colours.js";

const WIDTH = 240, HEIGHT = 64;

export default {
  props: ["run", "other", "version", "month", "picked", "names", "words", "sides", "locale", "view", "follow"],
  emits: ["pick", "follow"],
  template: `
    <aside class="inspector" :aria-label="words.inspector">
      <label>{{ words.look_at }}
        <select :value="chosen" @change="choose($event.target.value)">
          <option value="">{{ words.nothing }}</option>
          <optgroup :label="words.regions"><option v-for="(one, r) in regions" :key="one" :value="'region ' + r">{{ names[one] }}</option></optgroup>
          <optgroup v-if="suppliers.length" :label="words.plant_and_suppliers"><option v-for="one in suppliers" :key="one.key" :value="'firm ' + one.key">{{ one.text }}</option></optgroup>
          <option v-if="firm && !suppliers.some((one) => one.key === firm.key)" :value="'firm ' + firm.key">{{ firmTitle }}</option>
        </select>
      </label>
      <template v-if="firm">
        <h3>{{ firmTitle }}</h3>
        <p>{{ facts }}</p>
        <svg class="mini" :viewBox="'0 0 ${WIDTH} ${HEIGHT}'" role="img" :aria-label="staffText">
          <polyline v-for="one in lines" :key="one.side" :points="one.points" fill="none" :stroke="one.colour" stroke-width="2" :stroke-dasharray="one.dash" vector-effect="non-scaling-stroke"></polyline>
          <line :x1="cursor" :x2="cursor" y1="0" y2="${HEIGHT}" stroke="#5f686d" stroke-width="1"></line>
        </svg>
        <p>{{ staffText }}</p>
        <button v-if="follow" type="button" class="plain" @click="$emit('follow', firm)">{{ words.follow_firm }}</button>
      </template>
      <template v-else-if="region !== null">
        <h3>{{ names[regions[region]] }}</h3>
        <table><thead><tr><th scope="col"><span class="unseen">{{ words.what }}</span></th><th scope="col">{{ sides.a }}</th><th v-if="other" scope="col">{{ words.chart.difference }}</th></tr></thead>
          <tbody><tr v-for="row in regionRows" :key="row.text"><th scope="row">{{ row.text }}</th><td>{{ row.value }}</td><td v-if="other">{{ row.difference }}</td></tr></tbody></table>
      </template>
      <template v-else-if="view === 'network'">
        <h3>{{ words.why_not }}</h3>
        <p class="hint">{{ words.why_not_help }}</p>
        <ul class="reasons"><li v-for="one in reasons" :key="one.text"><span>{{ one.text }}</span><span class="reason" :style="{ width: one.width + '%' }" aria-hidden="true"></span><b>{{ one.count }}</b></li></ul>
      </template>
      <p v-else class="hint">{{ words.click_hint }}</p>
    </aside>`,
  computed: {
    regions() { return this.version >= 0 && this.run.head ? this.run.head.regions : Object.keys(this.names); },
    firm() { return this.version >= 0 && this.picked?.firm ? this.run.byKey.get(this.picked.firm) ?? null : null; },
    region() { return this.picked?.region ?? null; },
    chosen() { return this.picked?.firm ? `firm ${this.picked.firm}` : this.region !== null ? `region ${this.region}` : ""; },
    firmTitle() {
      if (this.firm.origin === 7) return this.run.head.plants[0]?.title ?? this.words.origins[7];
      return `${this.words.sectors[this.run.head.sectors[this.firm.sector]]}, ${this.names[this.regions[this.firm.region]]}`;
    },
    suppliers() {
      if (this.version < 0 || !this.run.head) return [];
      const plants = this.run.firms.filter((one) => one.origin === 7);
      const makers = this.run.running(this.month).map((one) => ({ firm: this.run.firms[one.firm], part: this.words.parts[this.run.head.parts[one.component]] }));
      return [...plants.map((one, k) => ({ key: one.key, text: this.run.head.plants[k]?.title ?? this.words.origins[7] })), ...makers.filter((one) => one.firm).map(({ firm, part }) => ({ key: firm.key, text: `${part} (${this.names[this.regions[firm.region]]})` }))];
    },
    twin() { return this.firm && this.other ? this.other.byKey.get(this.firm.key) ?? null : null; },
    facts() {
      const { firm, words } = this;
      const name = (month) => monthName(month, words.months);
      const parts = [words.origins[firm.origin]];
      parts.push(firm.start < 0 ? words.from_start : fill(words.opened, { month: name(firm.start) }));
      if (firm.end !== null) parts.push(fill(words.closed, { month: name(firm.end) }));
      const made = this.run.contracts.filter((one) => one.firm === firm.number);
      if (made.length) parts.push(fill(words.makes, { part: words.parts[this.run.head.parts[made.at(-1).component]] }));
      if (this.other && firm.origin !== 7 && !this.twin) parts.push(words.only_here);
      return parts.join(" · ");
    },
    staffText() {
      const people = (run, firm) => (firm && run.alive(firm, this.month) ? number(run.staff(firm.number, this.month) * run.head.scale, this.locale) : "0");
      const own = `${this.sides.a}: ${people(this.run, this.firm)}`;
      return fill(this.words.staff, { month: monthName(this.month, this.words.months) }) + " " + (this.other ? `${own}; ${this.sides.b}: ${this.twin ? people(this.other, this.twin) : "–"}` : own);
    },
    cursor() { return (WIDTH * this.month) / (this.run.horizon - 1); },
    lines() {
      const both = [["b", this.other, this.twin], ["a", this.run, this.firm]].filter(([, run, firm]) => run && firm);
      const tables = both.map(([side, run, firm]) => ({ side, values: Array.from({ length: run.months }, (_, m) => run.staff(firm.number, m)) }));
      const most = Math.max(1, ...tables.flatMap((one) => one.values));
      return tables.map(({ side, values }) => ({
        side, colour: SIDES[side].colour, dash: side === "b" ? "5 3" : null,
        points: values.map((v, m) => `${((WIDTH * m) / (this.run.horizon - 1)).toFixed(1)},${(HEIGHT - 2 - ((HEIGHT - 6) * v) / most).toFixed(1)}`).join(" "),
      }));
    },
    regionRows() {
      if (this.version < 0 || !this.run.months) return [];
      const month = Math.min(this.month, this.run.months - 1);
      return Object.entries(this.words.regional).map(([name, text]) => {
        const factor = name === "value_added" ? 12e-9 : 1;
        const one = this.run.byRegion(name, month)[this.region] * factor;
        const two = this.other?.months ? this.other.byRegion(name, Math.min(month, this.other.months - 1))[this.region] * factor : NaN;
        return { text, value: number(one, this.locale), difference: signed(one - two, this.locale) };
      });
    },
    // Candidates that failed in tenders over the last twelve months, by reason.
    reasons() {
      if (this.version < 0 || !this.run.months) return [];
      const last = Math.min(this.month, this.run.months - 1);
      const counts = Object.entries(this.words.reasons).map(([name, text]) => {
        const series = this.run.series[`failed_${name}`];
        let count = 0;
        for (let m = Math.max(0, last - 11); m <= last; m++) count += series[m];
        return { text, count };
      });
      const most = Math.max(1, ...counts.map((one) => one.count));
      return counts.sort((one, two) => two.count - one.count).map((one) => ({ text: one.text, count: number(one.count, this.locale), width: (42 * one.count) / most }));
    },
  },
  methods: {
    choose(value) {
      const [kind, which] = value.split(" ");
      this.$emit("pick", kind === "firm" ? { firm: which } : kind === "region" ? { region: +which } : null);
    },
  },
};
