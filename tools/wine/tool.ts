// Running the system's own tools while getting ready: quietly, and never left behind.

import { SetupError } from "./cache.ts";
import { exitCodeOf, onEndingSignal } from "./signals.ts";

const running = new Set<Deno.ChildProcess>();

/** Runs a tool to its end and returns what it printed. */
export async function runTool(
  program: string,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): Promise<string> {
  const child = startTool(program, args, options);
  const { success, stdout, stderr } = await child.output();
  if (!success) throw toolFailure(program, stderr);
  return new TextDecoder().decode(stdout);
}

/** Starts a tool with piped streams; {@linkcode endToolsWithUs} ends it in time. */
export function startTool(
  program: string,
  args: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string;
    readonly stdin?: "piped" | "null";
  } = {},
): Deno.ChildProcess {
  const child = new Deno.Command(program, {
    args: [...args],
    // Messages in one language, for they are part of ours.
    env: { ...options.env, LC_ALL: "C.UTF-8" },
    cwd: options.cwd,
    stdin: options.stdin ?? "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  running.add(child);
  child.status.finally(() => running.delete(child));
  return child;
}

/** The error for a tool that failed, with the last of what it said. */
export function toolFailure(program: string, stderr: Uint8Array): SetupError {
  const said = new TextDecoder().decode(stderr).trim().split("\n").slice(-5).join("\n  ");
  return new SetupError(`${program} failed:\n  ${said}`);
}

/** Until the result is disposed, a signal that ends this process ends the tools it runs too. */
export function endToolsWithUs(): Disposable {
  return onEndingSignal((signal) => {
    for (const child of running) child.kill("SIGKILL");
    Deno.exit(exitCodeOf(signal));
  });
}
