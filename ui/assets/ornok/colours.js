// Colours that people with any colour vision can tell apart (Okabe & Ito), each with a dash or a shape.

export const BLUE = "#0072B2", ORANGE = "#D55E00", GREEN = "#009E73", PINK = "#CC79A7";
export const SKY = "#56B4E9", AMBER = "#E69F00", YELLOW = "#F0E442", BLACK = "#1a1a1a", GREY = "#8a8f94";

// With the plant and without it.
export const SIDES = { a: { colour: BLUE, dash: "solid" }, b: { colour: ORANGE, dash: "dashed" } };

// Firms by origin: incumbent, traditional, service, supplier, spin-off, foreign, conversion, plant.
export const ORIGINS = [
  { colour: GREY, shape: "dot" }, { colour: GREEN, shape: "dot" }, { colour: SKY, shape: "dot" },
  { colour: ORANGE, shape: "triangle" }, { colour: PINK, shape: "diamond" }, { colour: AMBER, shape: "square" },
  { colour: BLUE, shape: "cross" }, { colour: BLACK, shape: "star" },
];

// Sectors in five families, by the pack's order of sectors.
export const FAMILIES = ["land", "industry", "building", "trade", "services"];
export const FAMILY_OF = {
  agriculture: 0, mining: 0, light_industry: 1, materials_engineering: 1, vehicles: 1, construction: 2,
  trade: 3, transport: 3, business_services: 4, personal_services: 4, public_services: 4,
};
export const FAMILY_STYLE = [
  { colour: GREEN, shape: "triangle" }, { colour: ORANGE, shape: "square" }, { colour: AMBER, shape: "diamond" },
  { colour: BLUE, shape: "dot" }, { colour: PINK, shape: "cross" },
];

// From losses (orange) over nothing (white) to gains (blue); `share` from -1 to 1.
export function diverging(share) {
  const s = Math.max(-1, Math.min(1, share));
  const to = s < 0 ? [230, 150, 90] : [110, 170, 215];
  const k = Math.sqrt(Math.abs(s));
  return `rgb(${[245, 246, 243].map((from, i) => Math.round(from + k * (to[i] - from))).join(",")})`;
}
