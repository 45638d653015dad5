// Explore: levers beside, twenty years with and without the plant.

import Levers from "./levers.js";
import Player from "./player.js";
import Share from "./share.js";
import store from "./run_store.js";
import { fill, rounded } from "./format.js";

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
        <p v-if="notices.length" class="notice" role="alert">{{ texts.corrected }} <span v-for="one in notices" :key="one">{{ one }} </span></p>
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
      return (sure ? "" : this.texts.headline_one_seed + " ") + this.texts.headline_parts.map(({ name, text, unclear }) => {
        const outcome = this.outcomes.find((one) => one.name === name);
        const { a, b } = this.shownRuns;
        const here = a.value(outcome, months - 1) - b.value(outcome, months - 1);
        const known = sure ? band.outcomes[name] : null;
        const value = known ? known.mean[months - 1] : here;
        const write = (v) => rounded(v, this.locale);
        if (known && known.low[months - 1] < 0 && known.high[months - 1] > 0) return fill(unclear, { low: write(known.low[months - 1]), high: write(known.high[months - 1]), unit: outcome.unit });
        return fill(text, { value: write(value), unit: outcome.unit });
      }).join(" ");
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
