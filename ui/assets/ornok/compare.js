// Compare: two worlds chosen above, one clock, their difference with its band.

import Player from "./player.js";
import Share from "./share.js";
import store from "./run_store.js";

export default {
  mixins: [store],
  components: { Player, Share },
  template: `
    <div class="compare">
      <h1>{{ texts.title }}</h1>
      <p class="lead">{{ texts.lead }}</p>
      <div class="two">
        <fieldset v-for="side in ['a', 'b']" :key="side" :class="'side-' + side">
          <legend>{{ texts[side] }} <span class="sample" aria-hidden="true"></span></legend>
          <label class="unseen" :for="'world-' + side">{{ texts[side] }}</label>
          <select :id="'world-' + side" :value="sides[side].world" @change="choose(side, $event.target.value)">
            <optgroup v-for="group in setup.worlds" :key="group.label" :label="group.label"><option v-for="one in group.worlds" :key="one.name" :value="one.name">{{ one.title }}</option></optgroup>
          </select>
          <p>{{ sides[side].question }}</p>
          <ul v-if="sides[side].moved.length"><li v-for="one in sides[side].moved" :key="one">{{ one }}</li></ul>
          <a :href="'/explore?' + sides[side].link" @click.prevent="open('/explore?' + sides[side].link)">{{ texts.levers }}</a>
        </fieldset>
        <button type="button" class="swap" @click="swap" :aria-label="texts.swap" :title="texts.swap"><i class="mdi mdi-swap-horizontal" aria-hidden="true"></i></button>
      </div>
      <div class="bar setup">
        <label>{{ texts.run.pack }} <select :value="setup.pack" @change="send({ pack: $event.target.value, scale: null })"><option v-for="(text, name) in setup.packs" :key="name" :value="name">{{ text }}</option></select></label>
        <label>{{ texts.run.scale }} <select :value="setup.scale" @change="send({ scale: $event.target.value })"><option v-for="one in setup.scales" :key="one" :value="one">{{ one }}</option></select></label>
        <label>{{ texts.run.seed }} <input type="number" min="1" :max="setup.most_seed" :value="setup.seed" @change="send({ seed: $event.target.value })"></label>
      </div>
      <div v-if="notices.length" class="notice" role="alert">{{ texts.corrected }}<ul><li v-for="one in notices" :key="one">{{ one }}</li></ul></div>
      <p v-if="failure" class="notice failed" role="alert">{{ texts.failures[failure] }}</p>
      <player v-if="shownRuns.a && shownRuns.b" :runs="shownRuns" :version="version" :band="shownBand" :outcomes="outcomes" :map="map" :words="texts.player" :sides="names" :states="states" :locale="locale"
        :horizon="setup.horizon" :shocks="shocks" :follow="true" @follow="followFirm"></player>
      <share :texts="texts.share" :runs="shownRuns" :outcomes="outcomes" :query="query" :command="command" :version="version"></share>
    </div>`,
  computed: {
    names() { return { a: "A", b: "B" }; },
  },
  watch: {
    query: { immediate: true, handler() { history.replaceState(history.state, "", location.pathname + (this.query ? `?${this.query}` : "")); } },
  },
  methods: {
    send(changes) {
      const { pack, scale, seed } = this.setup;
      const wanted = { pack, scale, seed, a: this.sides.a.own, b: this.sides.b.own, ...changes };
      for (const [name, value] of Object.entries(wanted)) if (value === null) delete wanted[name];
      this.askedNow();
      this.ask(wanted);
    },
    choose(side, world) { this.send({ [side]: `world=${world}` }); },
    followFirm(firm) { this.open(`/follow?${this.query}${this.query ? "&" : ""}firm=${firm.key}`); },
    swap() { this.send({ a: this.sides.b.own, b: this.sides.a.own }); },
  },
};
