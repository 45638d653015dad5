// The levers: presets, sliders and choices, each with unit, range, help and how well it is known.

import { number } from "./format.js";

export default {
  // `levers`: [{name, group, kind, low, high, step, factor, unit, digits, choices, value, usable, label, help, evidence}]
  props: ["levers", "setup", "words", "locale"],
  emits: ["ask", "compare"],
  data: () => ({ shown: {}, sources: {}, open: { plant: true, policy: true, shock: false, unknown: false } }),
  template: `
    <form class="levers" @submit.prevent :aria-label="words.title">
      <label class="wide">{{ words.world }}
        <select :value="setup.world" @change="world($event.target.value)">
          <optgroup v-for="group in setup.worlds" :key="group.label" :label="group.label"><option v-for="one in group.worlds" :key="one.name" :value="one.name">{{ one.title }}</option></optgroup>
        </select>
      </label>
      <p class="question">{{ setup.question }}</p>
      <details v-for="group in groups" :key="group.name" :open="open[group.name]" @toggle="open[group.name] = $event.target.open">
        <summary>{{ group.label }} <span v-if="group.moved" class="moved">{{ group.moved }}</span></summary>
        <p v-if="group.help" class="hint">{{ group.help }}</p>
        <div v-for="one in group.levers" :key="one.name" class="lever" :class="{ changed: one.moved }">
          <label :for="'lever-' + one.name"><span>{{ one.label }}</span><output :for="'lever-' + one.name">{{ told(one) }}</output></label>
          <input v-if="one.kind === 'number'" type="range" :id="'lever-' + one.name" :min="one.low" :max="one.high" :step="one.step" :value="now(one)" :disabled="!one.usable"
            :aria-valuetext="told(one)" :aria-describedby="'help-' + one.name" @input="slide(one, $event.target.value)" @change="move(one, $event.target.value)">
          <select v-else-if="one.kind === 'choice'" :id="'lever-' + one.name" :value="one.value" :disabled="!one.usable" :aria-describedby="'help-' + one.name" @change="move(one, $event.target.value)">
            <option v-for="(text, value) in one.choices" :key="value" :value="value">{{ text }}</option></select>
          <input v-else type="checkbox" :id="'lever-' + one.name" :checked="one.value" :disabled="!one.usable" :aria-describedby="'help-' + one.name" @change="move(one, $event.target.checked ? 'true' : 'false')">
          <p class="help" :id="'help-' + one.name">{{ one.help }} <button type="button" class="grade" :aria-expanded="!!sources[one.name]" :aria-label="words.evidence + ': ' + one.grade" @click="sources[one.name] = !sources[one.name]">{{ one.grade }}</button><span v-if="sources[one.name]" class="source">{{ one.source || words.no_source }}</span></p>
        </div>
      </details>
      <details class="run" :open="open.run" @toggle="open.run = $event.target.open">
        <summary>{{ words.run }}</summary>
        <label class="wide">{{ words.pack }} <select :value="setup.pack" @change="ask({ pack: $event.target.value, scale: null })"><option v-for="(text, name) in setup.packs" :key="name" :value="name">{{ text }}</option></select></label>
        <label class="wide">{{ words.scale }} <select :value="setup.scale" @change="ask({ scale: $event.target.value })"><option v-for="one in setup.scales" :key="one" :value="one">{{ one }}</option></select></label>
        <p class="help">{{ words.scale_help }}</p>
        <label class="wide">{{ words.seed }} <input type="number" min="1" :max="setup.most_seed" step="1" :value="setup.seed" @change="ask({ seed: $event.target.value })"></label>
        <p class="help">{{ words.seed_help }}</p>
      </details>
      <button v-if="levers.some((one) => one.moved)" type="button" @click="$emit('compare')">{{ words.compare }}</button>
      <button type="button" class="plain" @click="$emit('ask', { world: setup.world, pack: setup.pack, scale: setup.scale, seed: setup.seed })" :disabled="!levers.some((one) => one.moved)">{{ words.reset }}</button>
    </form>`,
  computed: {
    groups() {
      return Object.entries(this.words.groups).map(([name, label]) => {
        const levers = this.levers.filter((one) => one.group === name);
        return { name, label, help: this.words.groups_help[name], levers, moved: levers.filter((one) => one.moved).length || "" };
      });
    },
  },
  watch: { levers() { this.shown = {}; } },
  methods: {
    now(one) { return this.shown[one.name] ?? one.value; },
    told(one) {
      if (one.kind === "choice") return "";
      if (one.kind === "flag") return one.value ? this.words.yes : this.words.no;
      return `${number(this.now(one) * one.factor, this.locale, one.digits)} ${one.unit}`;
    },
    // While a slider moves only its number does; the run is asked for after a short rest.
    slide(one, value) {
      this.shown = { ...this.shown, [one.name]: +value };
      clearTimeout(this.rest);
      this.rest = setTimeout(() => this.move(one, value), 180);
    },
    move(one, value) {
      clearTimeout(this.rest);
      if (String(this.asked?.[one.name]) === String(value) || String(one.value) === String(value)) return;
      this.ask({ [one.name]: value });
    },
    world(name) { this.$emit("ask", { world: name, pack: this.setup.pack, scale: this.setup.scale, seed: this.setup.seed }); },
    ask(changes) {
      const { world, pack, scale, seed } = this.setup;
      const moved = Object.fromEntries(this.levers.filter((one) => one.moved).map((one) => [one.name, one.value]));
      const wanted = { world, pack, scale, seed, ...moved, ...changes };
      for (const [name, value] of Object.entries(wanted)) if (value === null) delete wanted[name];
      this.asked = wanted;
      this.$emit("ask", wanted);
    },
  },
};
