// Starting the programs of the benchmarks.

const FOLDER = new URL("./", import.meta.url);

/** Runs one of our programs to its end; what it prints is its figure. */
export function ours(script: string, ...args: string[]): () => Promise<number> {
  return () => figureOf(Deno.execPath(), denoArguments(script, args));
}

/** Runs a C program, of `bench/peers` or with its folder; `undefined` where there is no C compiler. */
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

/** A C program of `bench/peers` as a server; `undefined` where there is no C compiler. */
export function cServer(name: string, ...args: string[]): ServerCommand | undefined {
  const path = cProgram(name);
  return path === undefined ? undefined : { path, args };
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
    // All three streams are ours. With an inherited stderr that is no ordinary file, Node ends with "open EBADF".
    await using process = new Deno.Command(server.path, {
      args: [...server.args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const said = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const complaint = textOf(process.stderr);
    const { value = "" } = await said.read();
    try {
      if (!value.startsWith("ready")) throw await whyNotReady(server, value, process, complaint);
      return await figureOf(path, args);
    } finally {
      end(process);
      await Promise.all([said.cancel(), complaint]);
    }
  };
}

/** What a server said that did not come up. */
async function whyNotReady(
  { path, args }: ServerCommand,
  said: string,
  process: Deno.ChildProcess,
  complaint: Promise<string>,
): Promise<Error> {
  end(process);
  return new Error(`${path} ${args.join(" ")} did not come up: ${said}${await complaint}`);
}

function end(process: Deno.ChildProcess): void {
  try {
    process.kill("SIGKILL");
  } catch (error) {
    // It has ended by itself. Which error says so depends on when that was seen.
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function textOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  return await new Response(stream).text();
}

function cProgram(name: string): string | undefined {
  const folder = Deno.env.get("WINIPC_PEERS");
  if (folder === undefined) return undefined;
  const path = name.includes("/") ? name : `bench/peers/${name}`;
  return `${folder}\\${path.replaceAll("/", "\\")}.exe`;
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

/** After this long (milliseconds) a program is taken to hang. */
const LIMIT = 120_000;

async function figureOf(path: string, args: readonly string[]): Promise<number> {
  const signal = AbortSignal.timeout(LIMIT);
  const command = new Deno.Command(path, { args: [...args], stdin: "null", signal });
  const { stdout, stderr, code } = await command.output();
  const text = new TextDecoder().decode(stdout).trim();
  if (code === 0 && text !== "" && Number.isFinite(Number(text))) return Number(text);
  const why = signal.aborted ? `not done after ${LIMIT} ms` : new TextDecoder().decode(stderr);
  throw new Error(`${path} ${args.join(" ")} failed: ${text} ${why}`);
}
