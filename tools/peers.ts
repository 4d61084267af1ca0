// The C programs that tests, examples and benchmarks talk to, compiled for Windows.

import { win32Lists } from "../tests/abi/win32_lists.ts";
import { exists } from "./wine/cache.ts";
import type { WindowsSession } from "./wine/session.ts";

const ROOT = `${import.meta.dirname}/..`;
const SOURCES = ["tests", "examples", "bench/peers"];
const OUTPUT = ".build";
/** Made from src/win32: that one does not compile fails its test, which shows what the compiler says, not the whole run. */
const COMPILED_FOR_A_TEST = [
  "tests/abi/constants.c",
  "tests/abi/declarations.c",
  "tests/abi/struct_layout.c",
];
const LIBRARIES = ["ws2_32", "rpcrt4", "ole32", "oleaut32", "uuid", "ntdll"];

/** A program that did not compile: the compiler has said why. */
export class PeerError extends Error {
  override name = "PeerError";
}

/**
 * Compiles every C program of the repository that is newer than its executable: `tests/x/y.c`
 * becomes `.build/tests/x/y.exe`. Each `.c` file is a program; a `.h` file may be shared, and some are made from
 * src/win32 first.
 *
 * @returns the full path of the folder `.build`, or undefined where there is no compiler
 * @throws {PeerError} a program did not compile
 *
 * @example
 * ```ts
 * await using windows = await openWindows();
 * const env = peersEnvironment(await buildPeers(), windows);
 * await windows.run(["run", "-A", "examples/demo.ts"], { env });
 * ```
 */
export async function buildPeers(): Promise<string | undefined> {
  const compiler = await findCompiler();
  if (compiler === undefined) return undefined;
  const root = await Deno.realPath(ROOT);
  const files: string[] = [];
  for (const folder of SOURCES) await collect(root, folder, files);
  const lists = await writeWin32Lists(root);

  // A changed header may be used by any program.
  const headers = await Promise.all(
    [...files.filter((file) => file.endsWith(".h")), ...lists]
      .map((file) => modified(`${root}/${file}`)),
  );
  const newestHeader = Math.max(0, ...headers);
  const queue: string[] = [];
  for (const source of files.filter((file) => file.endsWith(".c"))) {
    const built = await modified(`${root}/${executableOf(source)}`);
    if (built <= Math.max(newestHeader, await modified(`${root}/${source}`))) queue.push(source);
  }
  const workers = Array.from({ length: navigator.hardwareConcurrency }, async () => {
    for (let source = queue.shift(); source !== undefined; source = queue.shift()) {
      await compile(compiler, root, source);
    }
  });
  await Promise.all(workers);
  return Deno.build.os === "windows" ? `${root}\\${OUTPUT}` : `${root}/${OUTPUT}`;
}

/**
 * The environment in which programs find the folder that {@linkcode buildPeers} returned:
 * WINIPC_PEERS is its full Windows path, and is not set where there is no compiler.
 */
export function peersEnvironment(
  peers: string | undefined,
  windows: Pick<WindowsSession, "windowsPath">,
): Record<string, string> {
  return peers === undefined ? {} : { WINIPC_PEERS: windows.windowsPath(peers) };
}

/** Writes those that have changed, and returns the paths of all. */
async function writeWin32Lists(root: string): Promise<string[]> {
  const lists = Object.entries(await win32Lists());
  for (const [path, text] of lists) {
    const file = `${root}/${OUTPUT}/${path}`;
    if (await exists(file) && await Deno.readTextFile(file) === text) continue;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, text);
  }
  return lists.map(([path]) => `${OUTPUT}/${path}`);
}

function executableOf(source: string): string {
  return `${OUTPUT}/${source.replace(/\.c$/, ".exe")}`;
}

async function collect(root: string, folder: string, files: string[]): Promise<void> {
  if (!await exists(`${root}/${folder}`)) return;
  for await (const { name, isDirectory } of Deno.readDir(`${root}/${folder}`)) {
    const path = `${folder}/${name}`;
    if (isDirectory) await collect(root, path, files);
    else if (/\.[ch]$/.test(name)) files.push(path);
  }
}

/** When a file was last written, in milliseconds; 0 if there is none. */
async function modified(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).mtime?.getTime() ?? 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

async function findCompiler(): Promise<string | undefined> {
  const names = Deno.build.os === "windows" ? ["gcc", "clang"] : ["x86_64-w64-mingw32-gcc"];
  for (const name of names) {
    try {
      const { success } = await new Deno.Command(name, { args: ["--version"], stdin: "null" })
        .output();
      if (success) return name;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}

async function compile(compiler: string, root: string, source: string): Promise<void> {
  const executable = `${root}/${executableOf(source)}`;
  await Deno.mkdir(executable.slice(0, executable.lastIndexOf("/")), { recursive: true });
  const unfinished = `${executable}.${Deno.pid}`;
  const { success, stderr } = await new Deno.Command(compiler, {
    cwd: root,
    args: [
      "-O2",
      "-Wall",
      "-Werror",
      `-I${OUTPUT}`,
      // clang for Visual C++ has no such switch: its run-time library is in Windows.
      ...compiler === "clang" ? [] : ["-static"],
      source,
      "-o",
      unfinished,
      ...LIBRARIES.map((name) => `-l${name}`),
    ],
    // Messages in English, quoted in ASCII.
    env: { LC_ALL: "C" },
    stdin: "null",
  }).output();
  const complaints = new TextDecoder().decode(stderr);
  if (COMPILED_FOR_A_TEST.includes(source)) {
    await Deno.writeTextFile(executable.replace(/exe$/, "txt"), complaints);
    if (!success) {
      // What an earlier state of the source was compiled to must not stand in for this one.
      if (await exists(executable)) await Deno.remove(executable);
      return;
    }
  }
  if (!success) throw new PeerError(`${source} does not compile:\n${complaints}`);
  // Renamed into place, so that another run never starts half a program.
  await Deno.rename(unfinished, executable);
}
