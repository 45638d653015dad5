// What colours and shapes mean, beneath the map or the network.

import { AMBER, BLACK, BLUE, FAMILIES, FAMILY_STYLE, GREEN, ORIGINS } from "./colours.js";
import { svgPath } from "./shapes.js";
import { fill, number } from "./format.js";
import { OTHER, OWN } from "./moves_layer.js";

export default {
  name: "LegendBox",
  props: ["view", "by", "words", "scale", "layers", "two", "each", "locale"],
  template: `
    <ul class="legend">
      <li v-for="one in marks" :key="one.text"><svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true"><path :d="one.path" :fill="one.colour" :stroke="one.edge"></path></svg>{{ one.text }}</li>
      <li v-for="one in lines" :key="one.text"><svg width="22" height="14" viewBox="0 0 22 14" aria-hidden="true"><line x1="1" y1="7" x2="21" y2="7" :stroke="one.colour" stroke-width="2.5" :stroke-dasharray="one.dash"></line></svg>{{ one.text }}</li>
      <li v-if="view === 'map' && two"><span class="ramp" aria-hidden="true"></span>{{ words.ramp }}</li>
      <li v-if="view === 'map' && scale > 1" class="note">{{ scaleText }}</li>
    </ul>`,
  computed: {
    marks() {
      const named = (style, text) => ({ ...style, text, path: svgPath(style.shape) });
      const plant = named({ colour: BLACK, shape: "star" }, this.words.origins[7]);
      if (this.view === "network")
        return [plant, named({ colour: BLUE, shape: "dot" }, this.words.part_here), named({ colour: "#c9cfd1", shape: "dot" }, this.words.part_kit), named({ colour: "#5f686d", shape: "dot" }, this.words.origins[0]), ...[3, 5].map((k) => named(ORIGINS[k], this.words.origins[k]))];
      const families = () => FAMILY_STYLE.map((style, k) => named(style, this.words.families[FAMILIES[k]]));
      const origins = () => ORIGINS.slice(0, 7).map((style, k) => named(style, this.words.origins[k]));
      const firms = !this.layers.firms ? [] : this.by === "family" ? families() : origins();
      const told = (text, people) => fill(this.words[text], { n: number(people, this.locale) });
      const moves = this.layers.moves && this.each ? [named(OWN, told("moves_own", this.scale)), named(OTHER, told("moves_else", this.each))] : [];
      return [plant, ...firms, ...moves];
    },
    lines() {
      if (this.view === "network") return [{ colour: BLUE, text: this.words.contract }, { colour: AMBER, text: this.words.named }];
      return [
        ...(this.layers.parts ? [{ colour: BLUE, text: this.words.layers.parts }] : []),
        ...(this.layers.workers ? [{ colour: GREEN, text: this.words.commuting }] : []),
      ];
    },
    scaleText() { return fill(this.words.scale_note, { n: this.scale }); },
  },
};
