// All lessons: a list for pupils, or what a teacher needs of each (for paper too).

const LETTERS = ["A", "B", "C"];

export default {
  template: `
    <div class="lessons" :class="{ teacher }">
      <template v-if="!teacher">
        <h1>{{ texts.title }}</h1>
        <p class="lead">{{ texts.lead }}</p>
        <p v-if="notice" class="notice" role="alert">{{ notice }}</p>
        <ol class="list">
          <li v-for="(one, k) in lessons" :key="one.id"><a :href="one.path" @click.prevent="open(one.path)">
            <span class="number" aria-hidden="true">{{ k + 1 }}</span><h2>{{ one.title }}</h2><p>{{ one.question }}</p><span class="minutes">{{ one.minutes }}</span></a></li>
        </ol>
        <p><a href="/lessons/teacher" @click.prevent="open('/lessons/teacher')">{{ texts.teacher }}</a></p>
      </template>
      <template v-else>
        <p class="crumb"><a href="/lessons" @click.prevent="open('/lessons')">{{ texts.title }}</a></p>
        <div class="top"><h1>{{ texts.teacher }}</h1><button type="button" class="print" @click="print"><i class="mdi mdi-printer" aria-hidden="true"></i> {{ texts.page.print }}</button></div>
        <p class="lead">{{ texts.teacher_lead }}</p>
        <p>{{ texts.page.how }}</p>
        <section v-for="(one, k) in lessons" :key="one.id" class="sheet" :aria-labelledby="'sheet-' + one.id">
          <h2 :id="'sheet-' + one.id">{{ k + 1 }}. {{ one.title }}</h2>
          <p class="asks">{{ one.question }}</p>
          <dl>
            <dt>{{ texts.time }}</dt><dd>{{ one.minutes }}</dd>
            <dt>{{ texts.aims }}</dt><dd><ul><li v-for="aim in one.aims" :key="aim">{{ aim }}</li></ul></dd>
            <dt>{{ texts.steps[1] }}</dt><dd>{{ one.worlds.join(" – ") }}. {{ texts.page.charts }}: {{ one.charts.join("; ") }}</dd>
            <dt>{{ texts.steps[3] }}</dt><dd>{{ one.try_world }}</dd>
            <dt>{{ texts.answers }}</dt><dd>
              <div v-for="two in [one.predict, one.ask]" :key="two.question" class="answered"><p>{{ two.question }}</p>
                <ol><li v-for="(text, n) in two.options" :key="n" :class="{ right: n === two.right }"><b>{{ letters[n] }}</b> {{ text }} <span v-if="n === two.right" class="tick">✓ {{ texts.page.is_right }}</span></li></ol></div>
              <p>{{ one.why }}</p></dd>
            <dt>{{ texts.talk }}</dt><dd><ul><li v-for="text in one.talk" :key="text">{{ text }}</li></ul></dd>
            <dt>{{ texts.claims }}</dt><dd><span v-for="claim in one.claims" :key="claim.id" class="claim"><b>{{ claim.id }}</b> {{ claim.name }}</span></dd>
            <dt>{{ texts.mechanism }}</dt><dd><code>{{ one.rule }}</code> {{ texts.page.in_odd }}</dd>
          </dl>
        </section>
      </template>
    </div>`,
  computed: { letters: () => LETTERS },
  methods: { print() { window.print(); } },
};
