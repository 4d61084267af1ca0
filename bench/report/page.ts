import { SIZES } from "../sweep.ts";
import type { Assets } from "./assets.ts";
import type { Machine, ReportData } from "./data.ts";
import { codeForScript, Html, html, jsonForScript, licenceComment } from "./html.ts";
import { figuresTable, goalsTable, propertiesTable, recommendationTable } from "./tables.ts";

/** The page has everything in it: whatever else it asked for, the browser would refuse. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";

/** The whole page, as the text of an HTML file. */
export function reportPage(data: ReportData, assets: Assets): string {
  return html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${POLICY}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>How fast winipc is on this machine</title>
        <link rel="icon" href="data:,">
        <style>
    ${new Html(assets.styles)}</style>
      </head>
      <body>
    ${body(data)}
    <script type="application/json" id="figures">${jsonForScript({
      sizes: SIZES,
      series: data.sweep,
    })}</script>
    ${assets.libraries.map(({ name, licence, code }) =>
      html`
        <script>${licenceComment(name, licence)}${codeForScript(code)}</script>
      `
    )}<script type="module">${codeForScript(assets.charts)}</script>
      </body>
    </html>
  `.text;
}

function body({ machine, date, quick, rows, sweep }: ReportData): Html {
  return html`<header>
<h1>How fast winipc is on this machine</h1>
<p class="quiet">Inter-process communication of Windows for Deno: what to take for which need, by what was measured here.</p>
${machineList(machine, date)}
${quick ? html`<p>This was a quick run: fewer rounds, and less work in each.</p>` : ""}</header>
<main>
<h2>What to take</h2>
<p>By the properties of the mechanisms, and among those that have them by the figures of this machine.</p>
${recommendationTable(sweep)}
<h2>The mechanisms</h2>
${propertiesTable()}
<h2>Against the size of the message</h2>
${charts(sweep.some(({ points }) => points.length > 0))}
<h2>Goals</h2>
<p>The same work beside others', in turns. The ratio is that of figures side by side: its median, the lowest and the highest.</p>
${goalsTable(rows)}
<h2>All figures</h2>
<p>Half the time of a round trip, by percentiles, and megabytes (10<sup>6</sup> bytes) a second one way. A dash stands
where there were too few round trips to tell.</p>
${sweep.length === 0 ? html`<p>Nothing was measured.</p>` : figuresTable(sweep)}
<h2>Method</h2>
<p id="method">Every mechanism ran between two processes, in blocks that took turns round by round, so that a drift of the machine's
speed meets all alike; each round was a fresh pair of processes, warmed up at each size before the clock counted.
Latency is half of a round trip (mailslots and other one-way mechanisms in pairs), taken one by one, and throughput counts until the
other side has said that all has arrived. Figures of a machine that is busy with other things are no good: repeat them on a quiet one,
and trust ratios more than times.</p>
</main>`;
}

function machineList({ processor, processors, system, deno }: Machine, date: Date): Html {
  const minute = date.toISOString().slice(0, 16).replace("T", " ");
  const facts: readonly (readonly [string, string])[] = [
    ["Processor", `${processor}, ${processors} of them`],
    ["System", system],
    ["Deno", deno],
    ["Measured", `${minute} UTC`],
  ];
  return html`<dl>${
    facts.map(([name, value]) =>
      html`
        <dt>${name}</dt>
        <dd>${value}</dd>
      `
    )
  }</dl>`;
}

/** Places for what bench/report/browser/charts.ts draws. */
const CHARTS: readonly (readonly [id: string, title: string, caption: string])[] = [
  [
    "latency",
    "Latency: the median of one way",
    "Half of a round trip. Lower is better. Both axes are logarithmic. Dashed: not winipc, for orientation.",
  ],
  [
    "throughput",
    "Throughput",
    "One way, until all has arrived. Higher is better. Both axes are logarithmic.",
  ],
  [
    "distribution",
    "How latency is distributed at 64 B",
    "Read up from 99 %: one message in a hundred takes longer than the line says there. A line ends where too few messages " +
    "were slower. Lower and flatter is better.",
  ],
  [
    "spread",
    "How far apart messages of the same size are",
    "The line is the median; of ten messages eight lie in the band (p10 to p90), and the dotted line is p99.",
  ],
];

function charts(measured: boolean): Html {
  if (!measured) return html`<p>Nothing was measured.</p>`;
  const figures = CHARTS.map(([id, title, caption]) =>
    html`
      <figure>
        <h3>${title}</h3>
        <div class="chart" id="${id}"></div>
        <figcaption>${caption}</figcaption>
      </figure>
    `
  );
  return html`<noscript><p>The charts need JavaScript; all figures are in the table below.</p></noscript>${figures}`;
}
