// What a MessageWindow and its half in the pump say to each other.

/** How the window is made, and what it does with messages. */
export interface WindowAgentOptions {
  readonly className: string;
  readonly title: string;
  readonly topLevel: boolean;
  /** Data that are longer are refused. */
  readonly maxCopyData: number;
  /** Messages that programs of a lower integrity level may send. */
  readonly allowed: readonly number[];
  /** Answers by the number of the message. */
  readonly replies: ReadonlyMap<number, bigint>;
  /** A module that answers in the pump. */
  readonly repliesModule: string | undefined;
  readonly asksMessages: boolean;
  readonly asksCopyData: boolean;
  /** How long a handler's answer is waited for, in milliseconds. */
  readonly answerTimeout: number;
  /** The answer if the handler is late. */
  readonly lateAnswer: bigint;
  /** How much waits to be received: see `MESSAGES` and the following ones. */
  readonly counters: SharedArrayBuffer;
}

/** Index of the number of messages that wait. */
export const MESSAGES = 0;
/** Index of the number of bytes of their data. */
export const BYTES = 1;
/** Index of the number of messages that were refused as there was no room. */
export const DROPPED = 2;

/** The most that waits to be received. */
export const MOST_MESSAGES = 65_536;
export const MOST_BYTES = 64 * 1024 * 1024;

/** A message, as it goes to the other thread. */
export interface SentMessage {
  readonly type: "message";
  readonly message: number;
  readonly wParam: bigint;
  readonly lParam: bigint;
  readonly isSent: boolean;
}

/** Data by WM_COPYDATA, as they go to the other thread. */
export interface SentCopyData {
  readonly type: "copyData";
  readonly tag: bigint;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly sender: bigint;
  /** The process of the sender's window; 0 if there is no such window. */
  readonly processId: number;
}
