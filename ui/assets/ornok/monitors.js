// What the plant has changed by now, in a few numbers with their units.

import { number, signed } from "./format.js";

export default {
  props: ["runs", "version", "month", "outcomes", "words", "sides", "locale", "horizon"],
  template: `
    <dl class="monitors" :aria-label="words.monitors">
      <div v-for="one in tiles" :key="one.name" class="monitor" :title="one.help">
        <dt>{{ one.label }}</dt>
        <dd class="big">{{ one.big }} <small>{{ one.unit }}</small></dd>
        <dd class="small"><span v-for="text in one.small" :key="text">{{ text }}</span></dd>
      </div>
    </dl>`,
  computed: {
    tiles() {
      if (this.version < 0) return [];
      return this.words.monitors_shown.map((name) => this.tile(this.outcomes[name])).filter(Boolean);
    },
  },
  methods: {
    tile(outcome) {
      if (!outcome) return null;
      const { a, b } = this.runs;
      const one = a.value(outcome, this.month), two = b ? b.value(outcome, this.month) : null;
      const level = two === null || this.words.levels.includes(outcome.name);
      const write = (value) => number(value, this.locale);
      const small = two === null ? [] : [`${this.sides.a} ${write(one)}`, `${this.sides.b} ${write(two)}`];
      return {
        name: outcome.name, label: outcome.label, help: outcome.help, unit: outcome.unit, small,
        big: level ? write(one) : signed(one - two, this.locale),
      };
    },
  },
};
