// One life in both worlds: the story, where somebody is month by month, and charts; or the list of lives.

import ChartCard from "./chart_card.js";
import Lanes from "./lanes.js";

// What a chart asks of a run, answered from columns that came as lists (null: not there).
class Columns {
  constructor(series, horizon) {
    this.months = horizon;
    this.table = Object.fromEntries(Object.entries(series).map(([name, list]) => [name, Float64Array.from(list, (v) => (v === null ? NaN : v))]));
  }

  values(outcome) { return this.table[outcome.name]; }

  value(outcome, month) { return this.table[outcome.name][month]; }
}

export default {
  components: { ChartCard, Lanes },
  data: () => ({ month: 0 }),
  template: `
    <article class="follow" :data-state="state">
      <p v-if="life" class="crumb"><a :href="worlds.list" @click.prevent="open(worlds.list)">{{ texts.all_lives }}</a></p>
      <h1>{{ life ? life.title : texts.title }}</h1>
      <p class="lead">{{ life ? life.facts : texts.lead }}</p>
      <div v-if="notices.length" class="notice" role="alert">{{ texts.corrected }}<ul><li v-for="one in notices" :key="one">{{ one }}</li></ul></div>
      <p v-if="texts.failures[state]" class="notice failed" role="alert">{{ texts.failures[state] }}</p>
      <p v-else-if="state !== 'done'" class="wait" role="status">{{ texts.waiting }}</p>

      <template v-if="life">
        <p class="parted">{{ life.parted }}</p>
        <p class="hint">{{ texts.chance }}</p>
        <h2>{{ texts.story }}</h2>
        <section v-if="life.common.length" class="shared" aria-labelledby="tale-both"><h3 id="tale-both">{{ texts.both }}</h3>
          <ol><li v-for="(one, k) in life.common" :key="k"><time>{{ one.when }}</time> <span>{{ one.text }}</span></li></ol></section>
        <div class="apart">
          <section v-for="side in ['a', 'b']" :key="side" :class="'side-' + side" :aria-labelledby="'tale-' + side"><h3 :id="'tale-' + side">{{ worlds.sides[side].name }} <span class="sample" aria-hidden="true"></span></h3>
            <ol v-if="life[side].length"><li v-for="(one, k) in life[side]" :key="k"><time>{{ one.when }}</time> <span>{{ one.text }}</span></li></ol>
            <p v-else-if="!life.common.length" class="hint">{{ texts.not_here }}</p></section>
        </div>
        <lanes v-if="life.kind === 'worker'" :spells="life.spells" :horizon="horizon" :title="texts.lanes" :names="texts.lane_names" :sides="names" :marks="life.marks"></lanes>
        <h2>{{ texts.charts }}</h2>
        <div class="charts"><chart-card v-for="one in life.outcomes" :key="life.identity + one.name" :outcome="one" :runs="runs" :version="version" :band="null" :difference="false" :texts="texts.chart" :sides="names" :locale="locale"
          :month="month" :horizon="horizon" :marks="life.marks" @go="go"></chart-card></div>
        <p v-if="life.note" class="hint">{{ life.note }}</p>
        <template v-if="life.others.length"><h2>{{ texts.others }}</h2>
          <ul class="others"><li v-for="one in life.others" :key="one.path"><a :href="one.path" @click.prevent="open(one.path)">{{ one.text }}</a></li></ul></template>
      </template>

      <template v-else-if="state === 'done'">
        <h2 class="unseen">{{ texts.lives }}</h2>
        <p v-if="!groups.some((one) => one.lives.length)">{{ texts.no_lives }}</p>
        <section v-for="group in groups" :key="group.title" class="group"><template v-if="group.lives.length"><h3>{{ group.title }}</h3>
          <ul class="lives"><li v-for="one in group.lives" :key="one.path"><a :href="one.path" @click.prevent="open(one.path)"><b>{{ one.name }}</b> <span>{{ one.why }}</span></a></li></ul></template></section>
      </template>

      <section class="worlds" :aria-label="texts.worlds">
        <p><b>{{ texts.worlds }}:</b> <template v-if="!worlds.compared">{{ worlds.title }}: </template>{{ names.a }} – {{ names.b }}</p>
        <ul v-if="moved.length"><li v-for="one in moved" :key="one">{{ one }}</li></ul>
        <p><a :href="worlds.back" @click.prevent="open(worlds.back)">{{ worlds.compared ? texts.change_two : texts.change }}</a></p>
      </section>
    </article>`,
  created() {
    this.version = 0;
    this.month = this.horizon - 1;
  },
  computed: {
    names() { return { a: this.worlds.sides.a.name, b: this.worlds.sides.b.name }; },
    moved() {
      const { a, b } = this.worlds.sides;
      if (!this.worlds.compared) return a.moved;
      return [...a.moved.map((one) => `A: ${one}`), ...b.moved.map((one) => `B: ${one}`)];
    },
    runs() {
      this.version += 1;
      return Object.fromEntries(Object.entries(this.life?.series ?? {}).map(([side, series]) => [side, new Columns(series, this.horizon)]));
    },
  },
  watch: {
    "life.identity"() { window.scrollTo(0, 0); },
  },
  methods: {
    go(month) { this.month = Math.max(0, Math.min(this.horizon - 1, month)); },
  },
};
