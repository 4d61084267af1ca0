import type { ErrorParts } from "../worker/error_parts.ts";

// What a thread of JavaScript and its pump say to each other.

/** The first message to the Worker. */
export interface PumpStart {
  /** Where the commands come from. They are taken one by one, also in the middle of a callback. */
  readonly commands: MessagePort;
  /** Counters, flags and answers: see `COMMANDS` and `Answers`. */
  readonly shared: SharedArrayBuffer;
  /** The thread whose end ends the pump. */
  readonly threadId: number;
}

/** Index of the number of commands that have been sent. */
export const COMMANDS = 0;
/** Index of how far the end has been ordered: see `STOPPING` and `STOPPED`. */
export const STOP = 1;
/** Index of a flag: everything is closed. */
export const ENDED = 2;

/** No answer will come any more. */
export const STOPPING = 1;
/** The thread has nothing more to do with the pump's handles: it may close them. */
export const STOPPED = 2;

/** A command of a thread to its pump. An agent is one client's half in the pump. */
export type Command =
  | {
    readonly type: "open";
    readonly agent: number;
    readonly id: number;
    readonly module: string;
    readonly options: unknown;
  }
  | {
    readonly type: "call";
    readonly agent: number;
    readonly id: number;
    readonly request: unknown;
  }
  | { readonly type: "close"; readonly agent: number; readonly id: number };

/** What a pump says. */
export type FromPump =
  | { readonly type: "ready"; readonly window: bigint; readonly answered: bigint }
  | { readonly type: "unusable"; readonly error: ErrorParts }
  | { readonly type: "done"; readonly id: number; readonly value: unknown }
  | { readonly type: "failed"; readonly id: number; readonly error: ErrorParts }
  | { readonly type: "event"; readonly agent: number; readonly event: unknown }
  | {
    readonly type: "question";
    readonly agent: number;
    readonly question: unknown;
    readonly slot: number;
    readonly id: number;
  }
  | { readonly type: "error"; readonly agent: number; readonly error: ErrorParts }
  | { readonly type: "ended" };

/** The answer to a question that a callback of Windows waits for. */
export interface Answer {
  /** What the callback returns to Windows, 64 bits. */
  readonly result: bigint;
  /** What the callback hands over, such as data for the clipboard or for a DDE client. */
  readonly bytes?: Uint8Array;
}

/** What an agent can do in the pump. */
export interface AgentHost {
  /** Sends an event to the other half, which gets them in order. */
  emit(event: unknown, transfer?: Transferable[]): void;
  /**
   * Asks the other half, and blocks the callback of Windows that needs the answer. Messages that
   * other threads send meanwhile are served, so callbacks are nested, and commands are carried out.
   *
   * @param timeout In milliseconds; `Infinity` for no limit.
   * @param size How many bytes the message brings, which may lie on the stack: with many, nothing
   *   else is served meanwhile.
   * @returns Nothing if there was no answer in time, or if the pump is being stopped.
   */
  ask(question: unknown, timeout: number, size?: number): Answer | undefined;
  /** Creates a window of this thread. */
  createWindow(options: WindowOptions): bigint;
  /** Destroys it, and unregisters its class with its last window. It may be gone already. */
  destroyWindow(window: bigint): void;
  /** Tells the other half of an error in a callback, where nothing can be thrown. */
  failed(error: unknown): void;
}

/** A window to be created; it is never shown. */
export interface WindowOptions {
  readonly className: string;
  readonly title?: string;
  /** A top-level window, which gets broadcasts, rather than a message-only one. */
  readonly topLevel?: boolean;
  /** What the window does with a message; for `undefined`, DefWindowProcW is called. */
  readonly procedure: WindowProcedure;
}

/** A window procedure. `wParam` is unsigned and `lParam` signed, both of 64 bits. */
export type WindowProcedure = (
  message: number,
  wParam: bigint,
  lParam: bigint,
  window: bigint,
) => bigint | undefined;

/** A client's half in the pump. */
export interface Agent {
  /**
   * Carries out a request of the other half, and returns its result; what it throws is thrown
   * there. It must not block, and cannot be asynchronous: it may be called while a callback of
   * Windows waits for its answer.
   */
  call(request: unknown): unknown;
  /** Gives back all that it has. It is called once. */
  close(): void;
}

/** The module of an agent exports `createAgent`. */
export interface AgentModule {
  /** It may be asynchronous, as to load a module of the user's. */
  createAgent(host: AgentHost, options: unknown): Agent | Promise<Agent>;
}
