// Which Wine the runner uses.

import { cacheFolder, exists, SetupError } from "./cache.ts";
import { unpackWine } from "./unpack.ts";

/** A Wine that has answered to `--version`. */
export interface Wine {
  /** The program that runs a Windows program. */
  readonly loader: string;
  /** Its wineserver, where it was found. */
  readonly server: string | undefined;
  /** For example "10.0". */
  readonly version: string;
}

/** V8 does not start on an older one. */
const OLDEST_MAJOR = 9;

/**
 * Finds Wine: WINE_ROOT, else a new enough one on PATH, else one unpacked into the cache folder.
 *
 * @throws {SetupError} there is none and none can be unpacked here
 */
export async function findWine(): Promise<Wine> {
  const root = Deno.env.get("WINE_ROOT");
  if (root) {
    const wine = await wineIn(root);
    if (wine === undefined) {
      throw new SetupError(
        `WINE_ROOT is "${root}", but "${root}/usr/lib/wine/wine64" is not a working Wine ` +
          `${OLDEST_MAJOR} or newer. Point it at one, or unset it.`,
      );
    }
    return wine;
  }
  return await wineOnPath() ?? await unpackedWine();
}

async function unpackedWine(): Promise<Wine> {
  const root = await unpackWine(await cacheFolder());
  const wine = await wineIn(root);
  if (wine === undefined) {
    throw new SetupError(`The Wine in "${root}" does not start. Delete that folder and try again.`);
  }
  return wine;
}

async function wineIn(root: string): Promise<Wine | undefined> {
  const loader = `${root}/usr/lib/wine/wine64`;
  const version = await versionOf(loader);
  if (version === undefined) return undefined;
  return { loader, server: `${root}/usr/lib/wine/wineserver`, version };
}

async function wineOnPath(): Promise<Wine | undefined> {
  const version = await versionOf("wine");
  if (version === undefined) return undefined;
  const folders = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== "");
  // Debian keeps wineserver beside the real loader, off PATH.
  folders.push("/usr/lib/wine");
  for (const folder of folders) {
    for (const name of ["wineserver", "wineserver-stable", "wineserver64"]) {
      if (await exists(`${folder}/${name}`)) {
        return { loader: "wine", server: `${folder}/${name}`, version };
      }
    }
  }
  return { loader: "wine", server: undefined, version };
}

/** The version a loader reports, if it runs and is new enough. */
async function versionOf(loader: string): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(loader, {
      args: ["--version"],
      stdin: "null",
      stderr: "null",
    }).output();
    // "wine-10.0 (Debian 10.0~repack-6)", "wine-9.22 (Staging)", "wine-10.0-rc2"
    const version = /^wine-((\d+)\.[\w.-]+)/.exec(new TextDecoder().decode(stdout));
    if (!success || version === null) return undefined;
    return Number(version[2]) >= OLDEST_MAJOR ? version[1] : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.PermissionDenied) return undefined;
    throw error;
  }
}
