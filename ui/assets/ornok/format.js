// Numbers and months as each language writes them.

const DIGITS = [[1000, 0], [100, 0], [10, 1], [1, 2], [0.1, 2], [0, 3]];

export function number(value, locale, digits = null) {
  if (value === null || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const places = digits ?? (Number.isInteger(value) ? 0 : DIGITS.find(([from]) => size >= from)[1]);
  const written = new Intl.NumberFormat(locale, { maximumFractionDigits: places, minimumFractionDigits: 0 }).format(size);
  const zero = !/[1-9]/.test(written);
  return (value < 0 && !zero ? "−" : "") + written;
}

export function signed(value, locale, digits = null) {
  const written = number(value, locale, digits);
  return value > 0 && /[1-9]/.test(written) ? "+" + written : written;
}

// The month `period` months after January 2023.
export function monthName(period, months) {
  return `${months[((period % 12) + 12) % 12]} ${2023 + Math.floor(period / 12)}`;
}

export function isoMonth(period) {
  return `${2023 + Math.floor(period / 12)}-${String((period % 12) + 1).padStart(2, "0")}`;
}

export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
