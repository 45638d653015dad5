// Ornok's own replacement for @widgetti/vue-grid-layout (Apache-2.0, as the rest of Ornok).
//
// The published package is for Vue 2 and draws nothing under Vue 3, so the plots of Mesa's page stay
// blank. Solara asks for an AMD module that gives GridLayout and GridItem; these lay their children
// out on a CSS grid. Nothing can be dragged or resized.
define(["vue"], function (Vue) {
  "use strict";

  const GridLayout = {
    name: "GridLayout",
    props: {
      layout: Array,
      colNum: { type: Number, default: 12 },
      rowHeight: { type: Number, default: 30 },
      margin: { type: Array, default: () => [10, 10] },
    },
    render() {
      const style = {
        display: "grid",
        gridTemplateColumns: `repeat(${this.colNum}, minmax(0, 1fr))`,
        gridAutoRows: `minmax(${this.rowHeight}px, auto)`,
        columnGap: `${this.margin[0]}px`,
        rowGap: `${this.margin[1]}px`,
      };
      return Vue.h("div", { class: "vue-grid-layout", style }, this.$slots.default?.());
    },
  };

  const GridItem = {
    name: "GridItem",
    props: { x: Number, y: Number, w: Number, h: Number, i: [Number, String] },
    render() {
      const style = {
        gridColumn: `${this.x + 1} / span ${this.w}`,
        gridRow: `${this.y + 1} / span ${this.h}`,
        minWidth: 0,
      };
      return Vue.h("div", { class: "vue-grid-item", style }, this.$slots.default?.());
    },
  };

  return { GridLayout, GridItem };
});
