// Who moved in the last twelve months, as a table: what the arrows of the map show.

import { fill, monthName, number, signed } from "./format.js";

export default {
  name: "MovesTable",
  props: ["run", "other", "version", "month", "names", "words", "sides", "locale"],
  data: () => ({ open: false }),
  template: `
    <details class="moves" @toggle="open = $event.target.open"><summary>{{ title }}</summary>
      <template v-if="open">
        <p>{{ words.moves_help }}</p>
        <div class="scroll" tabindex="0" role="region" :aria-label="title"><table>
          <thead><tr><th scope="col">{{ words.moves_from }}</th><th scope="col">{{ words.moves_to }}</th><th scope="col">{{ sides.a }}</th><th v-if="other" scope="col">{{ words.chart.difference }}</th></tr></thead>
          <tbody><tr v-for="row in rows" :key="row.from + '>' + row.to"><th scope="row">{{ row.from }}</th><th scope="row">{{ row.to }}</th><td>{{ row.people }}</td><td v-if="other">{{ row.more }}</td></tr></tbody>
        </table></div>
      </template>
    </details>`,
  computed: {
    title() { return fill(this.words.moves_title, { month: monthName(this.month, this.words.months) }); },
    rows() {
      if (this.version < 0 || !this.run.moves) return [];
      const one = this.run.moves.table(this.month, (place) => this.place(this.run, place));
      const two = this.other?.moves?.table(this.month, (place) => this.place(this.other, place)) ?? new Map();
      const rows = [...new Set([...one.keys(), ...two.keys()])].map((key) => {
        const [from, to] = key.split("\t");
        return { from, to, now: one.get(key) ?? 0, then: two.get(key) ?? 0 };
      });
      // What the plant and its suppliers have to do with comes first.
      const own = ({ from, to }) => [from, to].some((one) => one === this.words.moves_plant || one === this.words.moves_suppliers);
      return rows.sort((a, b) => own(b) - own(a) || b.now - a.now || b.then - a.then).map(({ from, to, now, then }) => ({
        from, to, people: number(now, this.locale), more: signed(now - then, this.locale),
      }));
    },
  },
  methods: {
    place(run, code) {
      if (code >= 0) return this.words[run.firms[code].origin === 7 ? "moves_plant" : "moves_suppliers"];
      const region = run.head.regions[-1 - code];
      return region ? this.names[region] : this.words.abroad_place;
    },
  },
};
