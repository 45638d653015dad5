// Small marks on a canvas: a colour is never alone, a shape goes with it.

export function mark(x, shape, px, py, r) {
  switch (shape) {
    case "square":
      x.rect(px - r * 0.9, py - r * 0.9, 1.8 * r, 1.8 * r);
      break;
    case "triangle":
      x.moveTo(px, py - 1.25 * r); x.lineTo(px + 1.15 * r, py + 0.85 * r); x.lineTo(px - 1.15 * r, py + 0.85 * r); x.closePath();
      break;
    case "diamond":
      x.moveTo(px, py - 1.3 * r); x.lineTo(px + 1.2 * r, py); x.lineTo(px, py + 1.3 * r); x.lineTo(px - 1.2 * r, py); x.closePath();
      break;
    case "cross": {
      const a = 0.42 * r, b = 1.15 * r;
      x.moveTo(px - a, py - b); x.lineTo(px + a, py - b); x.lineTo(px + a, py - a); x.lineTo(px + b, py - a);
      x.lineTo(px + b, py + a); x.lineTo(px + a, py + a); x.lineTo(px + a, py + b); x.lineTo(px - a, py + b);
      x.lineTo(px - a, py + a); x.lineTo(px - b, py + a); x.lineTo(px - b, py - a); x.lineTo(px - a, py - a); x.closePath();
      break;
    }
    case "star":
      for (let k = 0; k < 10; k++) {
        const far = k % 2 ? 0.55 * r : 1.35 * r, angle = (k * Math.PI) / 5 - Math.PI / 2;
        const px2 = px + far * Math.cos(angle), py2 = py + far * Math.sin(angle);
        if (k === 0) x.moveTo(px2, py2);
        else x.lineTo(px2, py2);
      }
      x.closePath();
      break;
    case "arrow":
      arrow(x, px, py, r, 0);
      break;
    default:
      x.moveTo(px + r, py);
      x.arc(px, py, r, 0, 2 * Math.PI);
  }
}

// An arrowhead that points along `angle`.
export function arrow(x, px, py, r, angle) {
  const c = r * Math.cos(angle), s = r * Math.sin(angle);
  x.moveTo(px + 1.2 * c, py + 1.2 * s);
  x.lineTo(px - c - 0.8 * s, py - s + 0.8 * c);
  x.lineTo(px - 0.45 * c, py - 0.45 * s);
  x.lineTo(px - c + 0.8 * s, py - s - 0.8 * c);
  x.closePath();
}

// The same mark as an SVG path around (7, 7), for legends.
export function svgPath(shape) {
  const parts = [];
  const pen = {
    moveTo: (x, y) => parts.push(`M${x.toFixed(1)} ${y.toFixed(1)}`),
    lineTo: (x, y) => parts.push(`L${x.toFixed(1)} ${y.toFixed(1)}`),
    closePath: () => parts.push("Z"),
    rect: (x, y, w, h) => parts.push(`M${x} ${y}h${w}v${h}h${-w}Z`),
    arc: (x, y, r) => parts.push(`A${r} ${r} 0 1 1 ${(x - r).toFixed(1)} ${y}A${r} ${r} 0 1 1 ${(x + r).toFixed(1)} ${y}`),
  };
  mark(pen, shape, 7, 7, 4.5);
  return parts.join("");
}

export function halo(x, text, px, py, colour = "#1a1a1a") {
  x.lineJoin = "round";
  x.lineWidth = 3;
  x.strokeStyle = "rgba(255,255,255,.85)";
  x.strokeText(text, px, py);
  x.fillStyle = colour;
  x.fillText(text, px, py);
}
