import { receiveMessageOnPort } from "node:worker_threads";
import { ERROR_INVALID_PARAMETER } from "../../win32/error_codes.ts";
import { EVENT_MODIFY_STATE, kernel32, SYNCHRONIZE, WAIT_OBJECT_0 } from "../../win32/kernel32.ts";
import { MSG } from "../../win32/structs.ts";
import { PM_REMOVE, QS_POSTMESSAGE, QS_SENDMESSAGE, user32 } from "../../win32/user32.ts";
import { lastErrorCode, lastWin32Error, win32Error } from "../error/windows_error.ts";
import { OwnedHandle } from "../handle/owned_handle.ts";
import { INFINITE } from "../options/wait_options.ts";
import { takeApart } from "../worker/error_parts.ts";
import { Answers, SLOTS } from "./answers.ts";
import {
  type Agent,
  type AgentHost,
  type AgentModule,
  type Answer,
  type Command,
  COMMANDS,
  ENDED,
  type FromPump,
  type PumpStart,
  STOP,
  STOPPED,
} from "./protocol.ts";
import { WM_THREAD_ENDED } from "./pump_messages.ts";
import { Windows } from "./windows.ts";

const CONTROL_CLASS = "winipc-pump";

/**
 * How deep callbacks may be nested by serving messages while another callback waits for its answer.
 * Each takes a part of the stack, of which there is about 1 MiB. Beyond it senders wait in line.
 */
const MAX_NESTED = 8;
/** The most bytes of a message in whose callback others are served: Wine puts them on the stack. */
const MAX_NESTED_SIZE = 16 * 1024;

/** An agent that is there, or what is left of it. */
interface Entry {
  readonly agent: Agent;
  readonly windows: Set<bigint>;
}

/**
 * The message loop of the pump's thread. It blocks in GetMessageW, which also calls the windows'
 * procedures for messages that other threads send. The event loop of this Worker stands still
 * meanwhile, so commands are taken synchronously from a message port; a posted message wakes the
 * loop for them.
 */
export class MessageLoop {
  readonly #start: PumpStart;
  readonly #say: (message: FromPump, transfer?: Transferable[]) => void;
  readonly #flags: Int32Array;
  readonly #answers: Answers;
  readonly #windows = new Windows();
  readonly #agents = new Map<number, Entry>();
  readonly #message = new Uint8Array(MSG.size);
  readonly #view = new DataView(this.#message.buffer);
  /** Set by the thread when it has answered, or wants nothing answered any more. */
  readonly #answered: OwnedHandle;
  readonly #thread: OwnedHandle;
  readonly #control: bigint;
  readonly #waitHandles: BigUint64Array<ArrayBuffer>;
  /** Agents that are to be opened, which needs the event loop. */
  readonly #opening: Extract<Command, { type: "open" }>[] = [];
  #seenCommands = 0;
  #depth = 0;
  #threadEnded = false;

  constructor(start: PumpStart, say: (message: FromPump, transfer?: Transferable[]) => void) {
    this.#start = start;
    this.#say = say;
    this.#flags = new Int32Array(start.shared);
    this.#answers = new Answers(start.shared);
    this.#answered = createAutoResetEvent();
    this.#thread = openThread(start.threadId);
    // A Worker may be ended at any moment.
    this.#answered.closeAtThreadEnd();
    this.#thread.closeAtThreadEnd();
    this.#waitHandles = BigUint64Array.of(this.#answered.number);
    const none = () => undefined;
    this.#control = this.#windows.create({ className: CONTROL_CLASS, procedure: none }, none);
  }

  /** Runs until the pump is stopped, or its thread of JavaScript has ended. */
  async run(): Promise<void> {
    this.#say({ type: "ready", window: this.#control, answered: this.#answered.number });
    for (;;) {
      this.#pumpMessages();
      const opening = this.#opening.shift();
      if (opening === undefined) break;
      await this.#open(opening);
    }
    this.#end();
  }

  get #isStopped(): boolean {
    return Atomics.load(this.#flags, STOP) === STOPPED || this.#threadEnded;
  }

  /** Whether no answers are to be waited for any more. */
  get #isStopping(): boolean {
    return Atomics.load(this.#flags, STOP) !== 0 || this.#threadEnded;
  }

  /** Returns when the event loop is needed, or when the pump has been stopped. */
  #pumpMessages(): void {
    const { DispatchMessageW, GetMessageW } = user32();
    this.#takeCommands();
    while (!this.#isStopped && this.#opening.length === 0) {
      // 0 is for WM_QUIT, which anybody can post to a thread; this one does not end by it.
      if (GetMessageW(this.#message, null, 0, 0) === -1) {
        throw lastWin32Error({ operation: "GetMessageW", doing: "Cannot wait for messages" });
      }
      this.#dispatch(DispatchMessageW);
    }
  }

  #dispatch(dispatch: (message: BufferSource) => unknown): void {
    const { fields } = MSG;
    const isControl = this.#view.getBigUint64(fields.hwnd.offset, true) === this.#control &&
      this.#view.getUint32(fields.message.offset, true) === WM_THREAD_ENDED;
    // Anybody can post this message, so what it says is looked up.
    if (isControl) this.#threadEnded ||= hasEnded(this.#thread);
    else dispatch(this.#message);
    if (this.#depth === 0) this.#windows.sweep();
    // Not only when woken: the message that wakes is not there if the queue was full.
    this.#takeCommands();
  }

  #takeCommands(): void {
    const sent = Atomics.load(this.#flags, COMMANDS);
    if (sent === this.#seenCommands) return;
    this.#seenCommands = sent;
    for (;;) {
      // The type of a port of node:worker_threads differs from that of the port it is.
      const received = receiveMessageOnPort(this.#start.commands as never);
      if (received === undefined) return;
      this.#carryOut(received.message as Command);
    }
  }

  #carryOut(command: Command): void {
    if (command.type === "open") {
      this.#opening.push(command);
      return;
    }
    const { agent, id } = command;
    try {
      let value: unknown;
      if (command.type === "call") value = this.#entry(agent).agent.call(command.request);
      else this.#close(agent);
      this.#say({ type: "done", id, value });
    } catch (error) {
      this.#say({ type: "failed", id, error: takeApart(error) });
    }
  }

  #entry(agent: number): Entry {
    const entry = this.#agents.get(agent);
    if (entry === undefined) throw new Deno.errors.BadResource("The object is closed");
    return entry;
  }

  async #open(command: Extract<Command, { type: "open" }>): Promise<void> {
    const { agent, id, module: url, options } = command;
    const windows = new Set<bigint>();
    try {
      const module: AgentModule = await import(url);
      const made = await module.createAgent(this.#host(agent, windows), options);
      this.#agents.set(agent, { agent: made, windows });
      this.#say({ type: "done", id, value: undefined });
    } catch (error) {
      for (const window of windows) this.#windows.destroy(window);
      this.#say({ type: "failed", id, error: takeApart(error) });
    }
  }

  #close(agent: number): void {
    const entry = this.#agents.get(agent);
    if (entry === undefined) return;
    this.#agents.delete(agent);
    try {
      entry.agent.close();
    } finally {
      for (const window of entry.windows) this.#windows.destroy(window);
    }
  }

  #host(agent: number, windows: Set<bigint>): AgentHost {
    const failed = (error: unknown) => this.#say({ type: "error", agent, error: takeApart(error) });
    return {
      emit: (event, transfer) => this.#say({ type: "event", agent, event }, transfer),
      ask: (question, timeout, size = 0) => this.#ask(agent, question, timeout, size),
      createWindow: (options) => {
        const window = this.#windows.create(options, failed);
        windows.add(window);
        return window;
      },
      destroyWindow: (window) => {
        windows.delete(window);
        this.#windows.destroy(window);
      },
      failed,
    };
  }

  #ask(agent: number, question: unknown, timeout: number, size: number): Answer | undefined {
    const slot = this.#depth;
    if (this.#isStopping || slot >= SLOTS) return undefined;
    const id = this.#answers.expect(slot);
    const end = performance.now() + timeout;
    this.#depth++;
    try {
      this.#say({ type: "question", agent, question, slot, id });
      for (;;) {
        const answer = this.#answers.take(slot);
        if (answer !== undefined) return answer;
        const left = end - performance.now();
        if (left <= 0 || this.#isStopping || this.#answers.isDeclined(slot)) {
          return this.#answers.giveUp(slot, id);
        }
        this.#serve(left, this.#depth <= MAX_NESTED && size <= MAX_NESTED_SIZE);
      }
    } finally {
      this.#depth--;
    }
  }

  /**
   * Waits for an answer, and serves messages and commands if it may, for at most `milliseconds`.
   */
  #serve(milliseconds: number, mayNest: boolean): void {
    const { DispatchMessageW, MsgWaitForMultipleObjectsEx, PeekMessageW } = user32();
    const wait = milliseconds === Infinity
      ? INFINITE
      : Math.min(Math.ceil(milliseconds), INFINITE - 1);
    const mask = mayNest ? QS_SENDMESSAGE | QS_POSTMESSAGE : 0;
    const result = MsgWaitForMultipleObjectsEx(1, this.#waitHandles, wait, mask, 0);
    if (result !== WAIT_OBJECT_0 + 1) return;
    // Of the posted messages only those of the control window, which end the wait; looking for them
    // serves what was sent to any window.
    const control = Deno.UnsafePointer.create(this.#control);
    while (PeekMessageW(this.#message, control, 0, 0, PM_REMOVE) !== 0) {
      this.#dispatch(DispatchMessageW);
    }
    this.#takeCommands();
  }

  #end(): void {
    for (const agent of [...this.#agents.keys()]) {
      try {
        this.#close(agent);
      } catch (error) {
        this.#say({ type: "error", agent, error: takeApart(error) });
      }
    }
    this.#windows[Symbol.dispose]();
    this.#answered.close();
    this.#thread.close();
    this.#start.commands.close();
    this.#say({ type: "ended" });
    Atomics.store(this.#flags, ENDED, 1);
    Atomics.notify(this.#flags, ENDED);
  }
}

function createAutoResetEvent(): OwnedHandle {
  const value = kernel32().CreateEventExW(null, null, 0, EVENT_MODIFY_STATE | SYNCHRONIZE);
  if (value === null) {
    throw lastWin32Error({ operation: "CreateEventExW", doing: "Cannot create an event" });
  }
  return new OwnedHandle(value, "event of the message thread");
}

function openThread(threadId: number): OwnedHandle {
  const value = kernel32().OpenThread(SYNCHRONIZE, 0, threadId);
  if (value === null) {
    const code = lastErrorCode();
    const hint = code === ERROR_INVALID_PARAMETER ? "it has ended" : undefined;
    const doing = `Cannot open thread ${threadId}`;
    throw win32Error(code, { operation: "OpenThread", doing, hint });
  }
  return new OwnedHandle(value, `thread ${threadId}`);
}

function hasEnded(thread: OwnedHandle): boolean {
  return kernel32().WaitForSingleObject(thread.value, 0) === WAIT_OBJECT_0;
}
