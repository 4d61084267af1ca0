import { defineInspect, openState } from "../core/text/inspect.ts";
import { Deadline } from "../core/io/deadline.ts";
import { checkOptions, WAIT_OPTIONS } from "../core/options/check_options.ts";
import type { WaitOptions } from "../core/options/wait_options.ts";
import { PumpClient } from "../core/pump/pump.ts";
import type { Answer } from "../core/pump/protocol.ts";
import {
  BYTES,
  DROPPED,
  MESSAGES,
  type SentCopyData,
  type SentMessage,
  type WindowAgentOptions,
} from "./agent_protocol.ts";
import { windowLabel } from "./checks.ts";
import { ClaimedSender, CopyData } from "./copy_data.ts";
import { MessageQueue } from "./message_queue.ts";
import {
  agentOptions,
  checkResult,
  type MessageAnswer,
  type MessageWindowOptions,
} from "./window_options.ts";
import { WindowMessage } from "./window_message.ts";

const AGENT = new URL("./window_agent.ts", import.meta.url);

/**
 * A window that receives messages, and is never shown.
 *
 * Its messages are taken by a hidden thread, so a program needs no message loop, and senders are
 * served while JavaScript is busy: data by WM_COPYDATA are answered by 1 and wait to be received,
 * other messages by 0. Handlers and `replies` give other answers. Messages of one sender are
 * received in their order. At most 65,536 messages and 64 MiB of data wait; what comes then is
 * answered by 0, and counted as `dropped`.
 *
 * It gets messages from WM_USER (0x400) up, data, WM_CLOSE, which does not close it, and with
 * `receivesBroadcasts` what Windows tells all programs. Any program of the same user can send them,
 * and write into `claimedSender` what it likes.
 *
 * It does not keep the program alive, but its calls that wait do, as `closed()`.
 *
 * Windows documentation: "Message-Only Windows", "Window Procedures".
 *
 * @example Receive data
 * ```ts
 * import { MessageWindow } from "@winipc/winipc/window-message";
 *
 * await using receiver = await MessageWindow.create({ class: "Orders" });
 * for await (const data of receiver.copyData()) {
 *   console.log(data.tag, data.text(), data.claimedSender?.path);
 * }
 * ```
 *
 * @example Answer messages
 * ```ts
 * import { MessageWindow } from "@winipc/winipc/window-message";
 *
 * await using receiver = await MessageWindow.create({
 *   class: "Calculator service",
 *   onMessage: ({ wParam, lParam }) => wParam * lParam,
 * });
 * await receiver.closed();
 * ```
 */
export class MessageWindow implements AsyncDisposable, AsyncIterable<WindowMessage> {
  readonly #options: MessageWindowOptions;
  readonly #counters: Int32Array;
  readonly #messages = new MessageQueue<WindowMessage>();
  readonly #copyData = new MessageQueue<CopyData>();
  readonly #closed = new MessageQueue<never>();
  #client!: PumpClient;
  #hwnd = 0n;
  #closing: Promise<void> | undefined;

  static {
    defineInspect(this, (window) => {
      const { hwnd, dropped } = window;
      return { hwnd, dropped, state: openState({ closed: window.#closing !== undefined }) };
    });
  }

  private constructor(options: MessageWindowOptions, counters: SharedArrayBuffer) {
    this.#options = options;
    this.#counters = new Int32Array(counters);
  }

  /**
   * Creates a window. The first one of a thread of JavaScript starts its message thread, which
   * takes about 0.1 s and 20 MiB, and ends with the last one.
   *
   * Beside local files this needs `--allow-read` of the package's `src`; from a registry, no
   * permission but `--allow-ffi`. A program made by `deno compile` must include
   * `src/core/pump/pump_worker.ts` and `src/window_message/window_agent.ts` of the package by
   * `--include`.
   *
   * @throws {TypeError | RangeError} If an option is not valid.
   * @throws {Deno.errors.NotCapable} If the package's files may not be read.
   * @throws {Win32Error} If Windows cannot create the window.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example
   * ```ts
   * import { MessageWindow } from "@winipc/winipc/window-message";
   *
   * await using receiver = await MessageWindow.create({ class: "Orders", replies: { 0x8000: 1n } });
   * console.log(receiver.hwnd);
   * ```
   */
  static async create(options: MessageWindowOptions = {}): Promise<MessageWindow> {
    const checked = agentOptions(options);
    const counters = new SharedArrayBuffer(16);
    const window = new MessageWindow(options, counters);
    await window.#open({ ...checked, counters });
    return window;
  }

  async #open(options: WindowAgentOptions): Promise<void> {
    this.#client = await PumpClient.open(AGENT, {
      heard: (event) => this.#heard(event as SentMessage | SentCopyData),
      asked: (question) => this.#asked(question as SentMessage | SentCopyData),
      failed: (error) => this.#onError(error),
      lost: (error) => this.#fail(error),
    }, options);
    this.#hwnd = await this.#client.call(undefined) as bigint;
  }

  /** The handle of the window, for other programs and the functions here. */
  get hwnd(): bigint {
    return this.#hwnd;
  }

  /** How many messages were refused, as too many waited to be received. */
  get dropped(): number {
    return Atomics.load(this.#counters, DROPPED);
  }

  #heard(event: SentMessage | SentCopyData): void {
    if (event.type === "message") {
      const message = new WindowMessage(event);
      if (this.#options.onMessage !== undefined) {
        this.#counted(0);
        this.#handle(() => this.#options.onMessage?.(message));
      } else if (this.#messages.push(message)) this.#counted(0);
    } else {
      const data = copyDataOf(event);
      if (this.#options.onCopyData !== undefined) {
        this.#counted(data.bytes.length);
        this.#handle(() => this.#options.onCopyData?.(data));
      } else if (this.#copyData.push(data)) this.#counted(data.bytes.length);
    }
  }

  /** A message waits no longer. */
  #counted(size: number): void {
    Atomics.sub(this.#counters, MESSAGES, 1);
    Atomics.sub(this.#counters, BYTES, size);
  }

  /** Runs a handler for a message that has its answer. */
  async #handle(handler: () => MessageAnswer | Promise<MessageAnswer>): Promise<void> {
    try {
      await handler();
    } catch (error) {
      this.#onError(error);
    }
  }

  /** Runs a handler, and gives its answer as soon as there is one. */
  async #asked(question: SentMessage | SentCopyData): Promise<Answer | undefined> {
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
    const reply = (result: bigint) => resolve({ result });
    const { onCopyData, onMessage } = this.#options;
    const [handled, taken] = question.type === "message"
      ? [() => onMessage?.(new WindowMessage(question, reply)), 0n]
      : [() => onCopyData?.(copyDataOf(question, reply)), 1n];
    this.#handle(async () => {
      try {
        resolve({ result: resultOf(await handled(), taken) });
      } finally {
        resolve(undefined);
      }
    });
    return await promise;
  }

  #onError(error: unknown): void {
    const { onError = (error) => console.error(error) } = this.#options;
    onError(error);
  }

  /**
   * Receives the next message, other than data.
   *
   * **Cancel safety.** An abort or a timeout takes no message.
   *
   * @throws {TypeError | RangeError} If an option is not valid, or the window has `onMessage`.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.Interrupted} If the window is closed meanwhile.
   * @throws {Deno.errors.BadResource} If the window is closed.
   * @throws The signal's reason, if it is aborted.
   *
   * @example
   * ```ts
   * import { MessageWindow } from "@winipc/winipc/window-message";
   *
   * await using receiver = await MessageWindow.create({ class: "Quotes" });
   * const { message, wParam } = await receiver.receive({ timeout: 1000 });
   * console.log(message, wParam);
   * ```
   */
  async receive(options: WaitOptions = {}): Promise<WindowMessage> {
    if (this.#options.onMessage !== undefined) throw handlerError("onMessage", "Messages");
    const message = await this.#next(this.#messages, options, "receive()");
    return message;
  }

  /**
   * Receives the next data that come by WM_COPYDATA.
   *
   * **Cancel safety.** An abort or a timeout takes no data.
   *
   * @throws {TypeError | RangeError} If an option is not valid, or the window has `onCopyData`.
   * @throws {Deno.errors.TimedOut} If there is none in time.
   * @throws {Deno.errors.Interrupted} If the window is closed meanwhile.
   * @throws {Deno.errors.BadResource} If the window is closed.
   * @throws The signal's reason, if it is aborted.
   *
   * @example
   * ```ts
   * import { MessageWindow } from "@winipc/winipc/window-message";
   *
   * await using receiver = await MessageWindow.create({ class: "Orders" });
   * const data = await receiver.receiveCopyData({ timeout: 1000 });
   * console.log(data.tag, data.bytes);
   * ```
   */
  async receiveCopyData(options: WaitOptions = {}): Promise<CopyData> {
    if (this.#options.onCopyData !== undefined) throw handlerError("onCopyData", "Data");
    return await this.#next(this.#copyData, options, "receiveCopyData()");
  }

  async #next<T extends WindowMessage | CopyData>(
    queue: MessageQueue<T>,
    options: WaitOptions,
    call: string,
  ): Promise<T> {
    checkOptions(options, WAIT_OPTIONS, call);
    const deadline = Deadline.start(options);
    this.#assertOpen();
    const item = queue.take();
    if (item === undefined) {
      return await this.#wait(queue, deadline, `No message for ${this.#label}`);
    }
    this.#counted(item instanceof CopyData ? item.bytes.length : 0);
    return item;
  }

  async #wait<T>(
    queue: MessageQueue<T>,
    deadline: Deadline | undefined,
    doing: string,
  ): Promise<T> {
    this.#client.retain();
    try {
      const object = this.#label;
      return await queue.wait(deadline, { operation: "GetMessageW", object, doing });
    } finally {
      this.#client.release();
    }
  }

  /**
   * Iterates over the data that come by WM_COPYDATA, until the window is closed. Data that came
   * before wait for it.
   *
   * @param options Ends the iteration by an error: an abort, or no data for the time of `timeout`.
   *
   * @example
   * ```ts
   * import { MessageWindow } from "@winipc/winipc/window-message";
   *
   * await using receiver = await MessageWindow.create({ class: "Orders" });
   * for await (const { tag, bytes } of receiver.copyData()) console.log(tag, bytes.length);
   * ```
   */
  copyData(options: WaitOptions = {}): AsyncGenerator<CopyData, void, void> {
    checkOptions(options, WAIT_OPTIONS, "copyData()");
    return this.#untilClosed(() => this.receiveCopyData(options));
  }

  /** Iterates over the messages other than data, until the window is closed. */
  [Symbol.asyncIterator](): AsyncGenerator<WindowMessage, void, void> {
    return this.#untilClosed(() => this.receive());
  }

  async *#untilClosed<T>(receive: () => Promise<T>): AsyncGenerator<T, void, void> {
    while (this.#closing === undefined) {
      let item: T;
      try {
        item = await receive();
      } catch (error) {
        if (this.#closing !== undefined && error instanceof Deno.errors.Interrupted) return;
        throw error;
      }
      yield item;
    }
  }

  /**
   * Waits until the window is closed, and so keeps the program alive for its handlers.
   *
   * @throws {TypeError | RangeError} If an option is not valid.
   * @throws {Deno.errors.TimedOut} If it is still open when the time is over.
   * @throws The signal's reason, if it is aborted.
   *
   * @example Serve until Ctrl-C
   * ```ts
   * import { MessageWindow } from "@winipc/winipc/window-message";
   *
   * await using receiver = await MessageWindow.create({ class: "Echo", onMessage: (m) => m.wParam });
   * Deno.addSignalListener("SIGINT", () => receiver.close());
   * await receiver.closed();
   * ```
   */
  async closed(options: WaitOptions = {}): Promise<void> {
    checkOptions(options, WAIT_OPTIONS, "closed()");
    const deadline = Deadline.start(options);
    if (this.#closing === undefined) {
      try {
        await this.#wait(this.#closed, deadline, `Nobody has closed ${this.#label}`);
      } catch (error) {
        if (this.#closing === undefined || !(error instanceof Deno.errors.Interrupted)) throw error;
      }
    }
    await this.#closing;
  }

  /**
   * Destroys the window. What waits to be received is lost, calls that wait are rejected with
   * `Deno.errors.Interrupted`, and senders that wait for a handler get `lateAnswer`. Further calls
   * do nothing more.
   *
   * @example
   * ```ts
   * import { MessageWindow } from "@winipc/winipc/window-message";
   *
   * const receiver = await MessageWindow.create({ class: "Orders" });
   * await receiver.close();
   * ```
   */
  close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = this.#client.close();
      this.#fail(new Deno.errors.Interrupted(`The ${this.#label} was closed during the call`));
    }
    return this.#closing;
  }

  #fail(error: unknown): void {
    this.#messages.fail(error);
    this.#copyData.fail(error);
    this.#closed.fail(error);
  }

  #assertOpen(): void {
    if (this.#closing === undefined) return;
    throw new Deno.errors.BadResource(`The ${this.#label} is closed`);
  }

  get #label(): string {
    return windowLabel(this.#hwnd);
  }

  /** Destroys the window. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function copyDataOf(
  { tag, bytes, sender, processId }: SentCopyData,
  reply?: (result: bigint) => void,
): CopyData {
  const claimed = processId === 0 ? undefined : new ClaimedSender(sender, processId);
  return new CopyData(tag, bytes, claimed, reply);
}

/** What a handler answers, as the number for Windows. */
function resultOf(answer: MessageAnswer, taken: bigint): bigint {
  if (answer === undefined) return taken;
  if (typeof answer === "boolean") return answer ? 1n : 0n;
  checkResult("The answer of a handler", answer);
  return answer;
}

function handlerError(handler: string, what: string): Error {
  return new TypeError(`${what} of a window with ${handler} go to that, and cannot be received`);
}
