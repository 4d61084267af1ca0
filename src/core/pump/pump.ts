import { kernel32 } from "../../win32/kernel32.ts";
import { user32 } from "../../win32/user32.ts";
import { type EndRegistration, functionAddress } from "../thread/end_calls.ts";
import { threadResources } from "../thread/thread_resources.ts";
import { putTogether } from "../worker/error_parts.ts";
import { HiddenWorker } from "../worker/hidden_worker.ts";
import { Answers, SHARED_SIZE } from "./answers.ts";
import { WM_THREAD_ENDED, WM_WAKE } from "./pump_messages.ts";
import {
  type Answer,
  type Command,
  COMMANDS,
  ENDED,
  type FromPump,
  type PumpStart,
  STOP,
  STOPPED,
  STOPPING,
} from "./protocol.ts";

/** What a client of the pump does with what its agent says. */
export interface ClientListener {
  /** An event of the agent. It must not throw. */
  heard(event: unknown): void;
  /**
   * A question that a callback of Windows waits for. The answer may come late, or be a promise; it
   * is dropped then. What it throws is for `failed`, and leaves the question without an answer.
   */
  asked?(question: unknown): Answer | undefined | Promise<Answer | undefined>;
  /** Something has failed beside a call: a callback in the pump, an answer, or the pump itself. */
  failed(error: unknown): void;
  /** The pump has ended though the client had not been closed. */
  lost(error: unknown): void;
  /**
   * The program ends. Calls that are made now are still carried out, and nobody hears the result.
   */
  unloading?(): void;
}

/** How long the end of a program may wait for its pump, in milliseconds. */
const LONGEST_UNLOAD = 5_000;

/**
 * The pump of this thread of JavaScript: a hidden Worker that owns the windows, and runs their
 * message loop ("About Messages and Message Queues"). Windows gives each window's messages to the
 * thread that has created it, which has to wait for them, as JavaScript's own thread cannot.
 *
 * It starts with its first client and ends with its last one.
 */
class Pump {
  readonly #worker: HiddenWorker<PumpStart, FromPump>;
  readonly #commands: MessagePort;
  readonly #flags: Int32Array;
  readonly #answers: Answers;
  readonly #clients = new Map<number, ClientListener>();
  /** The clients that are not open yet, and so hear of a failure by that. */
  readonly #opening = new Set<number>();
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  #window: Deno.PointerValue = null;
  #answered: Deno.PointerValue = null;
  #atThreadEnd: EndRegistration | undefined;
  #isStopping = false;
  #failure: { readonly error: unknown } | undefined;
  #lastNumber = 0;
  /** How many things that are awaited keep the program alive; the start is the first. */
  #references = 1;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#commands = port1;
    const shared = new SharedArrayBuffer(SHARED_SIZE);
    this.#flags = new Int32Array(shared);
    this.#answers = new Answers(shared);
    this.#ready.promise.catch(() => {});
    const module = new URL("./pump_worker.ts", import.meta.url);
    this.#worker = startWorker(module, {
      heard: (message) => this.#heard(message),
      died: (error) => this.#died(startError(module, error)),
    });
    const threadId = kernel32().GetCurrentThreadId();
    this.#worker.post({ commands: port2, shared, threadId }, [port2]);
    globalThis.addEventListener("unload", this.#unload);
  }

  /** Opens a client. */
  async open(module: URL, listener: ClientListener, options: unknown): Promise<PumpClient> {
    const agent = ++this.#lastNumber;
    this.#clients.set(agent, listener);
    this.#opening.add(agent);
    try {
      await this.#ready.promise;
      await this.command((id) => ({ type: "open", agent, id, module: module.href, options }));
    } catch (error) {
      await this.#remove(agent);
      throw error;
    } finally {
      this.#opening.delete(agent);
    }
    return new PumpClient(this, agent);
  }

  /** Has a command carried out. It keeps the program alive until it is. */
  async command(make: (id: number) => Command): Promise<unknown> {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#isStopping) throw new Deno.errors.BadResource("The message thread is being ended");
    const id = ++this.#lastNumber;
    const result = Promise.withResolvers<unknown>();
    this.#calls.set(id, result);
    this.retain();
    try {
      this.#commands.postMessage(make(id));
      Atomics.add(this.#flags, COMMANDS, 1);
      this.#wake();
      return await result.promise;
    } finally {
      this.#calls.delete(id);
      this.release();
    }
  }

  /** It fails if the queue of the pump is full; the pump then looks for commands by itself. */
  #wake(): void {
    user32().PostMessageW(this.#window, WM_WAKE, 0n, 0n);
  }

  /** Closes a client, and with the last one the pump, which has ended then. */
  async close(agent: number): Promise<void> {
    const closed = this.#failure === undefined
      ? this.command((id) => ({ type: "close", agent, id }))
      : Promise.resolve();
    try {
      await closed;
    } finally {
      await this.#remove(agent);
    }
  }

  async #remove(agent: number): Promise<void> {
    this.#clients.delete(agent);
    if (this.#clients.size > 0) return;
    // A client that opens from now on starts another pump.
    if (pump === this) pump = undefined;
    await this.#ready.promise.catch(() => {});
    this.#stop();
    this.retain();
    await this.#ended.promise;
    this.release();
  }

  retain(): void {
    if (this.#references++ === 0) this.#worker.ref();
  }

  release(): void {
    if (--this.#references === 0) this.#worker.unref();
  }

  #heard(message: FromPump): void {
    switch (message.type) {
      case "ready":
        this.#window = Deno.UnsafePointer.create(message.window);
        this.#answered = Deno.UnsafePointer.create(message.answered);
        this.#endWithThread(message.window);
        this.#ready.resolve();
        this.release();
        break;
      case "unusable":
        this.#died(putTogether(message.error));
        break;
      case "done":
        this.#calls.get(message.id)?.resolve(message.value);
        break;
      case "failed":
        this.#calls.get(message.id)?.reject(putTogether(message.error));
        break;
      case "event":
        this.#clients.get(message.agent)?.heard(message.event);
        break;
      case "question":
        this.#asked(message);
        break;
      case "error":
        this.#clients.get(message.agent)?.failed(putTogether(message.error));
        break;
      case "ended":
        this.#over();
        break;
    }
  }

  /**
   * Where this thread ends without an `unload` event, as a Worker does, native code ends the pump.
   */
  #endWithThread(window: bigint): void {
    const post = functionAddress("PostMessageW", "user32.dll");
    const message = [window, BigInt(WM_THREAD_ENDED), 0n] as const;
    this.#atThreadEnd = threadResources().endCalls.call(post, message);
  }

  async #asked(
    { agent, question, slot, id }: Extract<FromPump, { type: "question" }>,
  ): Promise<void> {
    const client = this.#clients.get(agent);
    let answer: Answer | undefined;
    try {
      const answering = client?.asked?.(question);
      // An answer that is there is not kept back for a turn.
      answer = answering instanceof Promise ? await answering : answering;
    } catch (error) {
      client?.failed(error);
    }
    if (this.#isStopping || this.#failure !== undefined) return;
    if (this.#answers.answer(slot, id, answer)) kernel32().SetEvent(this.#answered);
  }

  /** Orders the end. The order of these steps lets the pump close its handles: see `STOPPED`. */
  #stop(): void {
    if (this.#isStopping || this.#failure !== undefined) return;
    this.#isStopping = true;
    Atomics.store(this.#flags, STOP, STOPPING);
    kernel32().SetEvent(this.#answered);
    Atomics.store(this.#flags, STOP, STOPPED);
    this.#wake();
  }

  /** The program ends: the windows must be destroyed by their thread before the process ends. */
  readonly #unload = () => {
    if (this.#window === null) return;
    for (const client of this.#clients.values()) client.unloading?.();
    this.#stop();
    Atomics.wait(this.#flags, ENDED, 0, LONGEST_UNLOAD);
  };

  #died(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#ready.reject(error);
    for (const call of this.#calls.values()) call.reject(error);
    for (const [agent, client] of this.#clients) {
      if (!this.#opening.has(agent)) client.lost(error);
    }
    this.#worker.terminate();
    this.#over();
  }

  #over(): void {
    if (pump === this) pump = undefined;
    globalThis.removeEventListener("unload", this.#unload);
    this.#atThreadEnd?.cancel();
    this.#commands.close();
    this.#ended.resolve();
  }
}

function startWorker(
  module: URL,
  listener: ConstructorParameters<typeof HiddenWorker<PumpStart, FromPump>>[1],
): HiddenWorker<PumpStart, FromPump> {
  try {
    return new HiddenWorker(module, listener);
  } catch (error) {
    throw startError(module, error);
  }
}

/** The module's error reaches this thread as a text only. */
function startError(module: URL, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const isDenied = reason.startsWith("Requires ");
  const hint = isDenied
    ? "beside a local file the message thread needs --allow-read of src"
    : "a compiled program needs --include of it";
  const ErrorClass = isDenied ? Deno.errors.NotCapable : Error;
  const message = `Cannot run the message thread ${module.href}: ${reason}; ${hint}`;
  return new ErrorClass(message, { cause });
}

/** The pump of this thread, if there is one that takes clients. */
let pump: Pump | undefined;

/** One user of the pump of this thread: the half of an {@linkcode Agent} on this side. */
export class PumpClient {
  readonly #pump: Pump;
  readonly #agent: number;
  #closed: Promise<void> | undefined;

  /** @internal Use {@linkcode PumpClient.open}. */
  constructor(pump: Pump, agent: number) {
    this.#pump = pump;
    this.#agent = agent;
  }

  /**
   * Starts the pump, if this thread has none, and creates an agent in it.
   *
   * @param module The agent's module, which exports `createAgent`: see `AgentModule`.
   * @param options What `createAgent` is given; it is cloned.
   * @throws {Deno.errors.NotCapable} If a module is a file that this program may not read.
   * @throws {Error} If a module cannot be loaded, or the agent cannot be created.
   */
  static open(module: URL, listener: ClientListener, options?: unknown): Promise<PumpClient> {
    pump ??= new Pump();
    return pump.open(module, listener, options);
  }

  /**
   * Has the agent carry out a request. It keeps the program alive until it is done.
   *
   * @throws {Deno.errors.BadResource} If the client is closed.
   */
  async call(request: unknown): Promise<unknown> {
    if (this.#closed !== undefined) throw new Deno.errors.BadResource("The object is closed");
    const agent = this.#agent;
    return await this.#pump.command((id) => ({ type: "call", agent, id, request }));
  }

  /** Keeps the program alive, until `release()` is called as often. */
  retain(): void {
    this.#pump.retain();
  }

  /** Ends one `retain()`. */
  release(): void {
    this.#pump.release();
  }

  /** Closes the agent, and ends the pump with its last client. Further calls do nothing more. */
  close(): Promise<void> {
    return this.#closed ??= this.#pump.close(this.#agent);
  }
}
