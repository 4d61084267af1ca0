// Deno for Windows, ready to run: this Deno on Windows, deno.exe under Wine elsewhere.

import { cacheFolder, SetupError } from "./cache.ts";
import { runChild, type RunOptions } from "./child.ts";
import { denoExe } from "./deno_exe.ts";
import { findWine, type Wine } from "./find.ts";
import type { KeeperOptions, KeeperReport } from "./keeper.ts";
import { exitCodeOf, onEndingSignal } from "./signals.ts";

/** A place where Windows programs run, until it is disposed. */
export interface WindowsSession extends AsyncDisposable {
  /** Runs `deno` with arguments on our standard streams; returns its exit code. */
  run(args: readonly string[], options?: RunOptions): Promise<number>;
  /** The form in which a Windows program knows a full path of this system. */
  windowsPath(path: string): string;
}

/**
 * Gets what is missing, showing what it does on standard error, and starts Wine where it is needed.
 *
 * @throws {SetupError} something is missing that cannot be got here; the text says what to install
 */
export async function openWindows(): Promise<WindowsSession> {
  if (Deno.build.os === "windows") {
    return {
      run: (args, options) => runChild(Deno.execPath(), args, options),
      windowsPath: (path) => path,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const wine = await findWine();
  const exe = await denoExe();
  return await openWine(wine, exe);
}

/** Wine maps the root of the file system to drive Z. */
function windowsPath(path: string): string {
  return "Z:" + path.replaceAll("/", "\\");
}

async function openWine(wine: Wine, exe: string): Promise<WindowsSession> {
  const cache = await cacheFolder();
  const prefix = `${cache}/prefix-${wine.version}`;
  const wineEnv: Record<string, string> = {
    WINEPREFIX: prefix,
    WINEARCH: "win64",
    WINEDEBUG: Deno.env.get("WINEDEBUG") ?? "-all",
    // No .NET and no browser engine to install, nothing added to the desktop's menus, and no debugger
    // that keeps a program which has crashed, and waits for an answer in a window nobody sees.
    WINEDLLOVERRIDES: "mscoree,mshtml=;winemenubuilder.exe=;winedbg.exe=",
    // Wine reads command lines and file names in the locale's encoding.
    LC_ALL: "C.UTF-8",
  };
  if (wine.server !== undefined) wineEnv.WINESERVER = wine.server;
  const run = crypto.randomUUID();
  const keeper = await startKeeper({
    prefix,
    loader: wine.loader,
    server: wine.server,
    env: wineEnv,
    mark: `WINIPC_RUN=${run}`,
    home: Deno.env.get("HOME"),
  });
  const denoEnv = {
    ...wineEnv,
    WINIPC_RUN: run,
    DENO_NO_UPDATE_CHECK: "1",
    // Its caches are not those of the Deno of this system, which has another idea of paths.
    DENO_DIR: windowsPath(`${cache}/deno`),
  };
  return {
    run: (args, options = {}) =>
      runChild(wine.loader, [exe, ...args], { ...options, env: { ...denoEnv, ...options.env } }),
    windowsPath,
    [Symbol.asyncDispose]: () => keeper[Symbol.asyncDispose](),
  };
}

/** Starts the keeper and waits until Wine is up. */
async function startKeeper(options: KeeperOptions): Promise<AsyncDisposable> {
  const keeper = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-config",
      "--no-lock",
      "-A",
      `${import.meta.dirname}/keeper.ts`,
      JSON.stringify(options),
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    // Its own session: a Ctrl-C at the terminal must not end what clears up after it.
    detached: true,
  }).spawn();
  const stop = async () => {
    await keeper.stdin.close();
    await keeper.status;
  };
  let ending: Promise<never> | undefined;
  using _signals = onEndingSignal((signal) => {
    ending ??= stop().then(() => Deno.exit(exitCodeOf(signal)));
  });
  const lines = keeper.stdout.pipeThrough(new TextDecoderStream());
  let text = "";
  for await (const part of lines) {
    text += part;
    while (text.includes("\n")) {
      const end = text.indexOf("\n");
      const message: KeeperReport = JSON.parse(text.slice(0, end));
      text = text.slice(end + 1);
      if (message.state === "ready") return { [Symbol.asyncDispose]: stop };
      if (message.state === "creating") console.error("Preparing Wine's own folder ...");
      if (message.state === "waiting") {
        console.error(
          `Waiting for another run that prepares or stops Wine (${message.holder}) ...`,
        );
      }
      if (message.state === "failed") {
        await stop();
        throw new SetupError(message.reason);
      }
    }
  }
  await ending;
  throw new SetupError("Wine could not be started: the process that keeps it ended at once.");
}
