// Numbers and months as each language writes them.

const DIGITS = [[1000, 0], [100, 0], [10, 1], [1, 2], [0.1, 2], [0, 3]];

export function number(value, locale, digits = null) {
  if (value === null || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const places = digits ?? (Number.isInteger(value) ? 0 : DIGITS.find(([from]) => size >= from)[1]);
  // Know-how of a whole region moves in ten-thousandths: two digits of it, not 0.
  const small = digits === null && size < 0.01 && size > 1e-9;
  const written = inLanguage(new Intl.NumberFormat("en", small ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: places }).format(size), locale);
  const zero = !/[1-9]/.test(written);
  return (value < 0 && !zero ? "−" : "") + written;
}

// Kyrgyz is not in every browser's tables: what it shares with Russian is written here.
function inLanguage(written, locale) {
  if (locale === "en") return written;
  return written.replaceAll(",", "\u202f").replace(".", ",");
}

// With a sign and three significant digits, for sentences.
export function rounded(value, locale) {
  const written = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 }).format(Math.abs(value));
  return (value < 0 ? "−" : "+") + inLanguage(written, locale);
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
