// Twenty years of one or two runs: monitors, map and network, charts, a clock that plays them all.
// Everything is in the browser: playing asks the server for nothing.

import ChartCard from "./chart_card.js";
import Inspector from "./inspector.js";
import LegendBox from "./legend.js";
import Monitors from "./monitors.js";
import MovesTable from "./moves_table.js";
import Timeline from "./timeline.js";
import { saveUrl } from "./download.js";
import { fill, isoMonth, monthName, number, signed } from "./format.js";
import { MapView } from "./map_view.js";
import { NetworkView } from "./network_view.js";

// What a link says of month and view, read before the page writes its own address.
const LINKED = new URLSearchParams(location.hash.slice(1));

export default {
  components: { ChartCard, Inspector, LegendBox, Monitors, MovesTable, Timeline },
  // `runs`: {a, b?} of RunData; `version` counts what has arrived; `words`: texts of the player;
  // `sides`: names of a and b; `states`: how far each is; `lesson`: all charts first, as differences.
  props: ["runs", "version", "band", "outcomes", "map", "words", "sides", "states", "locale", "horizon", "shocks", "follow", "lesson"],
  emits: ["follow"],
  data: (vm) => ({
    month: 0, playing: false, speed: 12, view: "map", by: "origin", colour: "employee_jobs",
    layers: { firms: true, parts: true, workers: true, moves: true }, difference: !!vm.lesson, extra: [], picked: null, tip: null, long: false,
  }),
  template: `
    <section class="player" @keydown="key" :aria-label="words.player" :data-state="state" :data-month="month" :data-view="view">
      <monitors :runs="runs" :version="version" :month="month" :outcomes="byName" :words="words" :sides="sides" :locale="locale" :horizon="horizon"></monitors>
      <p v-if="oneSeed" class="one-seed">{{ oneSeed }}</p>
      <div class="both">
        <div class="picture">
          <div class="bar">
            <div class="tabs" role="group" :aria-label="words.view">
              <button type="button" v-for="one in ['map', 'network']" :key="one" :aria-pressed="view === one" @click="view = one">{{ words[one] }}</button>
            </div>
            <label v-if="view === 'map'">{{ words.colour }}
              <select v-model="colour"><option v-for="(text, name) in words.regional" :key="name" :value="name">{{ text }}</option></select>
            </label>
            <label v-if="view === 'map'">{{ words.dots }}
              <select v-model="by"><option value="origin">{{ words.by_origin }}</option><option value="family">{{ words.by_family }}</option></select>
            </label>
            <button type="button" class="icon" @click="picture" :title="words.chart.png" :aria-label="words.chart.png + ': ' + words[view]"><i class="mdi mdi-image-outline" aria-hidden="true"></i></button>
            <span v-if="view === 'map'" class="layers" role="group" :aria-label="words.layers.title">
              <label v-for="one in ['firms', 'parts', 'workers', 'moves']" :key="one"><input type="checkbox" v-model="layers[one]"> {{ words.layers[one] }}</label>
            </span>
          </div>
          <div class="canvases" @mousemove="hover" @mouseleave="tip = null" @click="pick">
            <canvas ref="map" v-show="view === 'map'" role="img" :aria-label="spokenMap"></canvas>
            <canvas ref="network" v-show="view === 'network'" role="img" :aria-label="spokenNetwork"></canvas>
            <div v-if="tip" class="tip" :style="{ left: tip.x + 'px', top: tip.y + 'px' }">{{ tip.text }}</div>
            <p v-if="!started" class="wait" role="status">{{ long ? words.long_wait : words.first_wait }}</p>
          </div>
          <legend-box :view="view" :by="by" :words="words" :scale="scale" :layers="layers" :two="!!runs.b" :each="each" :locale="locale"></legend-box>
          <moves-table v-if="view === 'map'" :run="runs.a" :other="runs.b" :version="version" :month="month" :names="map.names" :words="words" :sides="sides" :locale="locale"></moves-table>
        </div>
        <div class="column">
          <inspector :run="runs.a" :other="runs.b" :version="version" :month="month" :picked="picked" :names="map.names" :words="words" :sides="sides" :locale="locale" :view="view" :follow="follow"
            @pick="choose" @follow="$emit('follow', $event)"></inspector>
          <chart-card v-for="one in beside" :key="one.name" :outcome="one" :runs="runs" :version="version" :band="band" :difference="difference && !!runs.b" :texts="words.chart" :sides="sides" :locale="locale"
            :month="month" :horizon="horizon" :marks="marks" @go="go"></chart-card>
        </div>
      </div>
      <timeline :month="month" :horizon="horizon" :months="months" :playing="playing" :speed="speed" :words="words" :marks="marks" :states="states"
        @go="go" @toggle="toggle" @speed="speed = $event"></timeline>
      <div class="bar charts-bar">
        <h2>{{ words.charts }}</h2>
        <div v-if="runs.b" class="tabs" role="group" :aria-label="words.charts">
          <button type="button" :aria-pressed="!difference" @click="difference = false">{{ words.two_worlds }}</button>
          <button type="button" :aria-pressed="difference" @click="difference = true">{{ words.the_difference }}</button>
        </div>
        <span class="band-state" role="status">{{ bandText }}</span>
        <label class="more">{{ words.add_chart }}
          <select :value="''" @change="add($event.target)"><option value="" disabled>{{ words.choose }}</option>
            <optgroup v-for="(text, group) in words.groups" :key="group" :label="text"><option v-for="one in ofGroup(group)" :key="one.name" :value="one.name">{{ one.label }}</option></optgroup>
          </select>
        </label>
      </div>
      <div class="charts">
        <chart-card v-for="one in beneath" :key="one.name" :outcome="one" :runs="runs" :version="version" :band="band" :difference="difference && !!runs.b" :texts="words.chart" :sides="sides" :locale="locale"
          :month="month" :horizon="horizon" :marks="marks" @go="go" @remove="extra = extra.filter((name) => name !== one.name)"></chart-card>
      </div>
    </section>`,
  computed: {
    state() {
      const all = Object.values(this.states);
      return all.length && all.every((one) => one === "done") ? "done" : "running";
    },
    byName() { return Object.fromEntries(this.outcomes.map((one) => [one.name, one])); },
    months() { return this.version >= 0 ? Math.max(0, ...Object.values(this.runs).map((run) => run.months)) : 0; },
    // Months that all runs have.
    shared() { return this.version >= 0 ? Math.min(...Object.values(this.runs).map((run) => run.months)) : 0; },
    started() { return this.version >= 0 && this.runs.a.months > 0; },
    scale() { return this.version >= 0 ? this.runs.a.head?.scale ?? null : null; },
    // People that one arrow between regions and abroad stands for.
    each() { return this.version >= 0 ? this.runs.a.moves?.people ?? null : null; },
    charts() {
      const first = this.words.first_charts.map((name) => this.byName[name]);
      return [...first, ...this.extra.map((name) => ({ ...this.byName[name], extra: true }))].filter(Boolean);
    },
    // Two charts stand beside the map as long as nothing else does.
    beside() { return this.lesson || this.picked || this.view !== "map" ? [] : this.charts.slice(0, 2); },
    beneath() { return this.charts.slice(this.beside.length); },
    marks() {
      if (this.version < 0) return [];
      const plant = this.runs.a.head?.plants[0];
      const own = plant ? [{ month: plant.opening, text: this.words.opening }] : [];
      return [...own, ...this.shocks].filter((one) => one.month >= 0 && one.month < this.horizon);
    },
    bandText() {
      if (!this.band) return "";
      return fill(this.band.done < this.band.of ? this.words.band_waits : this.words.band_there, { done: this.band.done, of: this.band.of });
    },
    // Once the band is whole, what stands beside it is still one seed.
    oneSeed() { return this.runs.b && this.band && this.band.done >= this.band.of ? fill(this.words.one_seed, { of: this.band.of }) : ""; },
    spokenMap() {
      return fill(this.words.map_spoken, { month: monthName(this.month, this.words.months), firms: this.count });
    },
    spokenNetwork() {
      const count = this.version >= 0 && this.started ? this.runs.a.running(this.month).length : 0;
      return fill(this.words.network_spoken, { month: monthName(this.month, this.words.months), count });
    },
    count() { return this.version >= 0 && this.started ? this.runs.a.firms.filter((one) => this.runs.a.alive(one, this.month)).length : 0; },
  },
  created() {
    this.time = 0;
    this.frames = 0;
    this.touched = false;
    if (LINKED.get("view") === "network") this.view = "network";
    const month = parseInt(LINKED.get("month"), 10);
    if (month >= 0 && month < this.horizon) { this.touched = true; this.time = this.month = month; }
    LINKED.delete("month"); // for the first page that is opened, not for the next
    this.toLast(); // runs may be there already
  },
  mounted() {
    this.mapView = new MapView(this.$refs.map);
    this.networkView = new NetworkView(this.$refs.network);
    this.watcher = new ResizeObserver(() => { this.refit(); this.draw(); });
    this.watcher.observe(this.$refs.map.parentElement);
    this.setMap();
    this.patience = setTimeout(() => { this.long = true; }, 5000);
  },
  beforeUnmount() {
    clearTimeout(this.patience);
    cancelAnimationFrame(this.frame);
    this.watcher.disconnect();
  },
  watch: {
    version() {
      this.toLast();
      this.draw();
    },
    map(now, before) {
      if (now.regions.length !== before.regions.length || now.made_up !== before.made_up) this.choose(null);
      this.setMap();
    },
    words() { this.setMap(); },
    view() { this.$nextTick(() => { this.refit(); this.draw(); }); },
    by() { this.draw(); },
    colour() { this.draw(); },
    layers: { deep: true, handler() { this.draw(); } },
  },
  methods: {
    ofGroup(group) {
      const rest = this.outcomes.filter((one) => one.group === group && !this.charts.some((two) => two.name === one.name));
      return rest.sort((one, two) => one.label.localeCompare(two.label, this.locale));
    },
    add(select) { this.extra.push(select.value); select.value = ""; },
    setMap() {
      this.mapView.setMap(this.map, this.map.names, this.words);
      this.draw();
    },
    refit() { this.mapView.fit(); this.networkView.fit(); },
    // Until somebody moves the clock it stands at the last month that all have.
    toLast() { if (!this.touched && this.shared > 0) this.time = this.month = this.shared - 1; },
    // --- The clock ---------------------------------------------------------------------------
    go(month) {
      this.touched = true;
      this.time = Math.max(0, Math.min(this.horizon - 1, Math.floor(month)));
      this.month = this.time;
      this.draw();
    },
    toggle() {
      this.touched = true;
      this.playing = !this.playing;
      if (!this.playing) { cancelAnimationFrame(this.frame); return; }
      if (this.time >= this.horizon - 1) this.time = 0;
      let before = performance.now();
      const step = (now) => {
        if (!this.playing) return;
        const last = Math.max(0, this.months - 1); // what has not arrived yet is waited for
        this.time = Math.min(last, this.time + (Math.max(0, now - before) / 1000) * this.speed);
        before = now;
        this.month = Math.floor(this.time);
        this.draw();
        if (this.time >= this.horizon - 1) { this.playing = false; return; }
        this.frame = requestAnimationFrame(step);
      };
      this.frame = requestAnimationFrame(step);
    },
    key(event) {
      const busy = ["SELECT", "INPUT", "TEXTAREA", "BUTTON", "SUMMARY", "A"].includes(event.target.tagName);
      if (event.target.type === "range" && event.key !== " ") return;
      if (busy && event.target.type !== "range") return;
      const last = this.horizon - 1;
      const what = { " ": () => this.toggle(), ArrowRight: () => this.go(this.time + 1), ArrowLeft: () => this.go(this.time - 1), Home: () => this.go(0), End: () => this.go(last) }[event.key];
      if (what) { what(); event.preventDefault(); }
    },
    // --- Drawing -----------------------------------------------------------------------------
    draw() {
      if (!this.mapView?.layout && !this.networkView?.width) return;
      const { a, b } = this.runs;
      this.frames += 1;
      if (this.view === "network") {
        this.networkView.draw({ run: a, month: this.time, parts: this.words.parts, texts: this.words });
        return;
      }
      const change = this.change();
      this.mapView.draw({
        run: a, other: b, month: this.time, by: this.by, layers: this.layers, change, mostChange: this.mostChange(),
        write: (value) => (b ? signed : number)(value, this.locale, this.colour === "mean_wage" ? 0 : null),
      });
    },
    // The map's number by region: what the plant changes, or the level where there is one run only.
    change() {
      const { a, b } = this.runs;
      if (!a.head?.regional.includes(this.colour) || !a.months || (b && !b.months)) return null;
      const month = Math.min(Math.floor(this.time), a.months - 1, (b?.months ?? Infinity) - 1);
      const key = `${this.colour} ${month} ${this.version}`;
      if (this.changeKey === key) return this.changeValue;
      const factor = this.colour === "value_added" ? 12e-9 : 1;
      const one = a.byRegion(this.colour, month), two = b ? b.byRegion(this.colour, month) : null;
      this.changeKey = key;
      this.changeValue = one.map((value, r) => factor * (value - (two ? two[r] : 0)));
      return this.changeValue;
    },
    // The colours' scale is that of all years that are there, so that colours do not jump about.
    mostChange() {
      const { a, b } = this.runs;
      const key = `${this.colour} ${this.version}`;
      if (this.mostKey === key) return this.most;
      this.mostKey = key;
      this.most = 0;
      if (!a.head?.regional.includes(this.colour)) return 1;
      const factor = this.colour === "value_added" ? 12e-9 : 1;
      const last = Math.min(a.months, b?.months ?? Infinity);
      for (let month = 11; month < last; month += 12) {
        const one = a.byRegion(this.colour, month), two = b ? b.byRegion(this.colour, month) : null;
        one.forEach((value, r) => { this.most = Math.max(this.most, Math.abs(factor * (value - (two ? two[r] : 0)))); });
      }
      this.most ||= 1;
      return this.most;
    },
    picture() {
      const canvas = this.view === "map" ? this.$refs.map : this.$refs.network;
      const copy = document.createElement("canvas");
      copy.width = canvas.width;
      copy.height = canvas.height;
      const pen = copy.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, copy.width, copy.height);
      pen.drawImage(canvas, 0, 0);
      saveUrl(`${this.view}-${isoMonth(this.month)}.png`, copy.toDataURL("image/png"));
    },
    // --- Pointing ----------------------------------------------------------------------------
    under(event) {
      const canvas = this.view === "map" ? this.$refs.map : this.$refs.network;
      const box = canvas.getBoundingClientRect();
      const x = event.clientX - box.left, y = event.clientY - box.top;
      return { x, y, found: this.view === "map" ? this.mapView.find(x, y, this.runs.a, this.month) : this.networkView.find(x, y) };
    },
    hover(event) {
      const { x, y, found } = this.under(event);
      const text = found && this.describe(found);
      this.tip = text ? { x: x + 14, y: y + 10, text } : null;
    },
    describe(found) {
      const run = this.runs.a;
      if (found.region !== undefined) return this.map.names[this.map.regions[found.region].id];
      const firm = run.byKey.get(found.firm);
      if (!firm) return "";
      if (firm.origin === 7) return this.words.origins[7];
      const people = Math.round(run.staff(firm.number, this.month) * run.head.scale);
      return `${this.words.sectors[run.head.sectors[firm.sector]]} · ${this.words.origins[firm.origin]} · ${fill(this.words.people_at, { n: number(people, this.locale) })}`;
    },
    pick(event) { this.choose(this.under(event).found); },
    choose(found) {
      this.picked = found;
      this.mapView.picked = found;
      this.networkView.picked = found;
      this.draw();
    },
  },
};
