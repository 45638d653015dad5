// Claims: the list of all with their answers, and one of them in full.

import FigureCard from "./figure_card.js";
import { bands, points } from "./figures.js";

const ICONS = { holds: "mdi-check-bold", fails: "mdi-close", only_if: "mdi-call-split", undecided: "mdi-help", not_asked: "mdi-minus" };

export default {
  components: { FigureCard },
  data: () => ({ chosen: "" }),
  template: `
    <div class="claims pages">
      <h1>{{ texts.title }}</h1>
      <p class="lead">{{ texts.lead }}</p>
      <p v-if="notice && !chosen" class="notice" role="alert">{{ notice }}</p>
      <p v-if="!made.current" class="notice" role="note">{{ texts.old }}</p>
      <p class="small">{{ made.text }} <template v-if="made.current">{{ texts.current }}</template> <template v-if="made.few">{{ texts.few }}</template> {{ texts.chance }}</p>
      <ul class="counts"><li v-for="one in counts" :key="one.kind"><span class="verdict" :class="one.kind"><i class="mdi" :class="icon(one.kind)" aria-hidden="true"></i>{{ one.text }}</span> <b>{{ one.n }}</b></li></ul>
      <div class="split">
        <nav class="list" :aria-label="texts.list">
          <a v-for="one in claims" :key="one.id" :href="'/claims?claim=' + one.id" :aria-current="one.id === claim.id ? 'true' : null" @click.prevent="choose(one.id)">
            <span class="name"><span class="id">{{ one.id }}</span> {{ one.name }}</span>
            <span class="verdict" :class="one.verdict"><i class="mdi" :class="icon(one.verdict)" aria-hidden="true"></i>{{ one.verdict_text }}</span>
            <span class="effect">{{ one.effect }}</span>
          </a>
        </nav>
        <article ref="article" tabindex="-1" :aria-label="claim.name">
          <h2>{{ claim.id }} {{ claim.name }}</h2>
          <p class="answer"><span class="verdict" :class="claim.verdict"><i class="mdi" :class="icon(claim.verdict)" aria-hidden="true"></i>{{ claim.verdict_text }}</span> <span v-if="claim.verdict === 'only_if'" class="soft">{{ texts.reference }}: {{ claim.at_reference }}</span></p>
          <dl class="plainly">
            <dt>{{ texts.said }}</dt><dd><q>{{ claim.quote }}</q></dd>
            <dt>{{ texts.asked }}</dt><dd>{{ claim.statement }}</dd>
            <template v-if="claim.measure">
              <dt>{{ texts.measured }}</dt>
              <dd>{{ claim.measure }}: <b>{{ claim.effect }}</b><br><span class="soft">{{ world(claim.worlds[0]) }} {{ texts.against }} {{ world(claim.worlds[1]) }}, {{ claim.window }}; {{ texts.seeds }}: {{ claim.n }}. {{ claim.left_out }}</span></dd>
              <dt>{{ texts.matters }}</dt><dd>{{ claim.margin }}, {{ texts.because }} {{ claim.why }} <span class="soft">({{ texts.grades[claim.grade] }})</span></dd>
            </template>
          </dl>
          <p>{{ claim.reason }}</p>
          <h3>{{ texts.changes }}</h3>
          <p class="flip">{{ claim.flip }}.</p>
          <template v-if="claim.condition">
            <p v-if="!claim.condition.confirmed" class="small">{{ texts.not_confirmed }} {{ claim.condition.text }}.</p>
            <p class="small">{{ claim.condition.quality }}</p>
            <div class="wide" tabindex="0" role="region" :aria-label="texts.changes"><table class="plain">
              <thead><tr><th scope="col">{{ texts.parameter }}</th><th scope="col">{{ texts.now }}</th><th scope="col">{{ texts.from }}</th><th scope="col">{{ texts.to }}</th><th scope="col">{{ texts.range }}</th></tr></thead>
              <tbody><tr v-for="one in claim.condition.bounds" :key="one.parameter"><th scope="row">{{ one.words }} <code>{{ one.parameter }}</code></th><td>{{ one.now }}</td><td>{{ one.from || texts.range_end }}</td><td>{{ one.to || texts.range_end }}</td><td>{{ one.range }}</td></tr></tbody>
            </table></div>
          </template>
          <div class="figures">
            <figure-card v-if="time" :key="claim.id + 'time'" :name="claim.id + '-over-time'" :title="texts.over_time" :unit="claim.figure.unit" :texts="texts.chart" :locale="locale" :option="time.option" :columns="time.columns" :rows="time.rows" :height="260"></figure-card>
            <figure-card v-if="cases" :key="claim.id + 'cases'" :name="claim.id + '-cases'" :title="texts.cases" :unit="claim.figure.unit" :texts="texts.chart" :locale="locale" :option="cases.option" :columns="cases.columns" :rows="cases.rows" :height="260"></figure-card>
          </div>
          <p v-if="time" class="small">{{ texts.dotted }}</p>
          <template v-if="claim.doses.length">
            <h3>{{ texts.by_dose }}</h3>
            <div class="wide" tabindex="0" role="region" :aria-label="texts.by_dose"><table class="plain">
              <thead><tr><th scope="col">{{ texts.plant_makes }}</th><th scope="col">{{ texts.effect }}</th><th scope="col">{{ texts.verdict }}</th><th scope="col">{{ texts.share }}</th></tr></thead>
              <tbody><tr v-for="one in claim.doses" :key="one.dose"><th scope="row">{{ one.dose }}</th><td>{{ one.effect }}</td><td>{{ one.text }}</td><td>{{ one.share }}</td></tr></tbody>
            </table></div>
          </template>
          <details v-if="claim.beside.length"><summary>{{ texts.beside }}</summary>
            <p class="small">{{ texts.beside_help }}</p>
            <div class="wide" tabindex="0" role="region" :aria-label="texts.beside"><table class="plain">
              <thead><tr><th scope="col">{{ texts.measure }}</th><th scope="col">{{ texts.unit }}</th><th v-for="one in claim.doses" :key="one.dose" scope="col">{{ one.dose }}</th></tr></thead>
              <tbody><tr v-for="one in claim.beside" :key="one.words"><th scope="row">{{ one.words }}</th><td>{{ one.unit }}</td><td v-for="(cell, k) in one.cells" :key="k">{{ cell }}</td></tr></tbody>
            </table></div>
          </details>
          <h3>{{ texts.limits }}</h3>
          <ul><li v-for="one in claim.limits" :key="one">{{ one }}</li></ul>
          <h3 v-if="claim.links.compare || claim.lessons.length">{{ texts.see }}</h3>
          <ul class="see">
            <li v-if="claim.links.explore"><a :href="claim.links.explore" @click.prevent="open(claim.links.explore)">{{ texts.explore }}</a></li>
            <li v-if="claim.links.compare"><a :href="claim.links.compare" @click.prevent="open(claim.links.compare)">{{ claim.links.explore ? texts.compare : texts.nearest }}</a></li>
            <li v-for="one in claim.lessons" :key="one"><a :href="'/lessons/' + one" @click.prevent="open('/lessons/' + one)">{{ texts.lesson }} {{ texts.lessons[one] }}</a></li>
          </ul>
        </article>
      </div>
      <h2>{{ texts.how }}</h2>
      <p>{{ texts.how_text }}</p>
    </div>`,
  created() { this.chosen = this.first; },
  computed: {
    claim() { return this.claims.find((one) => one.id === this.chosen) ?? this.claims[0]; },
    time() {
      const figure = this.claim.figure;
      if (!figure?.lines.length) return null;
      const { dates, lines } = figure;
      const option = bands(dates, lines, { locale: this.locale, interval: "95 %", mark: figure.mark, sign: true });
      const columns = [this.texts.chart.year, ...lines.flatMap((one) => [one.name, `${one.name}: ${this.texts.chart.low}`, `${one.name}: ${this.texts.chart.high}`])];
      return { option, columns, rows: dates.map((date, m) => [date, ...lines.flatMap((one) => [one.mean[m], one.low[m], one.high[m]])]) };
    },
    cases() {
      const cases = this.claim.figure?.cases;
      const bound = this.claim.condition?.confirmed ? this.claim.condition.bounds.find((one) => one.parameter === cases?.parameter) : null;
      if (!cases || !bound) return null;
      const pick = (wanted) => cases.values.flatMap((x, k) => (cases.holds[k] === wanted ? [[x, cases.effect[k]]] : []));
      const groups = [{ name: this.texts.case_holds, points: pick(true) }, { name: this.texts.case_fails, points: pick(false) }];
      const x = bound.words;
      const option = points(groups, { locale: this.locale, x, y: this.claim.figure.unit, mark: this.claim.figure.mark, span: [bound.low, bound.high] });
      const rows = cases.values.map((value, k) => [cases.dose[k], value, cases.effect[k], cases.holds[k] ? this.texts.case_holds : this.texts.case_fails]);
      return { option, columns: [this.texts.plant_makes, x, this.claim.figure.unit, this.texts.verdict], rows };
    },
  },
  methods: {
    icon: (kind) => ICONS[kind],
    world(name) { return this.texts.world_titles[name] ? `“${this.texts.world_titles[name]}”` : name; },
    choose(id) {
      this.chosen = id;
      history.replaceState(history.state, "", `${location.pathname}?claim=${id}`);
      this.$nextTick(() => {
        this.$refs.article.focus({ preventScroll: true });
        if (window.innerWidth <= 760) this.$refs.article.scrollIntoView({ block: "start" });
      });
    },
  },
};
