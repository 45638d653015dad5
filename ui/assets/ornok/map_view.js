// The map on a canvas: regions coloured by what the plant changes, firms, parts, people on the move.

import { BLACK, BLUE, diverging, FAMILY_OF, FAMILY_STYLE, GREEN, ORIGINS } from "./colours.js";
import { besideName, layOut, placeOf } from "./geometry.js";
import { drawMoves } from "./moves_layer.js";
import { halo, mark } from "./shapes.js";

const TAU = 2 * Math.PI;
const FONT = '"Noto Sans Variable", sans-serif';

export class MapView {
  constructor(canvas) {
    this.canvas = canvas;
    this.x = canvas.getContext("2d");
    this.places = new Map();
    this.font = `600 12px ${FONT}`;
    this.picked = null;
  }

  // `names`: region id -> name; `labels`: texts of the drawing.
  setMap(map, names, labels) {
    this.map = map;
    this.names = names;
    this.labels = labels;
    this.fit();
  }

  fit() {
    const box = this.canvas.getBoundingClientRect();
    if (!box.width || !this.map) return false;
    const dots = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(box.width * dots);
    this.canvas.height = Math.round(box.height * dots);
    this.x.setTransform(dots, 0, 0, dots, 0, 0);
    this.layout = layOut(this.map, box.width, box.height);
    this.places.clear();
    return true;
  }

  place(firm) {
    let found = this.places.get(firm.key);
    if (!found) {
      const region = this.layout.regions[firm.region];
      found = firm.origin === 7 ? besideName(region) : placeOf(firm.key, region);
      this.places.set(firm.key, found);
    }
    return found;
  }

  // `shown`: {run, other, month, colour: regional outcome, unit, by: "origin" | "family", layers, texts}
  draw(shown) {
    if (!this.layout) return;
    const { x } = this;
    x.clearRect(0, 0, this.layout.width, this.layout.height);
    this.drawRegions(shown);
    if (!shown.run || !shown.run.head || shown.run.months === 0) return;
    const month = Math.min(Math.floor(shown.month), shown.run.months - 1);
    if (shown.layers.workers) this.drawWorkers(shown, month);
    if (shown.layers.firms) this.drawFirms(shown, month);
    if (shown.layers.parts) this.drawParts(shown, month);
    this.drawPlants(shown.run, month);
    if (shown.layers.moves) drawMoves(this, shown.run, shown.month);
    this.drawNames(shown);
    if (this.picked) this.drawPicked(shown.run, month);
  }

  path(region) {
    const { x } = this;
    x.beginPath();
    if (region.disc) x.arc(region.disc.x, region.disc.y, region.disc.radius, 0, TAU);
    else {
      region.ring.forEach(([px, py], k) => (k ? x.lineTo(px, py) : x.moveTo(px, py)));
      x.closePath();
    }
  }

  drawRegions(shown) {
    const { x } = this;
    const change = shown.change;
    const most = shown.mostChange || 1;
    this.layout.regions.forEach((region, r) => {
      if (region.disc && region.disc.x !== region.place[0]) {
        x.strokeStyle = "#9aa3a8"; x.lineWidth = 1;
        x.beginPath(); x.moveTo(region.place[0], region.place[1]); x.lineTo(region.disc.x, region.disc.y); x.stroke();
        x.fillStyle = "#6b7479"; x.beginPath(); x.arc(region.place[0], region.place[1], 2.5, 0, TAU); x.fill();
      }
      this.path(region);
      x.fillStyle = change ? diverging(change[r] / most) : "#eef1ec";
      x.fill();
      const hosts = shown.run?.head?.plants.some((one) => one.region === r);
      x.strokeStyle = hosts ? "#3c4a52" : "#a9b4b2";
      x.lineWidth = hosts ? 1.6 : 0.9;
      x.stroke();
    });
  }

  drawNames(shown) {
    const { x } = this;
    this.layout.regions.forEach((region, r) => {
      let [cx, cy] = region.centre;
      x.textAlign = "center";
      if (region.disc && this.map.made_up) {
        const above = region.disc.y - region.disc.radius - 18;
        cy = above > 12 ? above : region.disc.y - region.disc.radius + 18;
      }
      else if (region.disc) { // beside a city's disc, where there is room
        const right = region.disc.x + region.disc.radius + 90 < this.layout.width;
        x.textAlign = right ? "left" : "right";
        cx += (right ? 1 : -1) * (region.disc.radius + 6);
        cy -= 2;
      }
      x.font = this.font;
      halo(x, this.names[region.id] ?? region.name, cx, cy);
      if (shown.change) {
        x.font = `12px ${FONT}`;
        halo(x, shown.write(shown.change[r]), cx, cy + 14, "#333");
      }
    });
  }

  drawFirms({ run, by, month: now }, month) {
    const { x } = this;
    const styles = by === "family" ? FAMILY_STYLE : ORIGINS;
    const batches = styles.map(() => []);
    for (const firm of run.firms) {
      if (firm.origin === 7 || !run.alive(firm, month)) continue;
      const family = FAMILY_OF[run.head.sectors[firm.sector]] ?? 4;
      batches[by === "family" ? family : firm.origin].push(firm);
    }
    batches.forEach((firms, k) => {
      const { colour, shape } = styles[k];
      const quiet = by !== "family" && k === 0;
      x.fillStyle = colour;
      x.globalAlpha = quiet ? 0.5 : 0.85;
      x.beginPath();
      for (const firm of firms) {
        const [px, py] = this.place(firm);
        const r = Math.min(9, 1.1 + 0.62 * Math.sqrt(run.staff(firm.number, month)));
        // A new firm pops up: it is larger in its first year.
        const young = now - firm.start < 12 && firm.start >= 0 ? 1 + 0.8 * (1 - (now - firm.start) / 12) : 1;
        mark(x, shape, px, py, r * young);
      }
      x.fill();
    });
    x.globalAlpha = 1;
  }

  drawPlants(run, month) {
    const { x } = this;
    for (const firm of run.firms) {
      if (firm.origin !== 7) continue;
      const plant = run.head.plants.find((one) => one.region === firm.region);
      const [px, py] = this.place(firm);
      const open = plant && month >= plant.opening;
      const known = plant && month >= plant.announced;
      if (!known) continue;
      x.beginPath();
      mark(x, "star", px, py, open ? 8 + 0.5 * Math.sqrt(run.staff(firm.number, month)) : 7);
      x.lineWidth = 1.6; x.strokeStyle = open ? "#fff" : BLACK; x.fillStyle = open ? BLACK : "rgba(255,255,255,.8)";
      x.fill(); x.stroke();
    }
  }

  drawParts({ run, month: now }, month) {
    const plant = run.firms.find((one) => one.origin === 7);
    if (!plant) return;
    const { x } = this;
    const to = this.place(plant);
    for (const contract of run.running(month)) {
      const firm = run.firms[contract.firm];
      if (!firm) continue;
      const from = this.place(firm);
      const flows = run.paid(contract, month) > 0;
      x.strokeStyle = BLUE; x.lineWidth = flows ? 1.8 : 1; x.setLineDash(flows ? [] : [3, 4]);
      this.arc(from, to); x.stroke(); x.setLineDash([]);
      if (flows) this.dots(from, to, now, BLUE, 3);
      x.fillStyle = BLUE; x.strokeStyle = "#fff"; x.lineWidth = 1.2;
      x.beginPath(); mark(x, "triangle", from[0], from[1], 6); x.fill(); x.stroke();
    }
  }

  // People who work in another region than they live in: more of them with the plant than without.
  drawWorkers({ run, other, month: now }, month) {
    const table = run.commutersBy(month);
    if (!table) return;
    const n = run.head.regions.length;
    const before = other?.commutersBy(month)?.table;
    const { x } = this;
    const flows = [];
    for (let home = 0; home < n; home++)
      for (let work = 0; work < n; work++) {
        if (home === work) continue;
        const more = table.table[home * n + work] - (before ? before[home * n + work] : 0);
        if (more > 0) flows.push({ home, work, more });
      }
    flows.sort((one, two) => two.more - one.more);
    for (const { home, work, more } of flows.slice(0, 6)) {
      if (more < 0.02 * flows[0].more) continue;
      const from = this.layout.regions[home].centre, to = this.layout.regions[work].centre;
      x.strokeStyle = GREEN; x.globalAlpha = 0.45; x.lineWidth = Math.min(7, 0.8 + Math.sqrt(more) / 14);
      this.arc(from, to); x.stroke();
      x.globalAlpha = 1;
      this.dots(from, to, now * 0.6, GREEN, 2.4);
    }
  }

  bend([ax, ay], [bx, by]) {
    return [(ax + bx) / 2 + (by - ay) * 0.18, (ay + by) / 2 - (bx - ax) * 0.18];
  }

  arc(from, to) {
    const [cx, cy] = this.bend(from, to);
    this.x.beginPath();
    this.x.moveTo(from[0], from[1]);
    this.x.quadraticCurveTo(cx, cy, to[0], to[1]);
  }

  dots(from, to, now, colour, r) {
    const { x } = this;
    const [cx, cy] = this.bend(from, to);
    x.fillStyle = colour;
    x.beginPath();
    for (let k = 0; k < 3; k++) {
      const t = (now / 9 + k / 3) % 1, s = 1 - t;
      const px = s * s * from[0] + 2 * s * t * cx + t * t * to[0], py = s * s * from[1] + 2 * s * t * cy + t * t * to[1];
      x.moveTo(px + r, py); x.arc(px, py, r, 0, TAU);
    }
    x.fill();
  }

  drawPicked(run, month) {
    const { x } = this;
    x.strokeStyle = BLACK; x.lineWidth = 2;
    if (this.picked.firm !== undefined) {
      const firm = run.byKey.get(this.picked.firm);
      if (!firm || !run.alive(firm, month)) return;
      const [px, py] = this.place(firm);
      x.beginPath(); x.arc(px, py, 11, 0, TAU); x.stroke();
    } else {
      this.path(this.layout.regions[this.picked.region]);
      x.lineWidth = 2.6; x.stroke();
    }
  }

  // What lies under a point: a firm in business near to it, else a region, else null.
  find(px, py, run, month) {
    if (!this.layout || !run?.head) return null;
    let best = null, least = 100;
    for (const firm of run.firms) {
      if (!run.alive(firm, month)) continue;
      const [fx, fy] = this.place(firm);
      const far = (fx - px) ** 2 + (fy - py) ** 2 - (firm.origin === 7 ? 120 : 0);
      if (far < least) { least = far; best = { firm: firm.key }; }
    }
    if (best) return best;
    for (let r = this.layout.regions.length - 1; r >= 0; r--) {
      this.path(this.layout.regions[r]);
      const dots = window.devicePixelRatio || 1;
      if (this.x.isPointInPath(px * dots, py * dots)) return { region: r };
    }
    return null;
  }
}
