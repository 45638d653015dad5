// One figure that is drawn from numbers already at hand: its title, the plot, and the same numbers as a table,
// a CSV and a picture. Charts of runs that are still coming are `chart_card.js`.

import { saveText, saveUrl } from "./download.js";
import { number } from "./format.js";
import plot from "./plot.js";

export default {
  mixins: [plot],
  // option: what ECharts draws; columns, rows: the same as a table (raw values); digits: of its numbers.
  props: ["name", "title", "unit", "option", "columns", "rows", "texts", "locale", "height", "digits"],
  data: () => ({ table: false }),
  template: `
    <figure class="chart figure" :class="{ open: table }">
      <figcaption>
        <b>{{ title }}</b> <span class="unit">{{ unit }}</span>
        <span class="tools">
          <button type="button" @click="table = !table" :aria-pressed="table" :title="texts.table" :aria-label="texts.table + ': ' + title"><i class="mdi mdi-table" aria-hidden="true"></i></button>
          <button type="button" @click="csv" :title="texts.csv" :aria-label="texts.csv + ': ' + title"><i class="mdi mdi-download" aria-hidden="true"></i></button>
          <button type="button" @click="picture" :title="texts.png" :aria-label="texts.png + ': ' + title"><i class="mdi mdi-image-outline" aria-hidden="true"></i></button>
        </span>
      </figcaption>
      <div v-show="!table" class="plot" role="img" :aria-label="title + ', ' + unit" :style="{ height: (height || 240) + 'px' }"><div ref="plot" class="canvas"></div></div>
      <div v-if="table" class="scroll" tabindex="0" role="region" :aria-label="title">
        <table>
          <thead><tr><th v-for="one in columns" :key="one" scope="col">{{ one }}</th></tr></thead>
          <tbody><tr v-for="(row, r) in rows" :key="r"><template v-for="(cell, c) in row" :key="c"><th v-if="c === 0" scope="row">{{ cell }}</th><td v-else>{{ shown(cell) }}</td></template></tr></tbody>
        </table>
      </div>
    </figure>`,
  created() { this.replaces = { notMerge: true }; },
  watch: {
    option() { this.renew(); },
    height() { this.$nextTick(() => this.chart?.resize()); },
  },
  methods: {
    drawing() { return this.option; },
    shown(cell) { return typeof cell === "number" || cell === null ? number(cell, this.locale, this.digits ?? null) : cell; },
    csv() {
      const written = (cell) => {
        if (cell === null || cell === undefined) return "";
        const text = typeof cell === "number" ? String(+cell.toPrecision(9)) : String(cell);
        return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
      };
      const lines = [this.columns, ...this.rows].map((row) => row.map(written).join(","));
      saveText(`${this.name}.csv`, lines.join("\n") + "\n", "text/csv");
    },
    picture() { saveUrl(`${this.name}.png`, this.pictureUrl()); },
  },
};
