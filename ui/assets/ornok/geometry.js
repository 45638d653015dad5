// Where things are drawn: regions on a canvas of some size, firms inside their regions.

const CITY_SHARE = 0.062; // radius of a city's disc, of the width of the drawing

// Lays a map out on a canvas of `width` x `height`: `{regions: [{ring, disc, centre}], scale}`.
export function layOut(map, width, height) {
  return map.made_up ? layOutDiscs(map, width, height) : layOutOutlines(map, width, height);
}

function layOutOutlines(map, width, height) {
  const outlines = map.regions.filter((one) => one.outline);
  const points = outlines.flatMap((one) => one.outline);
  const west = Math.min(...points.map((p) => p[0])), east = Math.max(...points.map((p) => p[0]));
  const south = Math.min(...points.map((p) => p[1])), north = Math.max(...points.map((p) => p[1]));
  const squeeze = Math.cos(((south + north) / 2) * Math.PI / 180);
  const radius = CITY_SHARE * Math.min(width, height * 2);
  const margin = 14;
  const k = Math.min((width - 2 * margin) / ((east - west) * squeeze), (height - 2 * margin - radius) / (north - south));
  const left = (width - k * (east - west) * squeeze) / 2;
  const top = (height + radius - k * (north - south)) / 2;
  const at = ([lon, lat]) => [left + (lon - west) * squeeze * k, top + (north - lat) * k];
  const rings = outlines.map((one) => one.outline.map(at));
  const discs = [];
  const regions = map.regions.map((one) => {
    const place = at(one.place);
    if (one.outline) {
      const ring = one.outline.map(at);
      return { ...one, ring, disc: null, place, centre: inner(ring) };
    }
    const disc = { ...freePlace(place, radius, rings, discs, width, height), radius };
    discs.push(disc);
    return { ...one, ring: null, disc, place, centre: [disc.x, disc.y] };
  });
  return { regions, width, height, abroad: abroadAt(rings, discs, width, height) };
}

// Discs side by side as they lie, their size by people.
function layOutDiscs(map, width, height) {
  const lons = map.regions.map((one) => one.place[0]), lats = map.regions.map((one) => one.place[1]);
  const most = Math.max(...map.regions.map((one) => one.people));
  const big = Math.min(width / 6, height / 3.4);
  const spread = (values, value) => {
    const low = Math.min(...values), high = Math.max(...values);
    return high > low ? (value - low) / (high - low) : 0.5;
  };
  const regions = map.regions.map((one) => {
    const x = width * (0.17 + 0.66 * spread(lons, one.place[0]));
    const y = height * (0.68 - 0.36 * spread(lats, one.place[1]));
    const disc = { x, y, radius: big * (0.6 + 0.4 * Math.sqrt(one.people / most)) };
    return { ...one, ring: null, disc, place: [x, y], centre: [x, y] };
  });
  return { regions, width, height, abroad: abroadAt([], regions.map((one) => one.disc), width, height) };
}

// Where those abroad are: in a corner that nothing covers.
function abroadAt(rings, discs, width, height) {
  const { x, y } = freePlace([0, 0], 13, rings, discs, width, height);
  return [x, y];
}

// The place for a disc nearest to a city where it covers no outline and no other disc.
function freePlace([x0, y0], radius, rings, discs, width, height) {
  let best = { x: x0, y: y0 }, least = Infinity;
  const step = Math.max(6, radius / 5);
  for (let x = radius + 2; x < width - radius; x += step)
    for (let y = radius + 2; y < height - radius; y += step) {
      const far = Math.hypot(x - x0, y - y0);
      if (far >= least) continue;
      if (discs.some((one) => Math.hypot(one.x - x, one.y - y) < one.radius + radius + 6)) continue;
      if (rings.some((ring) => inside(ring, x, y) || distance(ring, x, y) < radius + 4)) continue;
      least = far;
      best = { x, y };
    }
  return best;
}

export function inside(ring, x, y) {
  let odd = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i], [xj, yj] = ring[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}

function distance(ring, x, y) {
  let least = Infinity;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i], [xj, yj] = ring[j];
    const dx = xj - xi, dy = yj - yi;
    const t = Math.max(0, Math.min(1, ((x - xi) * dx + (y - yi) * dy) / (dx * dx + dy * dy || 1)));
    least = Math.min(least, Math.hypot(x - xi - t * dx, y - yi - t * dy));
  }
  return least;
}

// The point farthest from the edge of a ring; sideways distance counts less, for texts are wide.
function inner(ring) {
  const xs = ring.map((p) => p[0]), ys = ring.map((p) => p[1]);
  const west = Math.min(...xs), east = Math.max(...xs), top = Math.min(...ys), bottom = Math.max(...ys);
  const wide = ring.map(([x, y]) => [x * 0.5, y]);
  let best = [(west + east) / 2, (top + bottom) / 2], most = -1;
  for (let i = 1; i < 24; i++)
    for (let j = 1; j < 24; j++) {
      const x = west + ((east - west) * i) / 24, y = top + ((bottom - top) * j) / 24;
      if (!inside(ring, x, y)) continue;
      const room = distance(wide, x * 0.5, y);
      if (room > most) { most = room; best = [x, y]; }
    }
  return best;
}

// A number from 0 to 1 that depends on a text alone.
function* chances(text) {
  let h = 2166136261;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  for (;;) {
    h = Math.imul(h ^ (h >>> 15), 2246822507) + 0x9e3779b9;
    h ^= h >>> 13;
    yield (h >>> 0) / 4294967296;
  }
}

// Where a firm stands in its region: by chance, but always the same for the same firm.
export function placeOf(key, region) {
  const draw = chances(key);
  const next = () => draw.next().value;
  if (region.disc) {
    const angle = 2 * Math.PI * next(), far = Math.sqrt(next()) * (region.disc.radius - 5);
    return [region.disc.x + far * Math.cos(angle), region.disc.y + far * Math.sin(angle)];
  }
  const { ring } = region;
  region.box ??= [Math.min(...ring.map((p) => p[0])), Math.min(...ring.map((p) => p[1])),
    Math.max(...ring.map((p) => p[0])), Math.max(...ring.map((p) => p[1]))];
  const [west, top, east, bottom] = region.box;
  for (let k = 0; k < 40; k++) {
    let x = west + next() * (east - west), y = top + next() * (bottom - top);
    // Most work is near the region's main town.
    const pull = next() * 0.75;
    x += (region.place[0] - x) * pull;
    y += (region.place[1] - y) * pull;
    if (inside(ring, x, y)) return [x, y];
  }
  return region.centre;
}

// A place in a region that its name does not cover: where a plant's star stands.
export function besideName(region) {
  const [cx, cy] = region.centre;
  const isInside = region.disc ? () => true : (x, y) => inside(region.ring, x, y);
  for (const [dx, dy] of [[-36, 4], [40, 4], [0, -24], [0, 30], [-26, -16]]) if (isInside(cx + dx, cy + dy)) return [cx + dx, cy + dy];
  return region.centre;
}
