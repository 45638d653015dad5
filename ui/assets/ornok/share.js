// Taking it along: a link, the command that makes the same run, all shown series as CSV.

import { saveText } from "./download.js";
import { isoMonth } from "./format.js";

export default {
  props: ["texts", "runs", "outcomes", "query", "command", "version"],
  data: () => ({ said: "" }),
  template: `
    <section class="share" :aria-label="texts.title">
      <h2>{{ texts.title }}</h2>
      <div class="buttons">
        <button type="button" @click="copy(link(), texts.link_copied)"><i class="mdi mdi-link-variant" aria-hidden="true"></i> {{ texts.link }}</button>
        <button type="button" @click="copy(command, texts.command_copied)"><i class="mdi mdi-console" aria-hidden="true"></i> {{ texts.command }}</button>
        <button type="button" @click="csv" :disabled="!runs.a?.months"><i class="mdi mdi-download" aria-hidden="true"></i> {{ texts.csv }}</button>
        <span class="said" role="status">{{ said }}</span>
      </div>
      <details><summary>{{ texts.show_command }}</summary><pre tabindex="0">{{ command }}</pre></details>
    </section>`,
  methods: {
    // The question, and what is looked at: month, view.
    link() {
      const { month, view } = document.querySelector(".player")?.dataset ?? {};
      return `${location.origin}${location.pathname}${this.query ? `?${this.query}` : ""}${month ? `#month=${month}&view=${view}` : ""}`;
    },
    async copy(text, said) {
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        // Not allowed on a page without encryption: the old way.
        const area = document.createElement("textarea");
        area.value = text;
        document.body.appendChild(area);
        area.select();
        document.execCommand("copy");
        area.remove();
      }
      this.said = said;
      setTimeout(() => { this.said = ""; }, 4000);
    },
    // Tidy: one row a month, world and outcome, in the shown units.
    csv() {
      const lines = ["month,world,outcome,value,unit"];
      for (const [side, run] of Object.entries(this.runs))
        for (const outcome of this.outcomes) {
          const values = run.values(outcome);
          for (let m = 0; m < run.months; m++)
            lines.push(`${isoMonth(m)},${side},${outcome.name},${Number.isFinite(values[m]) ? +values[m].toPrecision(7) : ""},"${outcome.unit}"`);
        }
      saveText("ornok.csv", lines.join("\n") + "\n", "text/csv");
    },
  },
};
