// What the plant changes, in whole sentences: each stands alone, so that any mixture of clear and unclear reads well.

import { fill, rounded } from "./format.js";

// `found`: for each of `texts.headline_parts` {unit, value} or, of a whole band, {unit, value, low, high}.
export function headlineOf(texts, found, sure, locale) {
  const write = (value) => rounded(value, locale);
  const sentences = texts.headline_parts.map(({ text, unclear }, k) => {
    const { unit, value, low, high } = found[k];
    if (low < 0 && high > 0) return fill(unclear, { low: write(low), high: write(high), unit });
    return fill(text, { value: write(value), unit });
  });
  return [...(sure ? [] : [texts.headline_one_seed]), ...sentences].join(" ");
}
