// Workers moving, on the map: arrows from where they were to where they are now.

import { BLACK, YELLOW } from "./colours.js";
import { placeOf } from "./geometry.js";
import { arrow, halo } from "./shapes.js";

export const OWN = { colour: YELLOW, edge: BLACK, shape: "arrow", r: 4.8 }, OTHER = { colour: "#fff", edge: "#4d565b", shape: "arrow", r: 4 };

export function drawMoves(view, run, time) {
  if (!run.moves) return;
  const { x } = view;
  drawAbroad(view);
  for (const style of [OTHER, OWN]) {
    x.beginPath();
    run.moves.each(time, (one, far) => {
      if (one.own !== (style === OWN)) return;
      const [from, [cx, cy], to] = wayOf(view, run, one);
      const near = 1 - far;
      const px = near * near * from[0] + 2 * near * far * cx + far * far * to[0];
      const py = near * near * from[1] + 2 * near * far * cy + far * far * to[1];
      const dx = near * (cx - from[0]) + far * (to[0] - cx), dy = near * (cy - from[1]) + far * (to[1] - cy);
      arrow(x, px, py, style.r, Math.atan2(dy, dx));
    });
    x.fillStyle = style.colour; x.strokeStyle = style.edge; x.lineWidth = 0.8;
    x.fill(); x.stroke();
  }
}

// Beginning, bend and end of an arrow's way; kept with it as long as the map is laid out so.
function wayOf(view, run, one) {
  if (one.layout !== view.layout) {
    const from = placeFor(view, run, one, one.from), to = placeFor(view, run, one, one.to);
    one.layout = view.layout;
    one.way = [from, view.bend(from, to), to];
  }
  return one.way;
}

// At a firm, abroad, or somewhere in a region, always the same for the same arrow.
function placeFor(view, run, { number }, place) {
  if (place >= 0) return beside(view.place(run.firms[place]), number);
  const region = view.layout.regions[-1 - place];
  return region ? placeOf(`${number} ${place}`, region) : view.layout.abroad;
}

// Around a firm, not all on one spot: there they would be a blot.
function beside([px, py], number) {
  const angle = number * 2.399963, far = 5 + 9 * ((number * 0.754878) % 1);
  return [px + far * Math.cos(angle), py + far * Math.sin(angle)];
}

function drawAbroad(view) {
  const { x } = view;
  const [px, py] = view.layout.abroad;
  x.strokeStyle = "#6b7479"; x.lineWidth = 1.2; x.setLineDash([3, 3]);
  x.beginPath(); x.arc(px, py, 9, 0, 2 * Math.PI); x.stroke(); x.setLineDash([]);
  x.textAlign = "left"; x.font = view.font;
  halo(x, view.labels.abroad_place, px + 14, py + 4);
}
