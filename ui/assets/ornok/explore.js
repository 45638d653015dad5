// Explore: levers beside, twenty years with and without the plant.

import Levers from "./levers.js";
import Player from "./player.js";
import Share from "./share.js";
import store from "./run_store.js";
import { headlineOf } from "./headline.js";

export default {
  mixins: [store],
  components: { Levers, Player, Share },
  template: `
    <div class="explore">
      <h1 class="unseen">{{ texts.title }}</h1>
      <div class="side" id="levers">
        <levers :levers="levers" :setup="setup" :words="texts.levers" :locale="locale" @ask="send" @compare="compareLevers"></levers>
      </div>
      <div class="main">
        <div v-if="notices.length" class="notice" role="alert">{{ texts.corrected }}<ul><li v-for="one in notices" :key="one">{{ one }}</li></ul></div>
        <p v-if="failure" class="notice failed" role="alert">{{ texts[failure] }}</p>
        <p class="to-levers"><a href="#levers">{{ texts.levers.title }}</a></p>
        <p class="headline" aria-live="polite">{{ headline }}</p>
        <player v-if="shownRuns.a" :runs="shownRuns" :version="version" :band="shownBand" :outcomes="outcomes" :map="map" :words="texts.player" :sides="texts.sides" :states="states" :locale="locale"
          :horizon="setup.horizon" :shocks="shocks" :follow="follow" @follow="followFirm"></player>
        <share :texts="texts.share" :runs="shownRuns" :outcomes="outcomes" :query="query" :command="command" :version="version"></share>
      </div>
    </div>`,
  computed: {
    headline() {
      const band = this.shownBand, months = this.setup.horizon;
      if (!this.shownRuns.b || !this.finished) return this.texts.headline_wait;
      const sure = band && band.done >= band.of;
      const { a, b } = this.shownRuns;
      const found = this.texts.headline_parts.map(({ name }) => {
        const outcome = this.outcomes.find((one) => one.name === name), known = sure ? band.outcomes[name] : null;
        const at = (series) => series[months - 1];
        if (known) return { unit: outcome.unit, value: at(known.mean), low: at(known.low), high: at(known.high) };
        return { unit: outcome.unit, value: a.value(outcome, months - 1) - b.value(outcome, months - 1) };
      });
      return headlineOf(this.texts, found, sure, this.locale);
    },
  },
  watch: {
    query: { immediate: true, handler() { history.replaceState(history.state, "", location.pathname + (this.query ? `?${this.query}` : "")); } },
  },
  methods: {
    send(values) {
      this.askedNow();
      this.ask(values);
    },
    // What the levers do, with the plant in both worlds.
    compareLevers() {
      const own = new URLSearchParams(this.query), shared = new URLSearchParams();
      for (const name of ["pack", "scale", "seed"]) if (own.has(name)) { shared.set(name, own.get(name)); own.delete(name); }
      own.set("world", this.setup.world);
      shared.set("a", own.toString());
      shared.set("b", `world=${this.setup.world}`);
      this.open(`/compare?${shared}`);
    },
    followFirm(firm) { this.open(`/follow?${this.query}${this.query ? "&" : ""}firm=${firm.key}`); },
  },
};
