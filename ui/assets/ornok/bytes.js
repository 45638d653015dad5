// From the bytes of a message to typed arrays.

// Puts the buffers of a message back where `{buffer: n}` stands for them.
export function unflatten(value, buffers) {
  if (Array.isArray(value)) return value.map((one) => unflatten(one, buffers));
  if (value && typeof value === "object") {
    if (typeof value.buffer === "number" && Object.keys(value).length === 1) return buffers[value.buffer];
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, unflatten(one, buffers)]));
  }
  return value;
}

// A copy of the bytes (a DataView) as an array of `Type`, aligned.
export function typed(view, Type) {
  const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  return new Type(bytes);
}

// Staff of a firm from its code (recorder.py: exact to 100, then steps of 6 %).
export const STAFF = Float32Array.from({ length: 256 }, (_, code) =>
  code <= 100 ? code : Math.round(100 * Math.pow(1.06, code - 100))
);
