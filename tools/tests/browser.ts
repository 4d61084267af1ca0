// A real browser without a window, driven by the Chrome DevTools Protocol.

/** Names of browsers that speak the protocol, as they are on the search path. */
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/** Below the folders of programs on Windows. */
const WINDOWS_PATHS = [
  "Google\\Chrome\\Application\\chrome.exe",
  "Microsoft\\Edge\\Application\\msedge.exe",
];

/** The browser to use; undefined where there is none. */
export async function findBrowser(): Promise<string | undefined> {
  const folders = ["ProgramFiles", "ProgramFiles(x86)", "LocalAppData"]
    .map((name) => Deno.env.get(name))
    .filter((folder) => folder !== undefined);
  const candidates = Deno.build.os === "windows"
    ? folders.flatMap((folder) => WINDOWS_PATHS.map((path) => `${folder}\\${path}`))
    : NAMES.flatMap((name) =>
      (Deno.env.get("PATH") ?? "").split(":").map((folder) => `${folder}/${name}`)
    );
  for (const path of candidates) {
    try {
      if ((await Deno.stat(path)).isFile) return path;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) {
        throw error;
      }
    }
  }
  return undefined;
}

/** What the browser tells of by itself. */
export interface BrowserEvent {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

interface Message extends Partial<BrowserEvent> {
  readonly id?: number;
  readonly error?: { readonly message: string };
  readonly result?: Readonly<Record<string, unknown>>;
}

/** One page of a browser of its own. */
export class BrowserPage {
  /** Everything that the browser has told. */
  readonly events: BrowserEvent[] = [];
  readonly #process: Deno.ChildProcess;
  readonly #profile: string;
  readonly #stderr: ReadableStreamDefaultReader<string>;
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, PromiseWithResolvers<Readonly<Record<string, unknown>>>>();
  readonly #listeners = new Set<(event: BrowserEvent) => void>();
  #session: string | undefined;
  #nextId = 1;

  private constructor(
    process: Deno.ChildProcess,
    profile: string,
    stderr: ReadableStreamDefaultReader<string>,
    socket: WebSocket,
  ) {
    this.#process = process;
    this.#profile = profile;
    this.#stderr = stderr;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#take(JSON.parse(String(data)));
    socket.onclose = () => {
      for (const answer of this.#answers.values()) answer.reject(new Error("The browser is gone"));
    };
  }

  /** Starts a browser with an empty page. */
  static async start(path: string): Promise<BrowserPage> {
    const profile = await Deno.makeTempDir({ prefix: "winipc-browser-" });
    const process = new Deno.Command(path, {
      args: [
        "--headless",
        // Root has no sandbox, and the page is ours.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--remote-debugging-port=0",
        `--user-data-dir=${profile}`,
        "about:blank",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const stderr = process.stderr.pipeThrough(new TextDecoderStream()).getReader();
    const socket = new WebSocket(await addressIn(stderr));
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error("The browser takes no connection"));
    });
    const page = new BrowserPage(process, profile, stderr, socket);
    const { targetId } = await page.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await page.send("Target.attachToTarget", { targetId, flatten: true });
    page.#session = String(sessionId);
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await page.send(`${domain}.enable`);
    return page;
  }

  /** Calls a method of the protocol. */
  async send(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    const id = this.#nextId++;
    const answer = Promise.withResolvers<Readonly<Record<string, unknown>>>();
    this.#answers.set(id, answer);
    this.#socket.send(JSON.stringify({ id, method, params, sessionId: this.#session }));
    return await answer.promise;
  }

  /** Opens an address, and waits until the page is loaded. */
  async open(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => {
      const listener = ({ method }: BrowserEvent) => {
        if (method !== "Page.loadEventFired") return;
        this.#listeners.delete(listener);
        resolve();
      };
      this.#listeners.add(listener);
    });
    await this.send("Page.navigate", { url });
    await loaded;
  }

  /** What an expression of JavaScript, or its promise, is in the page, as JSON has it. */
  async evaluate(expression: string): Promise<unknown> {
    const answer = await this.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (answer.exceptionDetails !== undefined) throw new Error(JSON.stringify(answer));
    return (answer.result as { readonly value?: unknown }).value;
  }

  /** Ends the browser, and removes what it has written. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.addEventListener("close", resolve));
    this.#session = undefined;
    await this.send("Browser.close");
    await closed;
    // It has to be read to its end: the pipe is a resource of this test.
    while (!(await this.#stderr.read()).done);
    await this.#process.status;
    await Deno.remove(this.#profile, { recursive: true });
  }

  #take({ id, method, params = {}, error, result = {} }: Message): void {
    if (method !== undefined) {
      const event = { method, params };
      this.events.push(event);
      for (const listener of this.#listeners) listener(event);
    }
    const answer = this.#answers.get(id ?? 0);
    if (answer === undefined) return;
    this.#answers.delete(id ?? 0);
    if (error === undefined) answer.resolve(result);
    else answer.reject(new Error(error.message));
  }
}

async function addressIn(stderr: ReadableStreamDefaultReader<string>): Promise<string> {
  for (let text = "";;) {
    const { value, done } = await stderr.read();
    if (done) throw new Error(`The browser did not start: ${text}`);
    text += value;
    const address = /DevTools listening on (ws:\/\/\S+)\s/.exec(text);
    if (address !== null) return address[1];
  }
}
