// Model: description, parameters, data, evidence, limits, versions: a tab each.

import { saveText } from "./download.js";
import { fill, number } from "./format.js";

const MOST_ROWS = 60;
const KEYS = { ArrowRight: 1, ArrowLeft: -1 };

export default {
  data: () => ({ words: "", grade: "", most: MOST_ROWS, open: {} }),
  template: `
    <div class="model pages">
      <h1>{{ texts.title }}</h1>
      <p class="lead">{{ texts.lead }}</p>
      <p v-if="notice" class="notice" role="alert">{{ notice }}</p>
      <div class="tabs-bar" role="tablist" :aria-label="texts.title" @keydown="arrow">
        <button v-for="one in parts" :key="one" type="button" role="tab" :id="'tab-' + one" :aria-selected="one === part ? 'true' : 'false'" aria-controls="part" :tabindex="one === part ? 0 : -1" @click="show(one)">{{ texts.parts[one] }}</button>
      </div>
      <section id="part" role="tabpanel" :aria-labelledby="'tab-' + part">
        <template v-if="part === 'odd' && content.html">
          <p v-if="texts.english" class="small">{{ texts.english }}</p>
          <div class="filters"><label>{{ texts.section }}
            <select :value="content.section" @change="go(+$event.target.value)"><option v-for="(title, k) in content.titles" :key="k" :value="k">{{ title }}</option></select></label></div>
          <div class="odd" lang="en" ref="odd" v-html="content.html" @click="follow"></div>
          <p class="steps"><button v-if="content.section > 0" type="button" @click="go(content.section - 1)">← {{ content.titles[content.section - 1] }}</button>
          <button v-if="content.section < content.titles.length - 1" type="button" @click="go(content.section + 1)">{{ content.titles[content.section + 1] }} →</button></p>
        </template>

        <template v-if="part === 'parameters' && content.rows">
          <p>{{ texts.parameters_lead }}</p>
          <ul class="counts"><li v-for="one in content.grades" :key="one.grade"><b>{{ one.n }}</b> {{ texts.grades[one.grade] }}</li></ul>
          <div class="filters">
            <label>{{ texts.search }} <input type="search" v-model="words"></label>
            <label>{{ texts.grade }} <select v-model="grade"><option value="">{{ texts.all }}</option><option v-for="one in content.grades" :key="one.grade" :value="one.grade">{{ texts.grades[one.grade] }} ({{ one.n }})</option></select></label>
            <label>{{ texts.pack }} <select :value="content.pack" @change="choose({ pack: $event.target.value })"><option v-for="(text, name) in texts.packs" :key="name" :value="name">{{ text }}</option></select></label>
            <button type="button" @click="csv('parameters', ['name', 'value', 'unit', 'low', 'high', 'grade', 'source', 'meaning'], found.map((one) => [one.name, one.value, one.unit, one.low, one.high, one.grade, one.source, one.meaning]))">{{ texts.chart.csv }}</button>
          </div>
          <p class="small" role="status">{{ say(texts.found, { n: found.length, of: content.rows.length }) }}</p>
          <div class="wide" tabindex="0" role="region" :aria-label="texts.parts.parameters"><table class="plain parameters">
            <thead><tr><th scope="col">{{ texts.parameter }}</th><th scope="col">{{ texts.value }}</th><th scope="col">{{ texts.unit }}</th><th scope="col">{{ texts.range }}</th><th scope="col">{{ texts.grade }}</th><th scope="col">{{ texts.source }}</th></tr></thead>
            <tbody><tr v-for="one in found.slice(0, most)" :key="one.name"><th scope="row"><code>{{ one.name }}</code><span class="soft" lang="en">{{ one.meaning }}</span></th><td>{{ value(one.value) }}</td><td lang="en">{{ one.unit }}</td><td>{{ one.low === null ? '–' : value(one.low) + ' – ' + value(one.high) }}</td><td><span class="grade" :class="one.grade">{{ texts.grades[one.grade] }}</span></td><td lang="en" class="source">{{ one.source }}</td></tr></tbody>
          </table></div>
          <p v-if="found.length > most"><button type="button" @click="most += 200">{{ texts.more }}</button></p>
        </template>

        <template v-if="part === 'data' && content.tables">
          <p>{{ texts.data_lead }}</p>
          <div class="filters"><label>{{ texts.pack }} <select :value="content.pack" @change="choose({ pack: $event.target.value })"><option v-for="(text, name) in texts.packs" :key="name" :value="name">{{ text }}</option></select></label></div>
          <div class="wide" tabindex="0" role="region" :aria-label="texts.parts.data"><table class="plain">
            <thead><tr><th scope="col">{{ texts.table }}</th><th scope="col">{{ texts.what }}</th><th scope="col">{{ texts.rows }}</th><th v-for="one in content.tables[0].grades" :key="one.grade" scope="col">{{ texts.grades[one.grade] }}</th></tr></thead>
            <tbody><tr v-for="one in content.tables" :key="one.name"><th scope="row"><button type="button" class="link" :aria-pressed="one.name === content.table" @click="choose({ table: one.name })">{{ one.name }}</button></th><td>{{ texts.tables[one.name.replace('.csv', '')] }}</td><td>{{ one.rows }}</td><td v-for="g in one.grades" :key="g.grade">{{ g.n || '–' }}</td></tr></tbody>
          </table></div>
          <h2>{{ content.table }}</h2>
          <div class="filters"><label>{{ texts.search }} <input type="search" v-model="words"></label><button type="button" @click="csv(content.table.replace('.csv', ''), content.columns, cells)">{{ texts.chart.csv }}</button></div>
          <p class="small" role="status">{{ say(texts.found, { n: cells.length, of: content.cells.length }) }}</p>
          <div class="wide" tabindex="0" role="region" :aria-label="content.table" lang="en"><table class="plain">
            <thead><tr><th v-for="one in content.columns" :key="one" scope="col">{{ one }}</th></tr></thead>
            <tbody><tr v-for="(row, r) in cells.slice(0, most)" :key="r"><td v-for="(cell, c) in row" :key="c">{{ cell }}</td></tr></tbody>
          </table></div>
          <p v-if="cells.length > most"><button type="button" @click="most += 200">{{ texts.more }}</button></p>
        </template>

        <template v-if="part === 'evidence' && content.targets">
          <p><b>{{ content.totals }}</b></p>
          <p v-if="content.made && !content.current" class="notice" role="note">{{ texts.evidence_old }}</p>
          <p class="small">{{ content.made }} {{ texts.evidence_rule }}</p>
          <div class="wide" tabindex="0" role="region" :aria-label="texts.parts.evidence"><table class="plain">
            <thead><tr><th scope="col">{{ texts.target }}</th><th scope="col">{{ texts.verdict }}</th><th scope="col">{{ texts.rows_passed }}</th><th scope="col">{{ texts.label }}</th><th scope="col">{{ texts.controls }}</th><th scope="col">{{ texts.baselines }}</th></tr></thead>
            <tbody><tr v-for="one in content.targets" :key="one.name"><th scope="row"><button type="button" class="link" :aria-expanded="!!open[one.name]" @click="open = { ...open, [one.name]: !open[one.name] }">{{ one.name }} {{ one.title }}</button></th><td><span class="verdict" :class="one.word">{{ texts.words[one.word] }}</span></td><td>{{ say(texts.of, one) }}</td><td>{{ one.labels.map((name) => texts.labels[name]).join(', ') }}</td><td>{{ one.controls }}</td><td>{{ one.baselines }} / 3</td></tr></tbody>
          </table></div>
          <p><button type="button" @click="openAll">{{ texts.open_all }}</button></p>
          <template v-for="one in content.targets" :key="one.name"><template v-if="open[one.name]">
            <h2>{{ one.name }} {{ one.title }} <span class="verdict" :class="one.word">{{ texts.words[one.word] }}</span></h2>
            <div class="wide" tabindex="0" role="region" :aria-label="one.title"><table class="plain">
              <thead><tr><th scope="col">{{ texts.row }}</th><th scope="col">{{ texts.published }}</th><th scope="col">{{ texts.band }}</th><th scope="col">{{ texts.judged }}</th><th scope="col">{{ texts.other }}</th><th scope="col">{{ texts.verdict }}</th><th scope="col">{{ texts.label }}</th></tr></thead>
              <tbody><tr v-for="row in one.rows" :key="row.name" :class="{ beside: !row.decisive }"><th scope="row">{{ row.what }}, {{ row.unit }} <span v-if="!row.decisive" class="soft">({{ texts.beside }})</span></th><td lang="en">{{ row.published }}<span class="soft">{{ row.citation }}</span></td><td>{{ row.band }}</td><td><b>{{ row.estimate }}</b><span class="soft">{{ texts.judged_by[row.judged] }}</span></td><td>{{ row.other }}</td><td><span class="verdict" :class="row.word">{{ texts.words[row.word] || row.word }}</span></td><td>{{ texts.labels[row.label] }}</td></tr></tbody>
            </table></div>
            <ul lang="en" class="small"><li v-for="note in one.notes" :key="note">{{ note }}</li><li v-for="c in one.checks" :key="c.what">{{ c.kind }}: {{ c.what }} <b :lang="locale">{{ c.holds === null ? '–' : c.holds ? texts.holds : texts.holds_not }}</b></li></ul>
          </template></template>
          <template v-if="content.record.length">
            <h2>{{ texts.record }}</h2>
            <p class="small">{{ texts.record_lead }}</p>
            <div class="wide" tabindex="0" role="region" :aria-label="texts.record"><table class="plain">
              <thead><tr><th scope="col">{{ texts.what }}</th><th scope="col">{{ texts.chart.year }}</th><th scope="col">{{ texts.recorded }}</th><th scope="col">{{ texts.model }}</th><th scope="col">{{ texts.verdict }}</th><th scope="col">{{ texts.label }}</th><th scope="col">{{ texts.source }}</th></tr></thead>
              <tbody><tr v-for="(one, k) in content.record" :key="k"><th scope="row">{{ one.what }}, {{ one.unit }}</th><td>{{ one.year }}</td><td>{{ one.recorded }}</td><td>{{ one.model }}</td><td><span class="verdict" :class="one.holds === null ? 'none' : one.holds ? 'strict' : 'miss'">{{ one.holds === null ? '–' : one.holds ? texts.holds : texts.holds_not }}</span></td><td>{{ texts.labels[one.kind] || one.kind }}</td><td lang="en">{{ one.source }}</td></tr></tbody>
            </table></div>
          </template>
        </template>

        <dl v-if="part === 'limits' && content.limits" class="limits"><template v-for="one in content.limits" :key="one.title"><dt>{{ one.title }}</dt><dd>{{ one.text }}</dd></template></dl>

        <template v-if="part === 'version' && content.facts">
          <p>{{ texts.version_lead }}</p>
          <dl class="plainly"><template v-for="(text, name) in content.facts" :key="name"><dt>{{ texts.facts[name] || name }}</dt><dd><code>{{ text }}</code></dd></template></dl>
        </template>
      </section>
    </div>`,
  computed: {
    found() {
      const words = this.words.toLowerCase().split(/\s+/).filter(Boolean);
      return this.content.rows.filter((one) => (!this.grade || one.grade === this.grade)
        && words.every((word) => `${one.name} ${one.meaning} ${one.source} ${one.unit}`.toLowerCase().includes(word)));
    },
    cells() {
      const words = this.words.toLowerCase().split(/\s+/).filter(Boolean);
      return this.content.cells.filter((row) => { const all = row.join(" ").toLowerCase(); return words.every((word) => all.includes(word)); });
    },
  },
  watch: {
    part() { this.words = ""; this.grade = ""; this.most = MOST_ROWS; },
    content() {
      if (this.wanted) this.$nextTick(() => { document.getElementById(`odd-${this.wanted}`)?.scrollIntoView(); this.wanted = null; });
    },
  },
  methods: {
    say: fill,
    value(one) { return typeof one === "number" ? number(one, this.locale, Math.abs(one) < 0.01 ? 6 : 4) : one; },
    show(part) {
      this.choose({ part });
      history.replaceState(history.state, "", `${location.pathname}?part=${part}`);
    },
    arrow(event) {
      const step = KEYS[event.key];
      if (!step) return;
      event.preventDefault();
      const next = this.parts[(this.parts.indexOf(this.part) + step + this.parts.length) % this.parts.length];
      this.show(next);
      document.getElementById(`tab-${next}`).focus();
    },
    go(section) { this.wanted = null; this.choose({ section }); window.scrollTo({ top: 0 }); },
    // A link inside the description: to its section, then to its place.
    follow(event) {
      const href = event.target.closest?.("a")?.getAttribute("href");
      if (!href?.startsWith("#")) return;
      event.preventDefault();
      const name = href.slice(1), section = this.content.anchors[name];
      if (section === undefined) return;
      if (section === this.content.section) document.getElementById(`odd-${name}`)?.scrollIntoView();
      else { this.wanted = name; this.choose({ section }); }
    },
    openAll() { this.open = Object.fromEntries(this.content.targets.map((one) => [one.name, true])); },
    csv(name, columns, rows) {
      const cell = (one) => (/[",\n]/.test(String(one ?? "")) ? `"${String(one).replaceAll('"', '""')}"` : String(one ?? ""));
      saveText(`${name}.csv`, [columns, ...rows].map((row) => row.map(cell).join(",")).join("\n") + "\n", "text/csv");
    },
  },
};
