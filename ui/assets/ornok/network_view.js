// The supply network on a canvas: the plant, its parts around it, who makes them, and who supplies those.

import { AMBER, BLACK, BLUE, GREY, ORIGINS } from "./colours.js";
import { halo, mark } from "./shapes.js";

const TAU = 2 * Math.PI;
const FONT = '"Noto Sans Variable", sans-serif';

export class NetworkView {
  constructor(canvas) {
    this.canvas = canvas;
    this.x = canvas.getContext("2d");
    this.spots = []; // {firm, px, py}: what can be clicked
    this.picked = null;
  }

  fit() {
    const box = this.canvas.getBoundingClientRect();
    if (!box.width) return false;
    const dots = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(box.width * dots);
    this.canvas.height = Math.round(box.height * dots);
    this.x.setTransform(dots, 0, 0, dots, 0, 0);
    this.width = box.width;
    this.height = box.height;
    return true;
  }

  // `shown`: {run, month, parts: name -> label, texts}
  draw({ run, month: now, parts, texts }) {
    if (!this.width) return;
    const { x, width, height } = this;
    x.clearRect(0, 0, width, height);
    this.spots = [];
    if (!run?.head || run.months === 0) return;
    const month = Math.min(Math.floor(now), run.months - 1);
    const names = run.head.parts.filter((name) => run.series[`local_share_${name}`]);
    const middle = [width / 2, height / 2];
    const rx = Math.min(width * 0.27, 260), ry = height * 0.29;
    const angle = (k) => (k / names.length) * TAU - Math.PI / 2;
    const spot = (k, far) => [middle[0] + far * rx * Math.cos(angle(k)), middle[1] + far * ry * Math.sin(angle(k))];
    const running = run.running(month);
    this.drawRing(texts, middle, rx, ry, running.length > 0);
    const made = new Map();
    names.forEach((name, k) => {
      const number = run.head.parts.indexOf(name);
      const share = run.series[`local_share_${name}`][month];
      const [px, py] = spot(k, 1);
      made.set(number, { k, px, py });
      x.strokeStyle = share > 0.005 ? BLUE : "#c3c9cb"; x.lineWidth = share > 0.005 ? 2 : 1;
      x.beginPath(); x.moveTo(...middle); x.lineTo(px, py); x.stroke();
      this.drawPart(px, py, share, parts[name] ?? name, Math.cos(angle(k)), Math.sin(angle(k)));
    });
    this.drawSuppliers(run, running, made, month, now, { middle, rx, ry, angle });
    this.drawPlant(run, month, middle);
  }

  drawRing(texts, [mx, my], rx, ry, any) {
    const { x } = this;
    x.strokeStyle = "#e3e7e6"; x.lineWidth = 1; x.setLineDash([2, 4]);
    for (const far of [1, 1.45, 1.72]) { x.beginPath(); x.ellipse(mx, my, rx * far, ry * far, 0, 0, TAU); x.stroke(); }
    x.setLineDash([]);
    x.font = `11.5px ${FONT}`; x.textAlign = "left";
    if (!any) { x.textAlign = "center"; halo(x, texts.no_suppliers, mx, this.height - 8, "#444"); }
  }

  // A part: how much of it is made in the country, as a slice of its disc.
  drawPart(px, py, share, label, cos, sin) {
    const { x } = this;
    x.fillStyle = "#e9ecec"; x.strokeStyle = "#9aa3a8"; x.lineWidth = 1;
    x.beginPath(); x.arc(px, py, 8, 0, TAU); x.fill(); x.stroke();
    if (share > 0.005) {
      x.fillStyle = BLUE; x.beginPath(); x.moveTo(px, py);
      x.arc(px, py, 8, -Math.PI / 2, -Math.PI / 2 + TAU * Math.min(share, 1)); x.closePath(); x.fill();
    }
    x.font = `${share > 0.005 ? 600 : 400} 11.5px ${FONT}`;
    x.textAlign = Math.abs(cos) < 0.25 ? "center" : cos > 0 ? "left" : "right";
    const gap = x.textAlign === "center" ? 0 : 12 * Math.sign(cos);
    halo(x, label, px + gap, py + (x.textAlign === "center" ? (sin < 0 ? -13 : 21) : 4), share > 0.005 ? BLACK : "#4d565b");
  }

  drawSuppliers(run, running, made, month, now, { middle, rx, ry, angle }) {
    const { x } = this;
    const first = new Map();
    const count = new Map();
    for (const one of running) {
      const part = made.get(one.component);
      const firm = run.firms[one.firm];
      if (!part || !firm) continue;
      const nth = count.get(one.component) ?? 0;
      count.set(one.component, nth + 1);
      const turn = angle(part.k) + (nth - 0.5 * (nth > 0)) * 0.12;
      const px = middle[0] + 1.45 * rx * Math.cos(turn), py = middle[1] + 1.45 * ry * Math.sin(turn);
      const flows = run.paid(one, month) > 0;
      x.strokeStyle = BLUE; x.lineWidth = 1 + 2 * one.share; x.setLineDash(flows ? [] : [4, 4]);
      x.beginPath(); x.moveTo(px, py); x.lineTo(part.px, part.py); x.stroke(); x.setLineDash([]);
      if (flows) this.dots([px, py], [part.px, part.py], now, BLUE);
      first.set(one.firm, { firm, px, py, turn });
    }
    const year = run.named.filter((one) => one.month <= month).at(-1)?.month;
    const second = run.named.filter((one) => one.month === year && first.has(one.from) && !first.has(one.to));
    const around = new Map();
    for (const { from, to } of second) {
      const own = first.get(from);
      const nth = around.get(from) ?? 0;
      around.set(from, nth + 1);
      const turn = own.turn + (nth - 1.5) * 0.07;
      const px = middle[0] + 1.72 * rx * Math.cos(turn), py = middle[1] + 1.72 * ry * Math.sin(turn);
      x.strokeStyle = AMBER; x.lineWidth = 1;
      x.beginPath(); x.moveTo(px, py); x.lineTo(own.px, own.py); x.stroke();
      this.drawFirm(run, run.firms[to], px, py, month, 4);
    }
    for (const { firm, px, py } of first.values()) this.drawFirm(run, firm, px, py, month, 7);
  }

  drawFirm(run, firm, px, py, month, least) {
    if (!firm) return;
    const { x } = this;
    const style = ORIGINS[firm.origin] ?? ORIGINS[0];
    x.fillStyle = style.colour === GREY ? "#5f686d" : style.colour; x.strokeStyle = "#fff"; x.lineWidth = 1.4;
    x.beginPath();
    mark(x, style.shape, px, py, least + 0.4 * Math.sqrt(run.staff(firm.number, month)));
    x.fill(); x.stroke();
    this.spots.push({ firm: firm.key, px, py });
    if (this.picked?.firm === firm.key) {
      x.strokeStyle = BLACK; x.lineWidth = 2; x.beginPath(); x.arc(px, py, least + 8, 0, TAU); x.stroke();
    }
  }

  drawPlant(run, month, [px, py]) {
    const plant = run.firms.find((one) => one.origin === 7);
    const about = run.head.plants[0];
    if (!plant || !about || month < about.announced) return;
    const { x } = this;
    x.fillStyle = month >= about.opening ? BLACK : "#fff"; x.strokeStyle = BLACK; x.lineWidth = 1.5;
    x.beginPath(); mark(x, "star", px, py, 15); x.fill(); x.stroke();
    this.spots.push({ firm: plant.key, px, py });
  }

  dots([ax, ay], [bx, by], now, colour) {
    const { x } = this;
    x.fillStyle = colour; x.beginPath();
    for (let k = 0; k < 2; k++) {
      const t = (now / 6 + k / 2) % 1;
      const px = ax + (bx - ax) * t, py = ay + (by - ay) * t;
      x.moveTo(px + 3, py); x.arc(px, py, 3, 0, TAU);
    }
    x.fill();
  }

  find(px, py) {
    let best = null, least = 200;
    for (const one of this.spots) {
      const far = (one.px - px) ** 2 + (one.py - py) ** 2;
      if (far < least) { least = far; best = { firm: one.firm }; }
    }
    return best;
  }
}
