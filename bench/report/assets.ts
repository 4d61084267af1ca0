import { stripTypeScriptTypes } from "node:module";

/** A library that is put into the page. */
export interface Library {
  /** With its version, as `d3@7.9.0`. */
  readonly name: string;
  readonly licence: string;
  readonly code: string;
}

/** What the page is made of, besides what was measured. */
export interface Assets {
  readonly styles: string;
  /** The code that draws the charts. */
  readonly charts: string;
  /** What that needs, in the order in which to run it. */
  readonly libraries: readonly Library[];
}

/** Where a library's files are. */
export interface LibraryFiles {
  readonly name: string;
  readonly code: string;
  readonly licence: string;
}

/** Reads everything, with the types taken out of the charts' code. */
export async function readAssets(libraries: readonly LibraryFiles[]): Promise<Assets> {
  return {
    styles: await Deno.readTextFile(new URL("styles.css", import.meta.url)),
    charts: stripTypeScriptTypes(
      await Deno.readTextFile(new URL("browser/charts.ts", import.meta.url)),
    ),
    libraries: await Promise.all(libraries.map(async ({ name, code, licence }) => ({
      name,
      code: await Deno.readTextFile(code),
      licence: await Deno.readTextFile(licence),
    }))),
  };
}
