// The library that draws the charts of the benchmarks' report, from npm.

import type { LibraryFiles } from "../bench/report/assets.ts";
import { npmProgram } from "./npm_program.ts";

/** In the order in which a page runs them: Plot uses D3. */
const PACKAGES: readonly (readonly [npmPackage: string, code: string])[] = [
  ["d3@7.9.0", "dist/d3.min.js"],
  ["@observablehq/plot@0.6.17", "dist/plot.umd.min.js"],
];

/** Where the files of the library are; undefined where a package cannot be had. */
export async function chartLibrary(): Promise<LibraryFiles[] | undefined> {
  const files: LibraryFiles[] = [];
  for (const [name, path] of PACKAGES) {
    const code = await npmProgram(name, path);
    if (code === undefined) return undefined;
    files.push({ name, code, licence: `${code.slice(0, -path.length)}LICENSE` });
  }
  return files;
}

/** The environment in which bench/run.ts finds the library; nothing where it cannot be had. */
export async function chartLibraryEnvironment(
  windowsPath: (path: string) => string,
): Promise<Record<string, string>> {
  const files = await chartLibrary();
  if (files === undefined) return {};
  const onWindows = files.map(({ name, code, licence }) => ({
    name,
    code: windowsPath(code),
    licence: windowsPath(licence),
  }));
  return { WINIPC_CHART_LIBRARY: JSON.stringify(onWindows) };
}
