// What all charts share: ECharts, loaded once; made when the chart comes into view; as large as its box. Mixed into a card
// with a `plot` ref and a method `drawing()`, what ECharts draws. With eight charts on a page, what nobody sees is most of the drawing.

let loading = null;

function loadCharts() {
  loading ??= new Promise((done, failed) => {
    window.requirejs([`${window.solara.rootPath}/_solara/cdn/echarts@6.1.0/dist/echarts.min.js`], done, failed);
  });
  return loading;
}

export default {
  created() { this.late = true; this.seen = false; },
  async mounted() {
    this.library = await loadCharts();
    if (!this.$refs.plot) return;
    this.sight = new IntersectionObserver(([one]) => { this.seen = one.isIntersecting; if (this.seen && this.late) this.paint(); }, { rootMargin: "120px" });
    this.sight.observe(this.$refs.plot);
  },
  beforeUnmount() {
    this.sight?.disconnect();
    this.watcher?.disconnect();
    this.chart?.dispose();
  },
  methods: {
    // Something to draw has changed.
    renew() {
      if (this.seen) this.paint();
      else this.late = true;
    },
    paint() {
      if (!this.library) return;
      this.chart ??= this.make();
      this.late = false;
      this.chart.setOption({ animation: false, aria: { enabled: false }, ...this.drawing() }, this.replaces);
      this.lay?.();
    },
    make() {
      const chart = this.library.init(this.$refs.plot, null, { renderer: "canvas" });
      this.watcher = new ResizeObserver(() => { chart.resize(); this.lay?.(); });
      this.watcher.observe(this.$refs.plot);
      return chart;
    },
    // The chart as the address of a picture.
    pictureUrl() {
      if (this.late) this.paint();
      return this.chart.getDataURL({ pixelRatio: 2, backgroundColor: "#fff" });
    },
  },
};
