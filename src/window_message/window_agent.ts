import type { Agent, AgentHost } from "../core/pump/protocol.ts";
import { lastWin32Error } from "../core/error/windows_error.ts";
import { COPYDATASTRUCT } from "../win32/structs.ts";
import {
  ISMEX_CALLBACK,
  ISMEX_NOTIFY,
  ISMEX_SEND,
  MSGFLT_ALLOW,
  user32,
  WM_CLOSE,
  WM_COPYDATA,
  WM_DEVICECHANGE,
  WM_POWERBROADCAST,
  WM_SETTINGCHANGE,
  WM_USER,
} from "../win32/user32.ts";
import {
  BYTES,
  DROPPED,
  MESSAGES,
  MOST_BYTES,
  MOST_MESSAGES,
  type SentCopyData,
  type SentMessage,
  type WindowAgentOptions,
} from "./agent_protocol.ts";
import { windowLabel } from "./checks.ts";

/** Messages of Windows that a top-level window is told. */
const BROADCASTS: ReadonlySet<number> = new Set([
  0x11, // WM_QUERYENDSESSION
  0x15, // WM_SYSCOLORCHANGE
  0x16, // WM_ENDSESSION
  WM_SETTINGCHANGE,
  0x1d, // WM_FONTCHANGE
  0x1e, // WM_TIMECHANGE
  0x54, // WM_USERCHANGED
  0x7e, // WM_DISPLAYCHANGE
  WM_POWERBROADCAST,
  WM_DEVICECHANGE,
  0x2b1, // WM_WTSSESSION_CHANGE
  0x31a, // WM_THEMECHANGED
  0x31e, // WM_DWMCOMPOSITIONCHANGED
  0x320, // WM_DWMCOLORIZATIONCOLORCHANGED
]);

/** The answer to data that have been taken, and to data that have not. */
const TAKEN = 1n;
const REFUSED = 0n;

/** Answers messages in the pump's thread: what a module for `replies` exports as `reply`. */
type Reply = (message: {
  readonly message: number;
  readonly wParam: bigint;
  readonly lParam: bigint;
  readonly tag?: bigint;
  readonly bytes?: Uint8Array<ArrayBuffer>;
}) => bigint | undefined;

/** The half of a MessageWindow that lives in the pump: its window procedure. */
export async function createAgent(host: AgentHost, options: WindowAgentOptions): Promise<Agent> {
  const reply = await loadReply(options.repliesModule);
  return new WindowAgent(host, options, reply);
}

async function loadReply(url: string | undefined): Promise<Reply | undefined> {
  if (url === undefined) return undefined;
  const module: { readonly reply?: unknown } = await import(url);
  if (typeof module.reply !== "function") {
    throw new TypeError(`The module of replies ${url} exports no function "reply"`);
  }
  return module.reply as Reply;
}

class WindowAgent implements Agent {
  readonly #host: AgentHost;
  readonly #options: WindowAgentOptions;
  readonly #reply: Reply | undefined;
  readonly #counters: Int32Array;
  readonly #window: bigint;

  constructor(host: AgentHost, options: WindowAgentOptions, reply: Reply | undefined) {
    this.#host = host;
    this.#options = options;
    this.#reply = reply;
    this.#counters = new Int32Array(options.counters);
    const { className, title, topLevel } = options;
    this.#window = host.createWindow({
      className,
      title,
      topLevel,
      procedure: (message, wParam, lParam) => this.#receive(message, wParam, lParam),
    });
    for (const message of options.allowed) allowLowerIntegrity(this.#window, message);
  }

  /** The only request there is: the handle of the window. */
  call(): bigint {
    return this.#window;
  }

  close(): void {
    this.#host.destroyWindow(this.#window);
  }

  #receive(message: number, wParam: bigint, lParam: bigint): bigint | undefined {
    if (message === WM_COPYDATA) return this.#receiveCopyData(wParam, lParam);
    const isBroadcast = this.#options.topLevel && BROADCASTS.has(message);
    if (message < WM_USER && message !== WM_CLOSE && !isBroadcast) return undefined;
    const isSent = wasSent();
    const sent: SentMessage = { type: "message", message, wParam, lParam, isSent };
    const fixed = this.#fixedReply(sent);
    const asks = isSent && fixed === undefined && this.#options.asksMessages;
    if (asks) return this.#ask(sent);
    const isTold = this.#tell(sent, 0);
    if (fixed !== undefined && isTold) return fixed;
    // WM_CLOSE would destroy the window.
    return isBroadcast ? undefined : 0n;
  }

  #receiveCopyData(wParam: bigint, lParam: bigint): bigint {
    // Windows passes the data on only of a message that is sent; the pointer of another is a
    // number.
    if (!wasSent() || lParam === 0n) return REFUSED;
    const data = this.#copyOf(wParam, lParam);
    if (data === undefined) return REFUSED;
    const fixed = this.#fixedReply({ message: WM_COPYDATA, wParam, lParam: 0n, ...data });
    if (fixed === undefined && this.#options.asksCopyData) return this.#ask(data);
    return this.#tell(data, data.bytes.length) ? fixed ?? TAKEN : REFUSED;
  }

  /** A copy of the data, unless there are too many. */
  #copyOf(sender: bigint, address: bigint): SentCopyData | undefined {
    const { fields, size } = COPYDATASTRUCT;
    const head = new DataView(Deno.UnsafePointerView.getArrayBuffer(pointerTo(address), size));
    const length = head.getUint32(fields.cbData.offset, true);
    const data = head.getBigUint64(fields.lpData.offset, true);
    if (length > this.#options.maxCopyData) return undefined;
    const bytes = data === 0n
      ? new Uint8Array()
      : new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointerTo(data), length)).slice();
    const tag = head.getBigUint64(fields.dwData.offset, true);
    return { type: "copyData", tag, bytes, sender, processId: processOf(sender) };
  }

  #fixedReply(message: Parameters<Reply>[0]): bigint | undefined {
    const result = this.#options.replies.get(message.message) ?? this.#reply?.(message);
    if (result === undefined || typeof result === "bigint") return result;
    throw new TypeError(`reply() must return a bigint or nothing, not ${Deno.inspect(result)}`);
  }

  #ask(question: SentMessage | SentCopyData): bigint {
    const { answerTimeout, lateAnswer } = this.#options;
    const size = question.type === "copyData" ? question.bytes.length : 0;
    return this.#host.ask(question, answerTimeout, size)?.result ?? lateAnswer;
  }

  /** Tells the other half, if there is room. */
  #tell(event: SentMessage | SentCopyData, size: number): boolean {
    const hasRoom = Atomics.load(this.#counters, MESSAGES) < MOST_MESSAGES &&
      Atomics.load(this.#counters, BYTES) + size <= MOST_BYTES;
    if (!hasRoom) {
      Atomics.add(this.#counters, DROPPED, 1);
      return false;
    }
    Atomics.add(this.#counters, MESSAGES, 1);
    Atomics.add(this.#counters, BYTES, size);
    this.#host.emit(event);
    return true;
  }
}

/** Whether the sender of the message that is being handled is another thread that has sent it. */
function wasSent(): boolean {
  return (user32().InSendMessageEx(null) & (ISMEX_SEND | ISMEX_NOTIFY | ISMEX_CALLBACK)) !== 0;
}

function processOf(window: bigint): number {
  if (window <= 0n || window >= 1n << 32n) return 0;
  const processId = new Uint32Array(1);
  user32().GetWindowThreadProcessId(Deno.UnsafePointer.create(window), processId);
  return processId[0];
}

function pointerTo(address: bigint): Deno.PointerObject {
  return Deno.UnsafePointer.create(BigInt.asUintN(64, address)) as Deno.PointerObject;
}

function allowLowerIntegrity(window: bigint, message: number): void {
  const { ChangeWindowMessageFilterEx } = user32();
  const pointer = Deno.UnsafePointer.create(window);
  if (ChangeWindowMessageFilterEx(pointer, message, MSGFLT_ALLOW, null) !== 0) return;
  throw lastWin32Error({
    operation: "ChangeWindowMessageFilterEx",
    object: windowLabel(window),
    doing: `Cannot let programs of a lower integrity level send message ${message}`,
  });
}
