// One outcome over twenty years: with the plant and without it, or the difference with its band. Each
// chart is also a table, a CSV and a picture.

import { BLUE, SIDES } from "./colours.js";
import { saveText, saveUrl } from "./download.js";
import { fill, isoMonth, number, signed } from "./format.js";
import plot from "./plot.js";

export default {
  mixins: [plot],
  props: ["outcome", "runs", "version", "band", "difference", "texts", "sides", "locale", "month", "horizon", "marks"],
  emits: ["go", "remove"],
  data: () => ({ table: false }),
  created() { this.replaces = { replaceMerge: ["series"] }; },
  template: `
    <figure class="chart" :class="{ open: table }">
      <figcaption>
        <b>{{ outcome.label }}</b> <span class="unit">{{ unit }}</span>
        <span class="tools">
          <button type="button" @click="table = !table" :aria-pressed="table" :title="texts.table" :aria-label="texts.table + ': ' + outcome.label"><i class="mdi mdi-table" aria-hidden="true"></i></button>
          <button type="button" @click="csv" :title="texts.csv" :aria-label="texts.csv + ': ' + outcome.label"><i class="mdi mdi-download" aria-hidden="true"></i></button>
          <button type="button" @click="picture" :title="texts.png" :aria-label="texts.png + ': ' + outcome.label"><i class="mdi mdi-image-outline" aria-hidden="true"></i></button>
          <button v-if="outcome.extra" type="button" @click="$emit('remove')" :title="texts.remove" :aria-label="texts.remove + ': ' + outcome.label"><i class="mdi mdi-close" aria-hidden="true"></i></button>
        </span>
      </figcaption>
      <div v-show="!table" class="plot" role="img" :aria-label="spoken" @click="goThere">
        <div ref="plot" class="canvas"></div>
        <div class="now" ref="now"></div>
      </div>
      <div v-if="table" class="scroll" tabindex="0" :aria-label="outcome.label">
        <table>
          <thead><tr><th scope="col">{{ texts.year }}</th><th scope="col" v-for="one in columns" :key="one.text">{{ one.text }}</th></tr></thead>
          <tbody><tr v-for="row in rows" :key="row.year"><th scope="row">{{ row.year }}</th><td v-for="(cell, k) in row.cells" :key="k">{{ cell }}</td></tr></tbody>
        </table>
      </div>
    </figure>`,
  computed: {
    unit() { return this.difference ? fill(this.texts.difference_in, { unit: this.outcome.unit }) : this.outcome.unit; },
    columns() {
      const both = Object.keys(this.runs).map((side) => ({ side, text: this.sides[side] }));
      if (both.length < 2) return both;
      const band = this.bandOf() ? [{ text: this.texts.low }, { text: this.texts.high }] : [];
      return [...both, { text: this.texts.difference }, ...band];
    },
    rows() { return this.version >= 0 ? this.yearly().map(({ year, cells }) => ({ year, cells: cells.map((v, k) => (k < 2 ? number : signed)(v, this.locale)) })) : []; },
    spoken() {
      const { a, b } = this.runs;
      const now = Math.min(Math.floor(this.month), (a?.months ?? 1) - 1);
      const parts = [a, b].map((run, k) => run?.months ? `${this.sides[k ? "b" : "a"]}: ${number(run.value(this.outcome, now), this.locale)}` : "").filter(Boolean);
      return `${this.outcome.label}, ${this.outcome.unit}. ${parts.join("; ")}`;
    },
  },
  watch: {
    version() { this.renew(); },
    difference() { this.renew(); },
    band() { this.renew(); },
    texts() { this.renew(); },
    outcome() { this.renew(); },
    month() { this.lay(); },
  },
  methods: {
    bandOf() { return this.band?.outcomes[this.outcome.name] ?? null; },
    // The cursor is moved by CSS: drawing the chart anew for every frame would cost too much.
    lay() {
      if (!this.$refs.now || !this.frame) return;
      const { left, width } = this.frame();
      this.$refs.now.style.transform = `translateX(${left + (width * Math.min(this.month, this.horizon - 1)) / (this.horizon - 1)}px)`;
    },
    frame() {
      const box = this.$refs.plot.getBoundingClientRect();
      return { left: 46, width: Math.max(10, box.width - 46 - 10) };
    },
    drawing() {
      const years = Math.floor(this.horizon / 12);
      const series = this.difference ? this.differenceSeries() : this.sideSeries();
      return {
        grid: { left: 46, right: 10, top: 10, bottom: 20 },
        xAxis: {
          type: "value", min: 0, max: this.horizon - 1, interval: 12 * (years > 12 ? 5 : 2), minInterval: 12,
          axisLabel: { formatter: (m) => (m > this.horizon - 6 ? "" : String(2023 + Math.floor(m / 12))), fontSize: 11, color: "#4d565b", showMaxLabel: false },
          splitLine: { lineStyle: { color: "#eef1f1" } }, axisLine: { lineStyle: { color: "#c9d0d2" } }, axisTick: { show: false },
        },
        yAxis: {
          type: "value", scale: true, splitNumber: 3, minInterval: this.outcome.name === "plant_stage" ? 1 : 0,
          axisLabel: { formatter: (v) => number(v, this.locale), fontSize: 11, color: "#4d565b" }, splitLine: { lineStyle: { color: "#eef1f1" } },
        },
        tooltip: { trigger: "axis", confine: true, renderMode: "richText", textStyle: { fontSize: 12 }, formatter: (points) => this.tip(points), axisPointer: { lineStyle: { color: "#8a8f94" } } },
        series: [...series, this.eventSeries()],
      };
    },
    sideSeries() {
      return Object.entries(this.runs).filter(([, run]) => run.months > 0).map(([side, run]) => ({
        id: side, type: "line", name: this.sides[side], showSymbol: false, step: this.outcome.name === "plant_stage" ? "end" : false,
        lineStyle: { width: 2, type: SIDES[side].dash, color: SIDES[side].colour }, itemStyle: { color: SIDES[side].colour },
        data: Array.from(run.values(this.outcome), (v, m) => [m, v]), z: side === "a" ? 4 : 3,
      }));
    },
    differenceSeries() {
      const { a, b } = this.runs;
      if (!a?.months || !b?.months) return [];
      const months = Math.min(a.months, b.months);
      const one = a.values(this.outcome), two = b.values(this.outcome);
      const band = this.bandOf();
      const out = [];
      if (band) {
        const low = Array.from(band.low, (v, m) => [m, v]), width = Array.from(band.high, (v, m) => [m, v - band.low[m]]);
        band.each.forEach((values, k) => out.push({ id: `seed ${k}`, type: "line", showSymbol: false, silent: true, lineStyle: { color: "#7b868c", width: 0.8 }, data: Array.from(values, (v, m) => [m, v]), z: 3, tooltip: { show: false } }));
        out.push({ id: "low", type: "line", stack: "band", showSymbol: false, lineStyle: { opacity: 0 }, data: low, silent: true, stackStrategy: "all", tooltip: { show: false } });
        out.push({ id: "band", type: "line", stack: "band", showSymbol: false, lineStyle: { opacity: 0 }, areaStyle: { color: BLUE, opacity: 0.16 }, data: width, silent: true, stackStrategy: "all" });
        out.push({ id: "mean", type: "line", name: this.texts.mean, showSymbol: false, lineStyle: { color: BLUE, width: 2 }, itemStyle: { color: BLUE }, data: Array.from(band.mean, (v, m) => [m, v]), z: 4 });
      }
      out.push({ id: "difference", type: "line", name: this.texts.this_seed, showSymbol: false, lineStyle: { color: band ? "#5f686d" : BLUE, width: band ? 1.2 : 2, type: band ? "dotted" : "solid" }, itemStyle: { color: "#5f686d" }, data: Array.from({ length: months }, (_, m) => [m, one[m] - two[m]]), z: 5 });
      return out;
    },
    eventSeries() {
      return {
        id: "events", type: "line", data: [], silent: true,
        markLine: { symbol: "none", silent: true, animation: false, label: { show: false }, lineStyle: { color: "#b9c0c3", type: "dotted", width: 1.2 }, data: this.marks.map((one) => ({ xAxis: one.month })) },
      };
    },
    tip(points) {
      const month = points[0]?.value[0] ?? 0;
      const lines = points.filter((p) => !["low", "band"].includes(p.seriesId) && !p.seriesId.startsWith("seed ") && p.seriesName)
        .map((p) => `${p.seriesName}: ${(this.difference ? signed : number)(p.value[1], this.locale)}`);
      const band = this.difference && this.bandOf();
      if (band) lines.push(`${this.texts.interval}: ${signed(band.low[month], this.locale)} … ${signed(band.high[month], this.locale)}`);
      return [`${isoMonth(month)}`, ...lines].join("\n");
    },
    goThere(event) {
      const box = this.$refs.plot.getBoundingClientRect();
      const { left, width } = this.frame();
      this.$emit("go", Math.round(((event.clientX - box.left - left) / width) * (this.horizon - 1)));
    },
    // The last month of every year; values as numbers.
    yearly() {
      const sides = Object.values(this.runs);
      const values = sides.map((run) => run.values(this.outcome));
      const months = Math.min(...sides.map((run) => run.months));
      const band = this.bandOf();
      const rows = [];
      for (let m = 11; m < months; m += 12) {
        const cells = values.map((one) => one[m]);
        if (cells.length > 1) cells.push(cells[0] - cells[1]);
        if (cells.length > 2 && band) cells.push(band.low[m], band.high[m]);
        rows.push({ year: 2023 + Math.floor(m / 12), month: m, cells });
      }
      return rows;
    },
    csv() {
      const sides = Object.entries(this.runs);
      const values = sides.map(([, run]) => run.values(this.outcome));
      const months = Math.min(...sides.map(([, run]) => run.months));
      const band = this.bandOf();
      const head = ["month", ...sides.map(([side]) => (side === "a" ? "with" : "without")), ...(sides.length > 1 ? ["difference"] : []), ...(band ? ["low", "high"] : [])];
      const lines = [`# ${this.outcome.name}, ${this.outcome.unit}`, head.join(",")];
      for (let m = 0; m < months; m++) {
        const cells = values.map((one) => one[m]);
        if (cells.length > 1) cells.push(cells[0] - cells[1]);
        if (band) cells.push(band.low[m], band.high[m]);
        lines.push([isoMonth(m), ...cells.map((v) => (Number.isFinite(v) ? +v.toPrecision(7) : ""))].join(","));
      }
      saveText(`${this.outcome.name}.csv`, lines.join("\n") + "\n", "text/csv");
    },
    picture() { saveUrl(`${this.outcome.name}.png`, this.pictureUrl()); },
  },
};
