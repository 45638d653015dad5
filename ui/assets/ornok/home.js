// The first page: what this is and the ways in, over a picture of the map.

import { layOut } from "./geometry.js";

export default {
  template: `
    <div class="home">
      <section class="hero">
        <div class="words">
          <h1>{{ texts.title }}</h1>
          <p class="lead">{{ texts.lead }}</p>
          <p class="honest">{{ texts.honest }}</p>
          <p class="go"><a class="button" href="/explore" @click.prevent="open('/explore')">{{ texts.ways[0].action }}</a></p>
        </div>
        <svg class="land" viewBox="0 0 560 330" aria-hidden="true">
          <path v-for="one in land" :key="one.id" :d="one.path" :class="{ host: one.host }"></path>
          <g :transform="'translate(' + star[0] + ',' + star[1] + ')'"><circle class="ring" r="10"></circle><circle class="ring two" r="10"></circle><path class="star" d="M0-13 3.4-4.2 12.4-4 5.2 1.7 7.6 10.5 0 5.4-7.6 10.5-5.2 1.7-12.4-4-3.4-4.2Z"></path></g>
        </svg>
      </section>
      <section class="ways">
        <a v-for="one in texts.ways" :key="one.path" class="way" :href="one.path" @click.prevent="open(one.path)">
          <i class="mdi" :class="one.icon" aria-hidden="true"></i>
          <h2>{{ one.title }}</h2><p>{{ one.text }}</p><span class="act">{{ one.action }}</span>
        </a>
      </section>
      <section class="facts"><div v-for="one in texts.facts" :key="one.text"><b>{{ one.value }}</b><span>{{ one.text }}</span></div></section>
      <section class="reading"><h2>{{ texts.made.title }}</h2><ul><li v-for="one in texts.made.list" :key="one">{{ one }}</li></ul></section>
    </div>`,
  computed: {
    layout() { return layOut(this.map, 560, 330); },
    land() {
      return this.layout.regions.map((one, r) => ({
        id: one.id, host: r === this.host,
        path: one.ring ? "M" + one.ring.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L") + "Z" : "",
      })).filter((one) => one.path);
    },
    star() { return this.layout.regions[this.host].centre; },
  },
};
