// What ECharts is told to draw, from plain numbers: lines with bands, bars with intervals, heat maps, points.

import { BLACK, BLUE, GREEN, GREY, ORANGE, PINK } from "./colours.js";
import { number, signed } from "./format.js";

// One look for each line of a figure; colour never alone.
export const LINES = [
  { colour: BLUE, dash: "solid", symbol: "circle" }, { colour: ORANGE, dash: "dashed", symbol: "rect" },
  { colour: GREEN, dash: "dotted", symbol: "triangle" }, { colour: PINK, dash: [8, 3, 2, 3], symbol: "diamond" },
  { colour: BLACK, dash: [2, 6], symbol: "pin" }, { colour: GREY, dash: [12, 4], symbol: "circle" },
];
const LABEL = { fontSize: 11, color: "#4d565b" };
const SPLIT = { lineStyle: { color: "#eef1f1" } };
const AXIS = { lineStyle: { color: "#c9d0d2" } };
const TIP = { confine: true, renderMode: "richText", textStyle: { fontSize: 12 } };

// series: [{ name, mean, low, high }] over the categories `x`; low and high may be missing. mark: a level that matters.
export function bands(x, series, { locale, interval, mark = null, sign = false }) {
  const say = sign ? signed : number;
  const drawn = [];
  series.forEach((one, k) => {
    const { colour, dash } = LINES[k % LINES.length];
    if (one.low) {
      const width = one.high.map((high, m) => (high === null || one.low[m] === null ? null : high - one.low[m]));
      const hidden = { type: "line", stack: `band${k}`, stackStrategy: "all", showSymbol: false, lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false } };
      drawn.push({ ...hidden, data: one.low }, { ...hidden, data: width, areaStyle: { color: colour, opacity: 0.15 } });
    }
    drawn.push({
      name: one.name, type: "line", showSymbol: false, data: one.mean, z: 4,
      lineStyle: { color: colour, width: 2, type: dash }, itemStyle: { color: colour },
    });
  });
  if (mark !== null) {
    drawn.push({ type: "line", data: x.map(() => mark), silent: true, showSymbol: false, tooltip: { show: false }, lineStyle: { color: "#4d565b", type: "dotted", width: 1.4 } });
  }
  const many = series.map((one) => one.name).join("").length > 44;
  const above = series.length < 2 ? 12 : many ? 14 + 18 * series.length : 34;
  return {
    grid: { left: 58, right: 12, top: above, bottom: 24 },
    legend: { show: series.length > 1, top: 0, left: 0, orient: many ? "vertical" : "horizontal", itemGap: many ? 4 : 10, data: series.map((one) => one.name), itemWidth: 26, textStyle: { fontSize: 11.5 } },
    xAxis: { type: "category", data: x, axisLabel: LABEL, axisLine: AXIS, axisTick: { show: false } },
    yAxis: { type: "value", scale: true, splitNumber: 4, splitLine: SPLIT, axisLabel: { ...LABEL, formatter: (v) => number(v, locale) } },
    tooltip: {
      ...TIP, trigger: "axis",
      formatter: (points) => {
        const m = points[0]?.dataIndex ?? 0;
        return [x[m], ...series.map((one) => `${one.name}: ${say(one.mean[m], locale)}` + (one.low ? ` (${interval} ${say(one.low[m], locale)} … ${say(one.high[m], locale)})` : ""))].join("\n");
      },
    },
    series: drawn,
  };
}

// rows: [{ name, values: [{ value, low, high }] }], the first at the top; names: what each of the values is.
export function bars(rows, names, { locale, interval }) {
  const turned = [...rows].reverse();
  const series = names.map((name, k) => ({
    name, type: "bar", barMaxWidth: 14, itemStyle: { color: LINES[k].colour, decal: k ? { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 3], rotation: -0.78, color: "rgba(255,255,255,.55)" } : null },
    data: turned.map((row) => row.values[k].value),
  }));
  const whiskers = names.map((name, k) => ({
    type: "custom", silent: true, z: 5, tooltip: { show: false }, renderItem: whisker(k, names.length),
    data: turned.map((row, r) => [r, row.values[k].low, row.values[k].high]), encode: { x: [1, 2], y: 0 },
  }));
  return {
    grid: { left: 8, right: 18, top: names.length > 1 ? 30 : 8, bottom: 24, containLabel: true },
    legend: { show: names.length > 1, top: 0, left: 0, data: names, textStyle: { fontSize: 11.5 } },
    xAxis: { type: "value", splitNumber: 4, splitLine: SPLIT, axisLabel: { ...LABEL, formatter: (v) => number(v, locale) } },
    yAxis: { type: "category", data: turned.map((row) => row.name), axisLabel: { ...LABEL, width: 150, overflow: "truncate" }, axisLine: AXIS, axisTick: { show: false } },
    tooltip: {
      ...TIP, trigger: "axis", axisPointer: { type: "shadow" },
      formatter: (points) => {
        const row = turned[points[0]?.dataIndex ?? 0];
        return [row.name, ...names.map((name, k) => `${name}: ${number(row.values[k].value, locale)} (${interval} ${number(row.values[k].low, locale)} … ${number(row.values[k].high, locale)})`)].join("\n");
      },
    },
    series: [...series, ...whiskers],
  };
}

function whisker(k, of) {
  return (params, api) => {
    const low = api.value(1), high = api.value(2);
    if (!Number.isFinite(low) || !Number.isFinite(high)) return null;
    const [x0, y] = api.coord([low, api.value(0)]), [x1] = api.coord([high, api.value(0)]);
    const step = Math.min(14, (api.size([0, 1])[1] * 0.8) / of);
    const at = y + (k - (of - 1) / 2) * step * 1.3;
    return { type: "group", children: [
      { type: "line", shape: { x1: x0, y1: at, x2: x1, y2: at }, style: { stroke: "#1b2429", lineWidth: 1.3 } },
      ...[x0, x1].map((x) => ({ type: "line", shape: { x1: x, y1: at - 3, x2: x, y2: at + 3 }, style: { stroke: "#1b2429", lineWidth: 1.3 } })),
    ] };
  };
}

// cells: [[column, row, value]] by number; colours run from losses (orange) over nothing to gains (blue).
export function heat(columns, rows, cells, { locale, unit, x, y }) {
  const most = Math.max(...cells.map((cell) => Math.abs(cell[2] ?? 0)), 1e-12);
  const mixed = cells.some((cell) => cell[2] < 0);
  return {
    grid: { left: 14, right: 14, top: 30, bottom: 66, containLabel: true },
    xAxis: { type: "category", data: columns, name: x, nameLocation: "middle", nameGap: 26, axisLabel: LABEL, splitArea: { show: true } },
    yAxis: { type: "category", data: rows, name: y, nameLocation: "end", nameTextStyle: { align: "left" }, axisLabel: LABEL, splitArea: { show: true } },
    visualMap: { min: mixed ? -most : 0, max: most, calculable: false, text: [number(most, locale), number(mixed ? -most : 0, locale)], orient: "horizontal", left: "center", bottom: 0, itemWidth: 10, itemHeight: 120, formatter: (v) => number(v, locale), textStyle: { fontSize: 11 }, inRange: { color: mixed ? ["#E6965A", "#F5F6F3", "#6EAAD7"] : ["#F5F6F3", "#6EAAD7", "#0072B2"] } },
    tooltip: { ...TIP, formatter: (p) => `${x}: ${columns[p.value[0]]}\n${y}: ${rows[p.value[1]]}\n${signed(p.value[2], locale)} ${unit}` },
    series: [{ type: "heatmap", data: cells, label: { show: cells.length <= 60, formatter: (p) => signed(p.value[2], locale), fontSize: 11, color: "#1b2429" } }],
  };
}

// groups: [{ name, points: [[x, y]], filled }]; mark: a level of y that matters; span: from where to where x is shaded.
export function points(groups, { locale, x, y, mark = null, span = null }) {
  const shaded = span ? { silent: true, itemStyle: { color: BLUE, opacity: 0.07 }, data: [[{ xAxis: span[0] ?? "min" }, { xAxis: span[1] ?? "max" }]] } : undefined;
  return {
    grid: { left: 14, right: 34, top: 54, bottom: 26, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { fontSize: 11.5 } },
    xAxis: { type: "value", scale: true, name: x, nameLocation: "middle", nameGap: 24, nameTextStyle: { fontSize: 11.5 }, splitLine: SPLIT, axisLabel: { ...LABEL, formatter: (v) => number(v, locale) } },
    yAxis: { type: "value", scale: true, name: y, nameLocation: "end", nameTextStyle: { align: "left", fontSize: 11.5 }, splitLine: SPLIT, axisLabel: { ...LABEL, formatter: (v) => number(v, locale) } },
    tooltip: { ...TIP, formatter: (p) => `${x}: ${number(p.value[0], locale)}\n${y}: ${number(p.value[1], locale)}` },
    series: groups.map((group, k) => ({
      name: group.name, type: "scatter", symbol: k ? "emptyCircle" : "circle", symbolSize: 8, data: group.points,
      itemStyle: { color: k ? ORANGE : BLUE, opacity: 0.85 },
      ...(k === 0 && shaded ? { markArea: shaded } : {}),
      ...(k === 0 && mark !== null ? { markLine: { symbol: "none", silent: true, label: { show: false }, lineStyle: { color: "#4d565b", type: "dotted" }, data: [{ yAxis: mark }] } } : {}),
    })),
  };
}
