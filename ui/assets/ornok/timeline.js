// The clock: play, step, back, scrub, speed.

import { fill, monthName } from "./format.js";

export default {
  props: ["month", "horizon", "months", "playing", "speed", "words", "marks", "states"],
  emits: ["go", "toggle", "speed"],
  template: `
    <div class="timeline" role="group" :aria-label="words.clock">
      <button type="button" class="play" @click="$emit('toggle')" :aria-label="playing ? words.pause : words.play"><i class="mdi" :class="playing ? 'mdi-pause' : 'mdi-play'" aria-hidden="true"></i></button>
      <button type="button" class="step" @click="$emit('go', month - 1)" :aria-label="words.back"><i class="mdi mdi-skip-previous" aria-hidden="true"></i></button>
      <button type="button" class="step" @click="$emit('go', month + 1)" :aria-label="words.next"><i class="mdi mdi-skip-next" aria-hidden="true"></i></button>
      <span class="date">{{ date }}</span>
      <span class="track">
        <input type="range" min="0" :max="horizon - 1" step="1" :value="month" @input="$emit('go', +$event.target.value)" :aria-label="words.time" :aria-valuetext="date">
        <span class="loaded" :style="{ width: (100 * months) / horizon + '%' }" aria-hidden="true"></span>
        <span v-for="one in marks" :key="one.text + one.month" class="mark" :style="{ left: (100 * one.month) / (horizon - 1) + '%' }" :title="one.text + ', ' + name(one.month)" aria-hidden="true"></span>
      </span>
      <label class="speed"><span class="unseen">{{ words.speed }}</span>
        <select :value="speed" @change="$emit('speed', +$event.target.value)"><option v-for="one in [3, 6, 12, 24, 48]" :key="one" :value="one">{{ told(one) }}</option></select>
      </label>
    </div>`,
  computed: { date() { return this.name(this.month); } },
  methods: {
    name(month) { return monthName(month, this.words.months); },
    told(speed) { return fill(this.words.months_a_second, { n: speed }); },
  },
};
