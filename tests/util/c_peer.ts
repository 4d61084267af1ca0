import { type DenoProcess, runProgram } from "./deno_process.ts";
import { watchProcess } from "./watchdog.ts";

/**
 * Where the C program that was compiled from `name`.c is, or `null` where there is no C compiler.
 *
 * A test that needs one is skipped visibly: `test("…", fn, { ignore: peer("tests/abi/x") === null })`.
 *
 * @param name path of the source from the root of the repository, without `.c`
 */
export function peer(name: string): string | null {
  const folder = Deno.env.get("WINIPC_PEERS");
  if (Deno.build.os !== "windows" || folder === undefined) return null;
  return `${folder}\\${name.replaceAll("/", "\\")}.exe`;
}

/** Starts the program, to be talked to line by line. Always take it with `await using`. */
export function startPeer(name: string, args: readonly unknown[] = []): DenoProcess {
  return runProgram(compiled(name), args);
}

/** How a {@linkcode runPeer} program ended. */
export interface PeerOutput {
  readonly code: number;
  readonly stdout: Uint8Array<ArrayBuffer>;
  /** What it printed to stdout and stderr, for messages. */
  readonly text: string;
}

/** Runs the program to its end, with `input` as its standard input. */
export async function runPeer(
  name: string,
  args: readonly string[] = [],
  input: Uint8Array<ArrayBuffer> = new Uint8Array(),
): Promise<PeerOutput> {
  const command = new Deno.Command(compiled(name), {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  await using child = command.spawn();
  watchProcess(child);
  const output = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(input);
  await writer.close();
  const { code, stdout, stderr } = await output;
  const decoder = new TextDecoder();
  return { code, stdout, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

function compiled(name: string): string {
  const path = peer(name);
  if (path === null) throw new Error(`${name}.c has not been compiled`);
  return path;
}
