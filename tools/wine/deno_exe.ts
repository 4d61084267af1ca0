// Deno for Windows, of the same version as this Deno, from npm.

import { cacheFolder, exists, SetupError } from "./cache.ts";

/** The path of deno.exe; the first call for a version downloads it into Deno's own npm cache. */
export async function denoExe(): Promise<string> {
  const spec = `@deno/win32-x64@${Deno.version.deno}`;
  const note = `${await cacheFolder()}/deno-${Deno.version.deno}.path`;
  const known = await readNote(note);
  if (known !== undefined && await exists(known)) return known;

  console.error(`Getting Deno ${Deno.version.deno} for Windows from npm ...`);
  // Without this repository's configuration: the runner must not change deno.lock.
  const flags = ["--no-config", "--no-lock", "--node-modules-dir=none", `npm:${spec}`];
  const { success } = await new Deno.Command(Deno.execPath(), { args: ["cache", ...flags] })
    .spawn().status;
  const info = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", ...flags] })
    .output();
  const packages: Record<string, { localPath?: string }> = success && info.success
    ? JSON.parse(new TextDecoder().decode(info.stdout)).npmPackages ?? {}
    : {};
  const folder = packages[spec]?.localPath;
  if (folder === undefined || !await exists(`${folder}/deno.exe`)) {
    throw new SetupError(
      `Deno for Windows could not be had: npm package ${spec}. ` +
        "Check the network and the npm registry in use; a Deno that is not a release has no such package.",
    );
  }
  // Renamed into place, so that another run never reads half a path.
  await Deno.writeTextFile(`${note}.${Deno.pid}`, `${folder}/deno.exe`);
  await Deno.rename(`${note}.${Deno.pid}`, note);
  return `${folder}/deno.exe`;
}

async function readNote(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
