import { type Assets, type LibraryFiles, readAssets } from "./assets.ts";
import type { ReportData } from "./data.ts";
import { reportPage } from "./page.ts";

/**
 * What the page is made of; the charts' library is where `tools/bench.ts` says.
 *
 * @throws {Error} If it says nothing: the library could not be had.
 */
export async function reportAssets(): Promise<Assets> {
  const files = Deno.env.get("WINIPC_CHART_LIBRARY");
  if (files === undefined) {
    throw new Error("The library that draws the report's charts cannot be had from npm");
  }
  const libraries: LibraryFiles[] = JSON.parse(files);
  return await readAssets(libraries);
}

/** Writes the page. */
export async function writeReport(path: string, data: ReportData, assets: Assets): Promise<void> {
  await Deno.writeTextFile(path, reportPage(data, assets));
}
