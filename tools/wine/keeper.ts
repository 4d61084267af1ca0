// A process of its own that keeps the Wine prefix for one run, and clears up after it.
//
// The runner may be killed at any moment, and cannot clear up then; the keeper can: it lives in a
// session of its own, sees the end of the runner as the end of its standard input, and does the
// same after a run that ended well. So there is one way to clear up, and every run takes it.
//
// It holds a shared lock on the prefix while the run lasts. After it, the keeper that finds nobody
// else holding the lock stops Wine; the lock keeps a run that is just starting waiting until then.

import { exists } from "./cache.ts";
import { FileLock } from "./lock.ts";
import { processesWith } from "./processes.ts";

/** What the runner tells the keeper, as JSON in the only argument. */
export interface KeeperOptions {
  readonly prefix: string;
  readonly loader: string;
  readonly server: string | undefined;
  /** Environment of Wine's own services. */
  readonly env: Readonly<Record<string, string>>;
  /** An environment entry, NAME=value, that every process of this run has, and no other. */
  readonly mark: string;
  /** The user's home folder on this system. */
  readonly home: string | undefined;
}

/** What the keeper tells the runner, one JSON value a line. */
export type KeeperReport =
  | { readonly state: "waiting"; readonly holder: string }
  | { readonly state: "creating" | "ready" }
  | { readonly state: "failed"; readonly reason: string };

function report(message: KeeperReport): void {
  try {
    Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(message) + "\n"));
  } catch (error) {
    // The runner is gone; there is nobody to tell, and clearing up goes on.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

async function keep(options: KeeperOptions): Promise<void> {
  const runnerGone = (async () => {
    while (await Deno.stdin.read(new Uint8Array(16)) !== null);
    return "gone" as const;
  })();
  using lock = await lockPrefix(options, runnerGone);
  // Before anything of the run: Wine's services hold the standard streams of whoever starts them.
  const booted = await Promise.race([runnerGone, wine(options, "wineboot")]);
  if (booted === true) report({ state: "ready" });
  if (booted === false) report({ state: "failed", reason: "Wine does not start (wineboot)." });
  await runnerGone;
  for (const pid of await processesWith(options.mark)) {
    // Wine's server may have been started by a program of this run, and serves those of others too.
    if (!await isWineServer(pid)) kill(pid);
  }
  if (await lock.upgrade()) await stopWine(options);
}

/** A shared lock on a prefix that is complete: made now if need be. */
async function lockPrefix(
  options: KeeperOptions,
  runnerGone: Promise<"gone">,
): Promise<FileLock> {
  const lockPath = `${options.prefix}.lock`;
  const stamp = `${options.prefix}/.winipc-complete`;
  const onWait = (holder: string) => report({ state: "waiting", holder });
  while (true) {
    const lock = await FileLock.take(lockPath, { exclusive: false, onWait });
    if (await exists(stamp)) return lock;
    lock[Symbol.dispose]();
    using _making = await FileLock.take(lockPath, { exclusive: true, onWait });
    if (await exists(stamp)) continue;
    report({ state: "creating" });
    const made = await Promise.race([runnerGone, createPrefix(options)]);
    await stopWine(options);
    if (made === "gone") Deno.exit(1);
    if (!made) throw new Error("Wine could not make its prefix (wineboot).");
    await Deno.writeTextFile(stamp, "");
  }
}

async function createPrefix(options: KeeperOptions): Promise<boolean> {
  // What is there without a stamp was interrupted half-way.
  if (await exists(options.prefix)) await Deno.remove(options.prefix, { recursive: true });
  await Deno.mkdir(options.prefix);
  if (!await wine(options, "wineboot", "--init")) return false;
  await shareNpmSettings(options);
  // No display is needed, nor used where there is one: the same result on every machine.
  const key = "HKCU\\Software\\Wine\\Drivers";
  return await wine(options, "reg", "add", key, "/v", "Graphics", "/d", "null", "/f");
}

/** Lets Deno for Windows, whose home folder is in the prefix, use the npm registry the user set. */
async function shareNpmSettings({ prefix, home }: KeeperOptions): Promise<void> {
  if (home === undefined) return;
  const users = `${prefix}/drive_c/users`;
  for (const { name } of Deno.readDirSync(users)) {
    if (name !== "Public") await Deno.symlink(`${home}/.npmrc`, `${users}/${name}/.npmrc`);
  }
}

async function wine(options: KeeperOptions, ...args: string[]): Promise<boolean> {
  return await quietly(options.loader, args, options.env);
}

/** Ends everything in the prefix, and waits until it has. */
async function stopWine(options: KeeperOptions): Promise<void> {
  if (options.server !== undefined) {
    await quietly(options.server, ["-k"], options.env);
    await quietly(options.server, ["-w"], options.env);
  } else {
    for (const pid of await processesWith(`WINEPREFIX=${options.prefix}`)) {
      if (pid !== Deno.pid) kill(pid);
    }
  }
}

async function quietly(
  program: string,
  args: string[],
  env: Readonly<Record<string, string>>,
): Promise<boolean> {
  const command = new Deno.Command(program, {
    args,
    env: { ...env },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  });
  return (await command.spawn().status).success;
}

async function isWineServer(pid: number): Promise<boolean> {
  try {
    return (await Deno.readLink(`/proc/${pid}/exe`)).includes("wineserver");
  } catch {
    // It has ended in the meantime.
    return false;
  }
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

if (import.meta.main) {
  try {
    await keep(JSON.parse(Deno.args[0]));
  } catch (error) {
    report({ state: "failed", reason: error instanceof Error ? error.message : String(error) });
    Deno.exit(1);
  }
}
