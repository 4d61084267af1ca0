import { type GoalResult, goalText } from "../goal.ts";
import { type CompetitorResult, median, type RowResult } from "../row.ts";
import type { SweepPoint, SweepSeries } from "../sweep.ts";
import { digits, formatRate, formatSize, formatTime } from "./format.ts";
import { type Html, html } from "./html.ts";
import { MECHANISMS } from "./mechanisms.ts";
import { recommend } from "./recommendation.ts";

/** What to take for which need. */
export function recommendationTable(sweep: readonly SweepSeries[]): Html {
  const rows = recommend(sweep).map(({ need, take, api, because, measured }) =>
    html`
      <tr>
        <th scope="row">${need}</th>
        <td><strong>${take}</strong><small>${api}</small></td>
        <td>${because}<small>${measured}</small></td>
      </tr>
    `
  );
  return html`
    <div class="table">
      <table id="recommendation">
        <thead>
          <tr>
            <th scope="col">You need</th>
            <th scope="col">Take</th>
            <th scope="col">Because</th>
          </tr>
        </thead>
        <tbody>${rows}</tbody>
      </table>
    </div>
  `;
}

/** What the mechanisms are good for, whatever their speed. */
export function propertiesTable(): Html {
  const columns = ["", "Direction", "Who", "Messages", "Across users", "To other computers"];
  const rows = MECHANISMS.map((mechanism) =>
    html`
      <tr>
        <th scope="row">${swatch(mechanism.id)}${mechanism.name}</th>
        <td>${mechanism.direction}</td>
        <td>${mechanism.peers}</td>
        <td>${mechanism.messages}</td>
        <td>${mechanism.users}</td>
        <td>${mechanism.computers}</td>
      </tr>
    `
  );
  return html`
    <div class="table">
      <table id="properties">
        <thead>
          <tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr>
        </thead>
        <tbody>${rows}</tbody>
      </table>
    </div>
  `;
}

/** The rows of the benchmarks, and what came of their goals. */
export function goalsTable(results: readonly RowResult[]): Html {
  if (results.length === 0) return html`<p>No rows were run.</p>`;
  const rows = results.map(({ row, competitors, goals }) =>
    html`
      <tr>
        <th scope="row">${row.title}<small><code>${row.name}</code></small></th>
        <td>
          <ul>${competitors.map((one) => html`<li>${competitorText(one, row.unit)}</li>`)}</ul>
        </td>
        <td>${goals.length === 0
          ? "no goal"
          : html`<ul>${goals.map((goal) => goalItem(goal, row.unit))}</ul>`}</td>
      </tr>
    `
  );
  return html`
    <div class="table">
      <table id="goals">
        <thead>
          <tr>
            <th scope="col">Work</th>
            <th scope="col">Figures: median (lowest to highest)</th>
            <th scope="col">Goals</th>
          </tr>
        </thead>
        <tbody>${rows}</tbody>
      </table>
    </div>
  `;
}

function competitorText({ name, figures }: CompetitorResult, unit: string): string {
  if (figures.length === 0) return `${name}: not on this machine`;
  const range = figures.length === 1
    ? "once"
    : `${digits(Math.min(...figures))} to ${digits(Math.max(...figures))}`;
  return `${name}: ${digits(median(figures))} ${unit} (${range})`;
}

function goalItem(goal: GoalResult, unit: string): Html {
  return html`<li class="${goal.met ? "met" : "missed"}">${goalText(goal, unit)}</li>`;
}

/** Every figure of the sweep. */
export function figuresTable(sweep: readonly SweepSeries[]): Html {
  const columns = ["p10", "p50", "p90", "p99", "p99.9", "round trips", "throughput", "its rounds"];
  return html`
    <div class="table">
      <table id="all-figures">
    <thead><tr><th scope="col">Mechanism</th><th scope="col" class="number">Message</th>
    ${columns.map((name) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
    ${sweep.map(figuresOf)}</table>
    </div>
  `;
}

function figuresOf({ id, name, points, missing }: SweepSeries): Html {
  const label = html`${swatch(id)}${name}`;
  if (points.length === 0) {
    return html`
      <tbody>
        <tr>
          <th scope="rowgroup">${label}</th>
          <td colspan="9">${missing ?? ""}</td>
        </tr>
      </tbody>
    `;
  }
  const rows = points.map((point, i) =>
    html`
      <tr>${i === 0
        ? html`<th scope="rowgroup" rowspan="${points.length}">${label}</th>`
        : ""}${cells(point).map((text) => html`<td class="number">${text}</td>`)}</tr>
    `
  );
  return html`
    <tbody>${rows}</tbody>
  `;
}

/** Round trips of which at least one in a thousand says something. */
const ENOUGH = { p99: 100, p999: 1000 };

function cells({ size, latency, throughput }: SweepPoint): string[] {
  const { p10, p50, p90, p99, p999, samples } = latency;
  return [
    formatSize(size),
    formatTime(p10),
    formatTime(p50),
    formatTime(p90),
    samples < ENOUGH.p99 ? "–" : formatTime(p99),
    samples < ENOUGH.p999 ? "–" : formatTime(p999),
    digits(samples),
    formatRate(throughput.median),
    `${formatRate(throughput.lowest)} to ${formatRate(throughput.highest)}`,
  ];
}

function swatch(id: string): Html {
  return html`<span class="swatch" style="background: var(--series-${id})"></span>`;
}
