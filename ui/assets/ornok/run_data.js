// One run as it arrives: pieces of months put together into arrays by month.

import { STAFF, typed } from "./bytes.js";
import { Moves } from "./moves.js";

export class RunData {
  constructor(horizon) {
    this.horizon = horizon;
    this.clear();
  }

  clear() {
    this.months = 0;
    this.head = null;
    this.series = {}; // outcome -> Float32Array [horizon]
    this.regional = {}; // outcome -> Float32Array [horizon * regions]
    this.firms = []; // {row, key, region, sector, origin, ownership, component, parent, start, end}
    this.staffRows = []; // month -> Uint8Array [firms known by then]
    this.contracts = [];
    this.partsRows = []; // month -> Float32Array [contracts known by then]
    this.named = []; // {month, from, to}
    this.commuters = []; // {month, table: Int32Array [regions * regions]}
    this.moves = null; // who went elsewhere
    this.byKey = new Map();
  }

  // Months come in order; a first piece again means that the run has begun anew.
  add(piece) {
    if (piece.first === 0) {
      this.clear();
      this.head = piece.head;
      for (const name of piece.head.outcomes) this.series[name] = new Float32Array(this.horizon);
      for (const name of piece.head.regional)
        this.regional[name] = new Float32Array(this.horizon * piece.head.regions.length);
    }
    if (piece.first !== this.months) return;
    this.addSeries(piece);
    if (piece.firms) this.addFirms(piece);
    this.months += piece.months;
  }

  addSeries(piece) {
    const { outcomes, regional, regions } = this.head;
    const values = typed(piece.series, Float32Array);
    outcomes.forEach((name, o) => {
      const own = this.series[name];
      for (let m = 0; m < piece.months; m++) own[piece.first + m] = values[m * outcomes.length + o];
    });
    if (!piece.regional) return;
    const table = typed(piece.regional, Float32Array);
    const n = regions.length;
    regional.forEach((name, q) => {
      const own = this.regional[name];
      for (let m = 0; m < piece.months; m++) {
        const from = (m * regional.length + q) * n;
        own.set(table.subarray(from, from + n), (piece.first + m) * n);
      }
    });
  }

  addFirms(piece) {
    const of = piece.firms;
    const columns = {
      row: typed(of.row, Int32Array), identity: typed(of.identity, Uint32Array),
      region: typed(of.region, Uint8Array), sector: typed(of.sector, Uint8Array),
      origin: typed(of.origin, Uint8Array), ownership: typed(of.ownership, Uint8Array),
      component: typed(of.component, Int8Array), parent: typed(of.parent, Int32Array),
      start: typed(of.start, Int32Array),
    };
    for (let k = 0; k < of.count; k++) {
      const key = `${columns.identity[2 * k + 1].toString(16)}-${columns.identity[2 * k].toString(16)}`;
      const firm = {
        number: this.firms.length, key, row: columns.row[k], region: columns.region[k],
        sector: columns.sector[k], origin: columns.origin[k], ownership: columns.ownership[k],
        component: columns.component[k], parent: columns.parent[k], start: columns.start[k], end: null,
      };
      this.byKey.set(key, firm);
      this.firms.push(firm);
    }
    const staff = typed(piece.staff, Uint8Array);
    const width = this.firms.length;
    for (let m = 0; m < piece.months; m++) this.staffRows.push(staff.subarray(m * width, (m + 1) * width));
    pairs(typed(piece.closed, Int32Array), 2, ([number, month]) => { this.firms[number].end = month; });
    this.addContracts(piece);
    this.moves ??= new Moves(this.head.scale);
    this.moves.add(piece.moves);
    const n = this.head.regions.length;
    const tables = typed(piece.commuters, Int32Array);
    typed(piece.commuter_months, Int32Array).forEach((month, k) => {
      this.commuters.push({ month, table: tables.subarray(k * n * n, (k + 1) * n * n) });
    });
  }

  addContracts(piece) {
    for (const one of piece.contracts) this.contracts.push({ ...one, number: this.contracts.length, closed: null });
    pairs(typed(piece.ended, Int32Array), 2, ([number, month]) => { this.contracts[number].closed = month; });
    const paid = typed(piece.parts, Float32Array);
    const width = this.contracts.length;
    for (let m = 0; m < piece.months; m++) this.partsRows.push(paid.subarray(m * width, (m + 1) * width));
    pairs(typed(piece.named, Int32Array), 3, ([month, from, to]) => { this.named.push({ month, from, to }); });
  }

  // Staff of a firm in agents in a month; 0 where it is not in business.
  staff(number, month) {
    const row = this.staffRows[month];
    return row && number < row.length ? STAFF[row[number]] : 0;
  }

  alive(firm, month) {
    return month >= firm.start && (firm.end === null || month < firm.end);
  }

  // Contracts in force in a month.
  running(month) {
    return this.contracts.filter((one) => one.award <= month && month <= one.end && (one.closed === null || month < one.closed));
  }

  paid(contract, month) {
    const row = this.partsRows[month];
    return row && contract.number < row.length ? row[contract.number] : 0;
  }

  // The last table of commuters up to a month.
  commutersBy(month) {
    let found = null;
    for (const one of this.commuters) if (one.month <= month) found = one;
    return found;
  }

  // An outcome in the shown unit: the month's value, or the mean of up to twelve months.
  value(outcome, month) {
    const series = this.series[outcome.name];
    if (!series || month >= this.months || month < 0) return NaN;
    return outcome.factor * (outcome.smooth ? meanOfYear(series, month) : series[month]);
  }

  // All months that are there, in the shown unit.
  values(outcome) {
    const series = this.series[outcome.name];
    const out = new Float64Array(this.months);
    if (!series) return out.fill(NaN);
    let sum = 0;
    for (let m = 0; m < this.months; m++) {
      sum += series[m] - (outcome.smooth && m >= 12 ? series[m - 12] : 0);
      out[m] = outcome.factor * (outcome.smooth ? sum / Math.min(m + 1, 12) : series[m]);
    }
    return out;
  }

  // A regional outcome, mean of up to twelve months, by region.
  byRegion(name, month) {
    const n = this.head.regions.length;
    const table = this.regional[name];
    const out = new Float64Array(n);
    const last = Math.min(month, this.months - 1);
    const first = Math.max(0, last - 11);
    for (let m = first; m <= last; m++) for (let r = 0; r < n; r++) out[r] += table[m * n + r];
    return out.map((sum) => sum / (last - first + 1));
  }
}

function meanOfYear(series, month) {
  const first = Math.max(0, month - 11);
  let sum = 0;
  for (let m = first; m <= month; m++) sum += series[m];
  return sum / (month - first + 1);
}

function pairs(flat, width, each) {
  for (let at = 0; at + width <= flat.length; at += width) each(flat.subarray(at, at + width));
}
