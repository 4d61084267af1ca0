// The parts of the browser, of Observable Plot and of the page that charts.ts uses.

import type { SweepSeries } from "../../sweep.ts";

/** What the page hands over. */
export interface ChartData {
  readonly sizes: readonly number[];
  readonly series: readonly SweepSeries[];
}

/** A layer of a chart. */
export type Mark = Readonly<Record<never, never>>;
/** See the documentation of Observable Plot: each mark has its own. */
export type Options = Readonly<Record<string, unknown>>;

/** Observable Plot. */
export interface PlotLibrary {
  plot(options: Options): BrowserElement;
  line(data: readonly unknown[], options: Options): Mark;
  dot(data: readonly unknown[], options: Options): Mark;
  areaY(data: readonly unknown[], options: Options): Mark;
  text(data: readonly unknown[], options: Options): Mark;
  frame(options: Options): Mark;
  gridY(options: Options): Mark;
  axisX(ticks: readonly number[], options: Options): Mark;
  axisY(ticks: readonly number[], options: Options): Mark;
}

/** An element of the page. */
export interface BrowserElement {
  readonly clientWidth: number;
  readonly textContent: string;
  replaceChildren(...children: BrowserElement[]): void;
}

/** The page. */
export interface BrowserDocument {
  getElementById(id: string): BrowserElement;
}
