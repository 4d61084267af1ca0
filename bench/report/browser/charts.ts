// The charts of the page, drawn in the browser by Observable Plot. Types are taken out of this file and it is put into the
// page as it is, so it imports nothing but types.

import type { SweepPoint } from "../../sweep.ts";
import type {
  BrowserDocument,
  BrowserElement,
  ChartData,
  Mark,
  Options,
  PlotLibrary,
} from "./types.ts";

declare const Plot: PlotLibrary;
declare const document: BrowserDocument;
declare function addEventListener(type: string, listener: () => void): void;

// ---- data ----

const { sizes, series }: ChartData = JSON.parse(document.getElementById("figures").textContent);
const present = series.filter(({ points }) => points.length > 0);
const names = present.map(({ name }) => name);
const points = present.flatMap(({ name, ours, points }) =>
  points.map((point) => ({ name, ours, ...point }))
);
const curve = present.flatMap(({ name, ours, curve }) =>
  curve.map((place) => ({ name, ours, ...place }))
);

// ---- scales ----

/** Symbols for those who do not tell the colours apart. */
const SYMBOLS = {
  ours: ["circle", "square", "triangle", "diamond", "star", "wye"],
  others: ["times", "plus", "asterisk", "hexagon"],
};
const powersOfTen = Array.from({ length: 16 }, (_, i) => 10 ** (i - 5));

const color = {
  type: "categorical",
  domain: names,
  range: present.map(({ id }) => `var(--series-${id})`),
};
const symbol = {
  domain: names,
  range: present.map(({ ours }, place) => {
    const earlier = present.slice(0, place).filter((other) => other.ours === ours).length;
    const list = ours ? SYMBOLS.ours : SYMBOLS.others;
    return list[earlier % list.length];
  }),
};

function sizeText(bytes: number): string {
  if (bytes >= 2 ** 20) return `${bytes / 2 ** 20} MiB`;
  return bytes >= 1024 ? `${bytes / 1024} KiB` : `${bytes} B`;
}

function timeText(microseconds: number): string {
  if (microseconds >= 1e6) return `${threeDigits(microseconds / 1e6)} s`;
  if (microseconds >= 1000) return `${threeDigits(microseconds / 1000)} ms`;
  return `${threeDigits(microseconds)} µs`;
}

function rateText(megabytes: number): string {
  if (megabytes >= 1000) return `${threeDigits(megabytes / 1000)} GB/s`;
  return megabytes >= 1 || megabytes === 0
    ? `${threeDigits(megabytes)} MB/s`
    : `${threeDigits(megabytes * 1000)} kB/s`;
}

function threeDigits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** The powers of ten that the values lie between. */
function decades(values: readonly number[]): { domain: [number, number]; ticks: number[] } {
  const least = 10 ** Math.floor(Math.log10(Math.min(...values)));
  const most = 10 ** Math.ceil(Math.log10(Math.max(...values)));
  const domain: [number, number] = [least, Math.max(most, 10 * least)];
  // Powers of ten differ in their last bits by how they were computed.
  const ticks = powersOfTen.filter((n) => n > least * 0.99 && n < domain[1] * 1.01);
  return { domain, ticks };
}

// ---- charts ----

interface Chart {
  readonly id: string;
  readonly draw: (width: number) => BrowserElement;
}

interface Place {
  readonly name: string;
  readonly ours: boolean;
}

/** Lines over a logarithmic axis: ours drawn through, the others' dashed. */
function lines<T extends Place>(data: readonly T[], channels: Options, dots: boolean): Mark[] {
  const line = { ...channels, stroke: "name", strokeWidth: 2 };
  const others = data.filter(({ ours }) => !ours);
  return [
    Plot.line(others, { ...line, strokeWidth: 1.5, strokeDasharray: "5 4" }),
    Plot.line(data.filter(({ ours }) => ours), line),
    ...dots
      ? [Plot.dot(data, { ...channels, fill: "name", stroke: "name", symbol: "name", r: 4 })]
      : [],
  ];
}

/** The drawing itself, apart from the legends' symbols. */
const className = "plot";

const base = {
  className,
  height: 440,
  marginLeft: 80,
  marginRight: 40,
  marginBottom: 52,
  style: { fontSize: "13px" },
  color,
  symbol: { ...symbol, legend: true },
};

function sizeAxis(ticks: readonly number[]): Options {
  return { type: "log", base: 2, domain: [sizes[0], sizes[sizes.length - 1]], ticks, tickSize: 4 };
}

function overSizes(
  width: number,
  ariaLabel: string,
  valueOf: (point: SweepPoint) => number,
  text: (value: number) => string,
): BrowserElement {
  const y = decades(points.map(valueOf));
  const everyOther = sizes.filter((_, i) => width > 700 || i % 2 === 0);
  const title = (point: SweepPoint & Place) =>
    `${point.name}\n${sizeText(point.size)}: ${text(valueOf(point))}`;
  return Plot.plot({
    ...base,
    width,
    ariaLabel,
    x: {
      ...sizeAxis(everyOther),
      label: "size of the message",
      labelOffset: 44,
      insetLeft: 16,
      tickFormat: sizeText,
    },
    y: { type: "log", ...y, tickFormat: text, grid: true, label: null },
    marks: lines(points, { x: "size", y: valueOf, title, tip: true }, true),
  });
}

function overShares(width: number): BrowserElement {
  const rarity = (share: number) => 1 / (1 - share);
  const rarest = Math.max(...curve.map(({ share }) => rarity(share)));
  const last = 10 ** Math.ceil(Math.log10(rarest) - 0.01);
  // On a narrow page the first two labels would be over each other.
  const shares = [...width < 500 ? [] : [0], 0.5, 0.9, 0.99, 0.999, 0.9999]
    .filter((share) => rarity(share) <= last * 1.01);
  const y = decades(curve.map(({ latency }) => latency));
  const title = ({ name, share, latency }: Place & { share: number; latency: number }) =>
    `${name}\n${threeDigits(100 * share)} % within ${timeText(latency)}`;
  return Plot.plot({
    ...base,
    width,
    ariaLabel: "Latency of the smallest message against the share of messages",
    x: {
      type: "log",
      domain: [1, last],
      labelOffset: 44,
      insetLeft: 16,
      ticks: shares.map(rarity),
      tickFormat: (n: number) => `${Number((100 - 100 / n).toFixed(2))} %`,
      label: "share of the messages that take no longer",
      grid: true,
    },
    y: { type: "log", ...y, tickFormat: timeText, grid: true, label: null },
    marks: [
      ...lines(curve, {
        x: ({ share }: { share: number }) => rarity(share),
        y: "latency",
        title,
        tip: true,
      }, false),
      // One symbol for each line and the legend: where it starts, at the median, and where it ends.
      Plot.dot(
        curve.filter(({ name, share }, i) =>
          share === 0 || Math.abs(share - 0.5) < 0.01 || curve[i + 1]?.name !== name
        ),
        {
          x: ({ share }: { share: number }) => rarity(share),
          y: "latency",
          fill: "name",
          stroke: "name",
          symbol: "name",
          r: 4,
        },
      ),
    ],
  });
}

/** A small chart for each mechanism: how far apart its messages are. */
function spreads(width: number): BrowserElement {
  const columns = width > 900 ? 4 : width > 700 ? 3 : width > 500 ? 2 : 1;
  const column = ({ name }: Place) => names.indexOf(name) % columns;
  const row = ({ name }: Place) => Math.floor(names.indexOf(name) / columns);
  const rows = Math.ceil(names.length / columns);
  const facet = { fx: column, fy: row };
  const latency = (percentile: "p10" | "p50" | "p90" | "p99") => (point: SweepPoint) =>
    point.latency[percentile];
  const y = decades(points.flatMap(({ latency: { p10, p99 } }) => [p10, p99]));
  const few = sizes.filter((_, i) => i % 4 === 0);
  const ofColor = { stroke: "name", z: "name" };
  return Plot.plot({
    className,
    width,
    height: 190 * rows + 40,
    marginLeft: 68,
    marginRight: 28,
    marginBottom: 32,
    ariaLabel: "Latency against the size of the message, with its spread, for each mechanism",
    style: { fontSize: "12px" },
    color,
    fx: { axis: null, padding: 0.14 },
    fy: { axis: null, padding: 0.16 },
    x: { ...sizeAxis(few), label: null, insetLeft: 6, insetRight: 6 },
    y: { type: "log", ...y, label: null },
    marks: [
      Plot.gridY({ ticks: y.ticks }),
      Plot.axisY(y.ticks, { tickFormat: timeText, label: null, facetAnchor: "left-empty" }),
      Plot.axisX(few, { tickFormat: sizeText, label: null, facetAnchor: "bottom-empty" }),
      Plot.frame({ strokeOpacity: 0.25 }),
      Plot.areaY(points, {
        ...facet,
        x: "size",
        y1: latency("p10"),
        y2: latency("p90"),
        fill: "name",
        z: "name",
        fillOpacity: 0.3,
      }),
      Plot.line(points, { ...facet, x: "size", y: latency("p50"), ...ofColor, strokeWidth: 2 }),
      Plot.line(points, {
        ...facet,
        x: "size",
        y: latency("p99"),
        ...ofColor,
        strokeWidth: 1.5,
        strokeDasharray: "2 3",
      }),
      Plot.text(present, {
        ...facet,
        text: "name",
        frameAnchor: "top-left",
        dx: 6,
        dy: 6,
        fontWeight: 600,
        fontSize: 13,
        fill: "currentColor",
      }),
    ],
  });
}

const charts: readonly Chart[] = [
  {
    id: "latency",
    draw: (width) =>
      overSizes(
        width,
        "Median latency against the size of the message",
        ({ latency }) => latency.p50,
        timeText,
      ),
  },
  {
    id: "throughput",
    draw: (width) =>
      overSizes(
        width,
        "Throughput against the size of the message",
        ({ throughput }) => throughput.median,
        rateText,
      ),
  },
  { id: "distribution", draw: overShares },
  { id: "spread", draw: spreads },
];

function drawAll(): void {
  for (const { id, draw } of charts) {
    const place = document.getElementById(id);
    place.replaceChildren(draw(Math.max(320, place.clientWidth)));
  }
}

if (present.length > 0) {
  drawAll();
  addEventListener("resize", drawAll);
}
