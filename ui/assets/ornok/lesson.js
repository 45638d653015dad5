// One lesson in five steps. The charts stay shut until the pupil has said what to expect.

import Player from "./player.js";
import store from "./run_store.js";
import { keep, recall } from "./answers.js";
import { fill } from "./format.js";

const LETTERS = ["A", "B", "C"];

export default {
  mixins: [store],
  components: { Player },
  data: () => ({ choice: null, answer: null, checked: false, peeked: false }),
  template: `
    <article class="lesson" :data-step="step">
      <p class="crumb"><a href="/lessons" @click.prevent="open('/lessons')">{{ texts.all }}</a></p>
      <h1>{{ lesson.title }}</h1>
      <p class="lead">{{ lesson.question }}</p>
      <ol class="steps" :aria-label="texts.steps_label">
        <li v-for="(text, name, k) in texts.steps" :key="name"><a :href="links[name]" :aria-current="name === step ? 'step' : null" @click.prevent="go(name)"><span>{{ k + 1 }}</span> {{ text }}</a></li>
      </ol>
      <div v-if="notices.length" class="notice" role="alert"><ul><li v-for="one in notices" :key="one">{{ one }}</li></ul></div>
      <h2 ref="heading" tabindex="-1">{{ texts.steps[step] }}</h2>

      <form v-if="step === 'predict' || shut" class="question" @submit.prevent="go('run')">
        <p v-if="shut" class="notice">{{ texts.first_predict }}</p>
        <fieldset><legend>{{ lesson.predict }}</legend>
          <label v-for="(text, k) in lesson.options" :key="k" :class="{ chosen: choice === k }"><input type="radio" name="choice" :value="k" :checked="choice === k" @change="predict(k)"> <b aria-hidden="true">{{ letters[k] }}</b> {{ text }}</label>
        </fieldset>
        <p class="hint">{{ texts.stays_here }}</p>
        <button v-if="shut" type="button" class="plain" @click="peeked = true">{{ texts.show_anyway }}</button>
      </form>

      <template v-if="(step === 'run' || step === 'explain') && !shut">
        <p v-if="step === 'run'" class="told">{{ lesson.run }}</p>
        <div v-else class="explain">
          <p v-if="choice !== null" class="said"><span>{{ fillIn(texts.you_said, lesson.options[choice]) }}</span></p>
          <p class="runs-say">{{ fillIn(texts.runs_say, lesson.options[lesson.right_option]) }}</p>
          <p v-for="one in lesson.explain" :key="one">{{ one }}</p>
        </div>
        <p v-if="failure" class="notice failed" role="alert">{{ texts.failures[failure] }}</p>
        <player v-if="shownRuns.a && shownRuns.b" :runs="shownRuns" :version="version" :band="shownBand" :outcomes="outcomes" :map="map" :words="texts.player" :sides="sides" :states="states" :locale="locale"
          :horizon="horizon" :shocks="shocks" :follow="false" :lesson="true"></player>
      </template>

      <div v-if="step === 'try'" class="try">
        <p class="told">{{ lesson.try }}</p>
        <p><a class="button" :href="links.world" @click.prevent="open(links.world)">{{ fillIn(lesson.compares ? texts.open_compare : texts.open_explore, lesson.try_title) }}</a></p>
        <p class="hint">{{ fillIn(texts.look_at, lesson.charts.join("; ")) }}</p>
      </div>

      <form v-if="step === 'check'" class="question" @submit.prevent="checked = answer !== null">
        <fieldset><legend>{{ lesson.ask }}</legend>
          <label v-for="(text, k) in lesson.answers" :key="k" :class="{ chosen: answer === k }"><input type="radio" name="answer" :value="k" :checked="answer === k" @change="choose(k)"> <b aria-hidden="true">{{ letters[k] }}</b> {{ text }}</label>
        </fieldset>
        <button type="submit" :disabled="answer === null">{{ texts.check }}</button>
        <div role="status" class="verdict"><template v-if="checked">
          <p :class="right ? 'right' : 'wrong'"><i class="mdi" :class="right ? 'mdi-check-circle' : 'mdi-close-circle'" aria-hidden="true"></i> {{ right ? texts.right : fillIn(texts.wrong, lesson.answers[lesson.right_answer]) }}</p>
          <p>{{ lesson.why }}</p>
        </template></div>
      </form>

      <p class="turn">
        <a v-if="before" class="back" :href="links[before]" @click.prevent="go(before)">← {{ texts.steps[before] }}</a>
        <a v-if="after" class="button" :href="links[after]" @click.prevent="go(after)">{{ texts.steps[after] }} →</a>
        <a v-else-if="links.next" class="button" :href="links.next" @click.prevent="open(links.next)">{{ texts.next_lesson }} →</a>
        <a v-else class="button" href="/lessons" @click.prevent="open('/lessons')">{{ texts.all }}</a>
      </p>
      <p class="hint">{{ texts.holds_for }}</p>
    </article>`,
  computed: {
    letters: () => LETTERS,
    names() { return Object.keys(this.texts.steps); },
    before() { return this.names[this.names.indexOf(this.step) - 1] ?? null; },
    after() { return this.names[this.names.indexOf(this.step) + 1] ?? null; },
    // The charts would give the answer away.
    shut() { return ["run", "explain"].includes(this.step) && this.choice === null && !this.peeked; },
    right() { return this.answer === this.lesson.right_answer; },
    place() { return `ornok-lesson-${this.lesson.id}`; },
  },
  created() {
    const { choice, answer } = recall(this.place);
    if ([0, 1, 2].includes(choice)) this.choice = choice;
    if ([0, 1, 2].includes(answer)) this.answer = answer;
  },
  watch: {
    step() { this.$nextTick(() => { this.$refs.heading?.focus({ preventScroll: true }); window.scrollTo(0, 0); }); },
  },
  methods: {
    fillIn(text, value) { return fill(text, { value }); },
    go(name) { this.open(this.links[name]); },
    predict(k) { this.choice = k; this.keepBoth(); },
    choose(k) { this.answer = k; this.checked = false; this.keepBoth(); },
    keepBoth() { keep(this.place, { choice: this.choice, answer: this.answer }); },
  },
};
