// Studies: one folder of `ornok study`: how far it is, its outcomes over time, what mattered, tables.

import FigureCard from "./figure_card.js";
import { bands, bars, heat } from "./figures.js";
import { fill, number } from "./format.js";
import { saveText } from "./download.js";

const MOST_ROWS = 50;

export default {
  components: { FigureCard },
  data: () => ({ found: null, state: "", number: 0, most: MOST_ROWS }),
  template: `
    <div class="studies pages">
      <h1>{{ texts.title }}</h1>
      <p class="lead">{{ texts.lead }}</p>
      <p v-if="notice" class="notice" role="alert">{{ notice }}</p>
      <p v-if="!studies.length" class="notice">{{ texts.none }}</p>
      <div v-else class="filters"><label>{{ texts.choose }}
        <select :value="chosen" @change="ask({ study: $event.target.value })"><option value="" disabled>{{ texts.choose_one }}</option><option v-for="one in studies" :key="one.name" :value="one.name">{{ one.title ? one.title + ' (' + one.name + ')' : one.name }}</option></select></label>
        <button v-if="chosen" type="button" @click="again">{{ texts.renew }}</button></div>
      <p v-if="failure" class="notice failed" role="alert">{{ texts.failures[failure] }}</p>
      <p v-else-if="chosen && state !== 'done'" class="small" role="status">{{ texts.reading }}</p>
      <template v-if="chosen && found && !failure">
        <p v-if="found.problem" class="notice failed" role="alert">{{ texts.unreadable }} <code lang="en">{{ found.problem }}</code></p>
        <template v-else>
          <h2>{{ found.title }}</h2>
          <p v-if="found.question">{{ found.question }}</p>
          <div class="progress" role="img" :aria-label="done"><span class="ok" :style="{ width: share(found.done) }"></span><span class="bad" :style="{ width: share(found.failed) }"></span></div>
          <p>{{ done }} <span v-if="found.running"> {{ texts.running }}</span></p>
          <p class="small">{{ say(texts.what, { worlds: found.worlds.map(world).join(', '), points: num(found.n_points), design: texts.designs[found.design] || found.design, seeds: num(found.seeds), pack: found.pack }) }} {{ found.against ? say(texts.compared, { world: world(found.against) }) : texts.compared_nothing }} {{ texts.code }} <code>{{ found.made_by.join(', ') || found.code }}</code></p>
          <p v-if="found.mixed" class="notice" role="note">{{ texts.mixed }}</p>
          <details v-if="found.failures.length" open><summary>{{ say(texts.failed, { n: num(found.failed) }) }}</summary>
            <div class="wide" tabindex="0" role="region" :aria-label="say(texts.failed, { n: num(found.failed) })"><table class="plain">
              <thead><tr><th scope="col">{{ texts.world }}</th><th scope="col">{{ texts.seed }}</th><th scope="col">{{ texts.parameters }}</th><th scope="col">{{ texts.reason }}</th></tr></thead>
              <tbody><tr v-for="(one, k) in found.failures" :key="k"><th scope="row">{{ world(one.world) }}</th><td>{{ one.seed }}</td><td><code>{{ one.parameters }}</code></td><td lang="en">{{ one.type }}: {{ one.message }}</td></tr></tbody>
            </table></div>
          </details>
          <template v-if="found.outcomes">
            <div class="filters">
              <label>{{ texts.outcome }} <select :value="found.outcome" @change="ask({ study: chosen, outcome: $event.target.value, point: found.point })"><option v-for="one in found.outcomes" :key="one" :value="one">{{ label(one) }}</option></select></label>
              <label v-if="found.n_points > 1">{{ texts.point }} <select :value="found.point" @change="ask({ study: chosen, outcome: found.outcome, point: +$event.target.value })"><option :value="0">{{ texts.all_points }}</option><option v-for="(text, k) in found.points" :key="k" :value="k + 1">{{ k + 1 }}: {{ text }}</option></select></label>
            </div>
            <p class="small">{{ found.point ? texts.interval : texts.middle }}</p>
            <div class="figures">
              <figure-card :name="found.outcome" :title="label(found.outcome)" :unit="unit" :texts="texts.chart" :locale="locale" :height="280" v-bind="levels"></figure-card>
              <figure-card v-if="differences" :name="found.outcome + '-difference'" :title="say(texts.difference_to, { world: world(found.against) })" :unit="unit" :texts="texts.chart" :locale="locale" :height="280" v-bind="differences"></figure-card>
            </div>
            <template v-if="heats.length"><h3>{{ texts.heat }}</h3><div class="figures">
              <figure-card v-for="one in heats" :key="one.name" :name="one.name" :title="one.title" :unit="unit" :texts="texts.chart" :locale="locale" :height="360" :option="one.option" :columns="one.columns" :rows="one.rows"></figure-card>
            </div></template>
            <template v-if="found.sensitivity">
              <h3>{{ texts.sensitivity }}</h3>
              <p class="small">{{ texts.kinds[found.sensitivity.kind] }}</p>
              <p v-if="found.sensitivity.problem" class="notice">{{ texts.unreadable }} <code lang="en">{{ found.sensitivity.problem }}</code></p>
              <div v-else class="figures">
                <figure-card v-for="one in indices" :key="one.name" :name="one.name" :title="one.title" :unit="one.unit" :texts="texts.chart" :locale="locale" :height="one.height" :option="one.option" :columns="one.columns" :rows="one.rows"></figure-card>
              </div>
              <ul v-if="found.sensitivity.words" class="small" lang="en"><li v-for="one in found.sensitivity.words" :key="one">{{ one }}</li></ul>
            </template>
            <h3>{{ found.against ? texts.effects : texts.means }}</h3>
            <p class="small">{{ say(texts.table_help, { outcome: label(found.outcome), unit, n: num(found.table.rows.length), of: num(found.table.all) }) }}</p>
            <p><button type="button" @click="csv">{{ texts.chart.csv }}</button></p>
            <div class="wide" tabindex="0" role="region" :aria-label="found.against ? texts.effects : texts.means"><table class="plain">
              <thead><tr><th v-for="one in found.table.columns" :key="one" scope="col">{{ texts.columns[one] || one }}</th></tr></thead>
              <tbody><tr v-for="(row, r) in found.table.rows.slice(0, most)" :key="r"><td v-for="(cell, c) in row" :key="c">{{ found.table.columns[c] === 'world' ? world(cell) : typeof cell === 'number' || cell === null ? num(cell) : cell }}</td></tr></tbody>
            </table></div>
            <p v-if="found.table.rows.length > most"><button type="button" @click="most += 200">{{ texts.more }}</button></p>
          </template>
        </template>
      </template>
    </div>`,
  mounted() { this.ready(); },
  computed: {
    failure() { return ["busy", "too_long", "failed"].includes(this.state) ? this.state : null; },
    unit() { return this.texts.units[this.found.unit] ?? this.found.unit; },
    done() { return fill(this.texts.done, { done: this.num(this.found.done), total: this.num(this.found.total), failed: this.num(this.found.failed), left: this.num(this.found.left) }); },
    levels() { return this.overTime(this.found.levels, false); },
    differences() { return this.found.differences ? this.overTime(this.found.differences, true) : null; },
    heats() {
      const say = (text) => (Number.isNaN(+text) ? text : number(+text, this.locale, 6));
      return this.found.heat.map((found) => ({ ...found, columns: found.columns.map(say), rows: found.rows.map(say) })).map((one) => ({
        name: `${this.found.outcome}-${one.world}-heat`, title: this.found.against ? this.pair(one.world) : this.world(one.world),
        option: heat(one.columns, one.rows, one.cells, { locale: this.locale, unit: this.unit, x: one.x, y: one.y }),
        columns: [one.x, one.y, this.unit], rows: one.cells.map(([x, y, value]) => [one.columns[x], one.rows[y], value]),
      }));
    },
    indices() {
      const { names, kind, worlds } = this.found.sensitivity;
      const shown = names.map((name) => this.texts.indices[name]);
      return worlds.map((one) => ({
        name: `${this.found.outcome}-${one.world}-${kind}`, title: one.measure === "effect" ? this.pair(one.world) : this.world(one.world),
        unit: kind === "morris" ? this.unit : "", height: 60 + 26 * one.rows.length * (0.5 + 0.5 * names.length),
        option: bars(one.rows, shown, { locale: this.locale, interval: "95 %" }),
        columns: [this.texts.parameter, ...shown.flatMap((name) => [name, `${name}: ${this.texts.chart.low}`, `${name}: ${this.texts.chart.high}`]), this.texts.stands_out],
        rows: one.rows.map((row) => [row.name, ...row.values.flatMap((v) => [v.value, v.low, v.high]), row.stands_out ? this.texts.yes : this.texts.no]),
      }));
    },
  },
  methods: {
    say: fill,
    num(value) { return number(value, this.locale); },
    world(name) { return this.texts.worlds[name] ?? name; },
    pair(name) { return fill(this.texts.pair, { a: this.world(name), b: this.world(this.found.against) }); },
    label(name) { return this.texts.labels[name] ?? name; },
    share(n) { return `${(100 * n) / Math.max(1, this.found.total)}%`; },
    ask(wanted) {
      this.most = MOST_ROWS;
      history.replaceState(history.state, "", `${location.pathname}?study=${encodeURIComponent(wanted.study)}`);
      this.choose(wanted);
    },
    // The same question once more: asked anew only if the study has changed since.
    again() { this.choose({ study: this.chosen, outcome: this.found?.outcome ?? "", point: this.found?.point ?? -1, again: Date.now() % 1_000_000 }); },
    overTime({ times, lines }, sign) {
      const series = lines.map((one) => ({ ...one, name: this.world(one.world) }));
      const { low, high } = this.texts.chart;
      return {
        option: bands(times, series, { locale: this.locale, interval: this.found.point ? "95 %" : "5–95 %", sign }),
        columns: [this.texts.time, ...series.flatMap((one) => [one.name, `${one.name}: ${low}`, `${one.name}: ${high}`])],
        rows: times.map((time, m) => [time, ...series.flatMap((one) => [one.mean[m], one.low[m], one.high[m]])]),
      };
    },
    csv() {
      const cell = (one) => (/[",\n]/.test(String(one ?? "")) ? `"${String(one).replaceAll('"', '""')}"` : String(one ?? ""));
      const { columns, rows } = this.found.table;
      saveText(`${this.found.outcome}-${this.found.against ? "effects" : "means"}.csv`, [columns, ...rows].map((row) => row.map(cell).join(",")).join("\n") + "\n", "text/csv");
    },
    // Told by the server (ui/stage.py).
    jupyter_begin(side, number) { this.number = number; this.state = "waiting"; },
    jupyter_piece(side, number, piece, buffers) {
      if (number !== this.number) return;
      this.found = JSON.parse(new TextDecoder().decode(buffers[piece.json.buffer]));
    },
    jupyter_state(side, number, state) { if (number === this.number) this.state = state; },
    jupyter_forget() { this.state = ""; },
  },
};
