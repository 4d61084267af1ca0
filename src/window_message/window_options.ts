import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkOptions,
  type OptionNames,
} from "../core/options/check_options.ts";
import { windowsTimeout } from "../core/options/wait_options.ts";
import type { WindowAgentOptions } from "./agent_protocol.ts";
import { checkMessageNumber } from "./checks.ts";
import { type CopyData, MOST_COPY_DATA } from "./copy_data.ts";
import type { WindowMessage } from "./window_message.ts";

/** What a handler answers: `true` is 1, and nothing is 0, or 1 for data. */
export type MessageAnswer = bigint | boolean | void;

/** Options for {@linkcode MessageWindow.create}. */
export interface MessageWindowOptions {
  /**
   * The class by which other programs find the window, of 1 to 256 characters.
   *
   * @default a name that no other window has
   */
  readonly class?: string;
  /**
   * The title of the window.
   *
   * @default {""}
   */
  readonly title?: string;
  /**
   * Whether it is a hidden top-level window, which is told what is broadcast to all windows; else
   * it is a message-only window.
   *
   * @default {false}
   */
  readonly receivesBroadcasts?: boolean;
  /**
   * The most bytes of one WM_COPYDATA; longer data are answered by 0.
   *
   * @default {524288}
   */
  readonly maxCopyData?: number;
  /**
   * Messages that programs of a lower integrity level may send, if this program is elevated
   * ("ChangeWindowMessageFilterEx function"). WM_COPYDATA is 0x4A.
   *
   * @default none
   */
  readonly allowLowerIntegrity?: readonly number[];
  /**
   * Answers that are given without asking this thread, even while it is busy: by the number of the
   * message, or by a module. It exports `reply({ message, wParam, lParam, tag, bytes })`, which
   * runs in the message thread, may not block, and returns a bigint, or nothing to go on as without
   * it. The messages can be received all the same.
   *
   * @default none
   */
  readonly replies?: URL | Readonly<Record<number, bigint>>;
  /**
   * Handles each message, and answers those that were sent. The sender waits for the answer, which
   * may be a promise, and other messages are served meanwhile. With a handler, messages cannot be
   * received by iteration.
   */
  readonly onMessage?: (message: WindowMessage) => MessageAnswer | Promise<MessageAnswer>;
  /** The same for data by WM_COPYDATA. */
  readonly onCopyData?: (data: CopyData) => MessageAnswer | Promise<MessageAnswer>;
  /**
   * How long a handler may take to answer, in milliseconds; the sender gets `lateAnswer` then. Most
   * senders wait for 5 seconds.
   *
   * @default {3000}
   */
  readonly answerTimeout?: number;
  /**
   * What a sender is answered if the handler is late or throws.
   *
   * @default {0n}
   */
  readonly lateAnswer?: bigint;
  /**
   * Is told what handlers and `replies` throw.
   *
   * @default `console.error`
   */
  readonly onError?: (error: unknown) => void;
}

const OPTIONS: OptionNames<MessageWindowOptions> = {
  class: true,
  title: true,
  receivesBroadcasts: true,
  maxCopyData: true,
  allowLowerIntegrity: true,
  replies: true,
  onMessage: true,
  onCopyData: true,
  answerTimeout: true,
  lateAnswer: true,
  onError: true,
};

const LONGEST_CLASS = 256;
const LONGEST_TITLE = 1024;
/** What data can be received at most: `cbData` has 32 bits. */
const LONGEST_DATA = 0x7fff_ffff;
let lastUnnamed = 0;

/** Checks the options, and makes of them what goes to the pump. */
export function agentOptions(options: MessageWindowOptions): Omit<WindowAgentOptions, "counters"> {
  checkOptions(options, OPTIONS, "MessageWindow.create()");
  const {
    class: className = `winipc-${Deno.pid}-${++lastUnnamed}-${crypto.randomUUID().slice(0, 8)}`,
    title = "",
    receivesBroadcasts = false,
    maxCopyData = MOST_COPY_DATA,
    allowLowerIntegrity = [],
    replies = {},
    onMessage,
    onCopyData,
    answerTimeout = 3_000,
    lateAnswer = 0n,
    onError,
  } = options;
  checkText("class", className, 1, LONGEST_CLASS);
  checkText("title", title, 0, LONGEST_TITLE);
  checkBoolean("receivesBroadcasts", receivesBroadcasts);
  checkInteger("maxCopyData", maxCopyData, 0, LONGEST_DATA);
  if (!Array.isArray(allowLowerIntegrity)) {
    throw new TypeError(
      `allowLowerIntegrity must be an array, not ${Deno.inspect(allowLowerIntegrity)}`,
    );
  }
  for (const message of allowLowerIntegrity) checkMessageNumber(message, "allowLowerIntegrity");
  for (const [name, handler] of Object.entries({ onMessage, onCopyData, onError })) {
    if (handler !== undefined) checkFunction(name, handler);
  }
  windowsTimeout(answerTimeout, "answerTimeout");
  checkResult("lateAnswer", lateAnswer);
  return {
    className,
    title,
    topLevel: receivesBroadcasts,
    maxCopyData,
    allowed: allowLowerIntegrity,
    replies: replies instanceof URL ? new Map() : checkReplies(replies),
    repliesModule: replies instanceof URL ? replies.href : undefined,
    asksMessages: onMessage !== undefined,
    asksCopyData: onCopyData !== undefined,
    answerTimeout,
    lateAnswer,
  };
}

function checkText(name: string, value: string, min: number, max: number): void {
  if (typeof value !== "string") {
    throw new TypeError(`${name} must be a string, not ${Deno.inspect(value)}`);
  }
  if (value.includes("\0")) throw new TypeError(`${name} must not contain NUL`);
  if (value.length >= min && value.length <= max) return;
  throw new RangeError(`${name} must have ${min} to ${max} characters, and has ${value.length}`);
}

function checkReplies(replies: Readonly<Record<number, bigint>>): Map<number, bigint> {
  if (typeof replies !== "object" || replies === null) {
    throw new TypeError(`replies must be a URL or an object, not ${Deno.inspect(replies)}`);
  }
  return new Map(
    Object.entries(replies).map(([key, result]) => {
      const message = Number(key);
      checkMessageNumber(message, `The message "${key}" of replies`);
      checkResult(`The reply to message ${key}`, result);
      return [message, result];
    }),
  );
}

/** @throws {TypeError | RangeError} If it is not a number of 64 bits. */
export function checkResult(name: string, value: bigint): void {
  if (typeof value !== "bigint") {
    throw new TypeError(`${name} must be a bigint, not ${Deno.inspect(value)}`);
  }
  if (value >= -(1n << 63n) && value < 1n << 64n) return;
  throw new RangeError(`${name} must have 64 bits: ${value} has more`);
}
