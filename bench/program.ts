// Starting the programs of the benchmarks.

const FOLDER = new URL("./", import.meta.url);

/** Runs one of our programs to its end; what it prints is its figure. */
export function ours(script: string, ...args: string[]): () => Promise<number> {
  return () => figureOf(Deno.execPath(), denoArguments(script, args));
}

/** Runs a C program of `bench/peers`; `undefined` where there is no C compiler. */
export function inC(name: string, ...args: string[]): (() => Promise<number>) | undefined {
  const path = cProgram(name);
  return path === undefined ? undefined : () => figureOf(path, args);
}

/** Runs a script of `bench/peers` with Node; `undefined` where there is no Node for Windows. */
export function inNode(script: string, ...args: string[]): (() => Promise<number>) | undefined {
  const node = Deno.env.get("WINIPC_NODE");
  return node === undefined ? undefined : () => figureOf(node, [nodeScript(script), ...args]);
}

/** A server that is measured from outside, and ended then. */
export interface ServerCommand {
  readonly path: string;
  readonly args: readonly string[];
}

/** One of our programs as a server. */
export function ourServer(script: string, ...args: string[]): ServerCommand {
  return { path: Deno.execPath(), args: denoArguments(script, args) };
}

/** A Node script as a server; `undefined` where there is no Node for Windows. */
export function nodeServer(script: string, ...args: string[]): ServerCommand | undefined {
  const node = Deno.env.get("WINIPC_NODE");
  return node === undefined ? undefined : { path: node, args: [nodeScript(script), ...args] };
}

/** Starts a server, waits until it says `ready`, and measures it with a C program. */
export function loadedBy(
  server: ServerCommand | undefined,
  cName: string,
  ...args: string[]
): (() => Promise<number>) | undefined {
  const path = cProgram(cName);
  if (server === undefined || path === undefined) return undefined;
  return async () => {
    await using process = new Deno.Command(server.path, {
      args: [...server.args],
      stdin: "null",
      stdout: "piped",
    }).spawn();
    const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value = "" } = await reader.read();
    if (!value.startsWith("ready")) throw new Error(`The server said "${value}"`);
    try {
      return await figureOf(path, args);
    } finally {
      process.kill("SIGKILL");
      await reader.cancel();
    }
  };
}

function cProgram(name: string): string | undefined {
  const peers = Deno.env.get("WINIPC_PEERS");
  return peers === undefined ? undefined : `${peers}\\bench\\peers\\${name}.exe`;
}

function nodeScript(script: string): string {
  const { pathname } = new URL(`peers/${script}`, FOLDER);
  return decodeURIComponent(pathname.slice(1));
}

function denoArguments(script: string, args: readonly string[]): string[] {
  return [
    "run",
    "--quiet",
    "--no-check",
    "-A",
    new URL(`programs/${script}`, FOLDER).href,
    ...args,
  ];
}

async function figureOf(path: string, args: readonly string[]): Promise<number> {
  const { stdout, stderr, code } = await new Deno.Command(path, { args: [...args], stdin: "null" })
    .output();
  const figure = Number(new TextDecoder().decode(stdout).trim());
  if (code === 0 && figure > 0) return figure;
  throw new Error(`${path} ${args.join(" ")} failed: ${new TextDecoder().decode(stderr)}`);
}
