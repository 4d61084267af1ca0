import {
  type FailureContext,
  lastErrorCode,
  lastWin32Error,
  win32Error,
} from "../core/error/windows_error.ts";
import {
  copyGlobal,
  freeGlobal,
  giveGlobalAway,
  globalMemoryOf,
} from "../core/memory/global_memory.ts";
import type { AgentHost } from "../core/pump/protocol.ts";
import { ERROR_ACCESS_DENIED } from "../win32/error_codes.ts";
import {
  user32,
  WM_CLIPBOARDUPDATE,
  WM_DESTROYCLIPBOARD,
  WM_RENDERFORMAT,
} from "../win32/user32.ts";
import { currentFormats } from "./format_name.ts";
import {
  candidates,
  type ClipboardAnswer,
  type ClipboardEvent,
  type ClipboardItem,
  type ClipboardRequest,
  type RenderQuestion,
} from "./thread_protocol.ts";

/** What this window has put on the clipboard, as long as it is there. */
interface Written {
  readonly id: number;
  readonly renderTimeout: number;
  /** Whether the other thread keeps what makes promised formats. */
  readonly hasPromised: boolean;
  /** The formats that nobody has been given yet. */
  readonly promised: Set<number>;
}

type Read = Extract<ClipboardRequest, { type: "read" }>;
type Write = Extract<ClipboardRequest, { type: "write" }>;
type Fulfil = Extract<ClipboardRequest, { type: "fulfil" }>;

/**
 * The clipboard as the thread sees it that has the window: each request opens it, does all it has
 * to do, and closes it, so that nobody else changes it in between ("Clipboard Operations").
 */
export class ClipboardWindow {
  readonly #window: Deno.PointerObject;
  readonly #host: Pick<AgentHost, "emit" | "ask">;
  /** Whether this thread has the clipboard open, and serves others while it waits for an owner. */
  #isOpen = false;
  #written: Written | undefined;
  #listens = false;

  constructor(window: Deno.PointerObject, host: Pick<AgentHost, "emit" | "ask">) {
    this.#window = window;
    this.#host = host;
  }

  /** Carries a request out. */
  serve(request: ClipboardRequest): ClipboardAnswer {
    switch (request.type) {
      case "read":
        return this.#whileOpen("read", () => this.#read(request));
      case "write":
        return this.#write(request);
      case "fulfil":
        return this.#fulfil(request);
      case "clear":
        return this.#whileOpen("clear", () => this.#clear(request.onlyIf));
      case "listen":
        return this.#listen(request.on);
    }
  }

  #whileOpen(verb: string, work: () => ClipboardAnswer): ClipboardAnswer {
    if (this.#isOpen) return { type: "busy" };
    const { OpenClipboard, CloseClipboard } = user32();
    if (OpenClipboard(this.#window) === 0) {
      const code = lastErrorCode();
      if (code === ERROR_ACCESS_DENIED) return { type: "busy" };
      throw win32Error(code, failed("OpenClipboard", verb));
    }
    this.#isOpen = true;
    try {
      return work();
    } finally {
      this.#isOpen = false;
      CloseClipboard();
    }
  }

  #read({ wanted, maxBytes }: Read): ClipboardAnswer {
    const { GetClipboardData, GetClipboardSequenceNumber } = user32();
    const formats = currentFormats();
    const data = new Map<number, Uint8Array<ArrayBuffer> | number>();
    for (const wish of wanted) {
      for (const format of candidates(wish, formats)) {
        if (data.has(format)) break;
        // It asks the owner for a format that is only promised, and waits.
        const handle = GetClipboardData(format);
        if (handle === null) continue;
        data.set(format, copyGlobal(handle, maxBytes));
        break;
      }
    }
    const sequence = GetClipboardSequenceNumber();
    return { type: "picture", picture: { sequence, formats, data } };
  }

  #write({ id, items, renderTimeout }: Write): ClipboardAnswer {
    return withGlobals(items, (globals) =>
      this.#whileOpen("write", () => {
        this.#empty("write");
        try {
          for (const { format, global } of globals) setData(format, global);
        } catch (error) {
          this.#empty("write");
          throw error;
        }
        const promised = items.filter(({ bytes }) => bytes === undefined);
        this.#written = {
          id,
          renderTimeout,
          hasPromised: promised.length > 0,
          promised: new Set(promised.map(({ format }) => format)),
        };
        return this.#done(true);
      }));
  }

  #fulfil({ id, items }: Fulfil): ClipboardAnswer {
    return withGlobals(items, (globals) =>
      this.#whileOpen("write", () => {
        if (!this.#has(id)) return this.#done(false);
        for (const { format, global } of globals) {
          if (!this.#written?.promised.has(format)) continue;
          setData(format, global);
          this.#written.promised.delete(format);
        }
        return this.#done(true);
      }));
  }

  #clear(onlyIf: number | undefined): ClipboardAnswer {
    if (onlyIf !== undefined && !this.#has(onlyIf)) return this.#done(false);
    this.#empty("clear");
    return this.#done(true);
  }

  /** Empties the clipboard, which is this window's from then on. */
  #empty(verb: string): void {
    if (user32().EmptyClipboard() === 0) {
      throw lastWin32Error(failed("EmptyClipboard", verb));
    }
  }

  #done(done: boolean): ClipboardAnswer {
    return { type: "done", done, sequence: user32().GetClipboardSequenceNumber() };
  }

  /** Whether a write is still what is on the clipboard. */
  #has(id: number): boolean {
    return this.#written?.id === id && this.#isOwner();
  }

  #isOwner(): boolean {
    const owner = user32().GetClipboardOwner();
    return owner !== null && Deno.UnsafePointer.equals(owner, this.#window);
  }

  /** @returns Whether what is on the clipboard now is this window's. */
  #listen(on: boolean): ClipboardAnswer {
    const { AddClipboardFormatListener, RemoveClipboardFormatListener } = user32();
    if (!on) RemoveClipboardFormatListener(this.#window);
    else if (!this.#listens && AddClipboardFormatListener(this.#window) === 0) {
      throw lastWin32Error(failed("AddClipboardFormatListener", "watch"));
    }
    this.#listens = on;
    return this.#done(this.#isOwner());
  }

  /** Answers a message to the window; `false` if it is none about the clipboard. */
  handle(message: number, wParam: bigint): boolean {
    switch (message) {
      case WM_CLIPBOARDUPDATE: {
        const sequence = user32().GetClipboardSequenceNumber();
        this.#emit({ type: "update", sequence, isOwn: this.#isOwner() });
        return true;
      }
      case WM_RENDERFORMAT:
        this.#render(Number(wParam));
        return true;
      case WM_DESTROYCLIPBOARD:
        if (this.#written?.hasPromised) this.#emit({ type: "replaced", id: this.#written.id });
        this.#written = undefined;
        return true;
      default:
        return false;
    }
  }

  #emit(event: ClipboardEvent): void {
    this.#host.emit(event);
  }

  /**
   * Puts a promised format on the clipboard, which the program that wants it has open
   * ("WM_RENDERFORMAT message"). That program stands still meanwhile.
   */
  #render(format: number): void {
    const written = this.#written;
    if (written === undefined || !written.promised.has(format)) return;
    const question: RenderQuestion = { id: written.id, format };
    const bytes = this.#host.ask(question, written.renderTimeout)?.bytes;
    // The clipboard may have been emptied meanwhile, by a program that did not want to wait.
    if (bytes === undefined || !this.#has(written.id)) return;
    withGlobals([{ format, bytes: Uint8Array.from(bytes) }], ([{ global }]) => {
      // It fails if that program has closed the clipboard meanwhile: the next one asks again.
      if (trySetData(format, global)) written.promised.delete(format);
    });
  }
}

function failed(operation: string, verb: string): FailureContext {
  return { operation, doing: `Cannot ${verb} the clipboard` };
}

interface GlobalItem {
  readonly format: number;
  /** Nothing if the format is promised. */
  readonly global: GlobalBlock | null;
}

/** Global memory that is freed unless the clipboard has taken it. */
interface GlobalBlock {
  readonly handle: Deno.PointerObject;
  isTaken: boolean;
}

/**
 * Copies the data to global memory before the clipboard is opened, to have it open for a short
 * time.
 */
function withGlobals<Result>(
  items: readonly ClipboardItem[],
  work: (globals: readonly GlobalItem[]) => Result,
): Result {
  const globals: GlobalItem[] = [];
  try {
    for (const { format, bytes } of items) {
      const global = bytes === undefined ? null : { handle: globalMemoryOf(bytes), isTaken: false };
      globals.push({ format, global });
    }
    return work(globals);
  } finally {
    for (const { global } of globals) {
      if (global !== null && !global.isTaken) freeGlobal(global.handle);
    }
  }
}

function setData(format: number, global: GlobalBlock | null): void {
  if (!trySetData(format, global)) throw lastWin32Error(failed("SetClipboardData", "write"));
}

/** Gives data to the clipboard, which then owns it, or promises it. */
function trySetData(format: number, global: GlobalBlock | null): boolean {
  const set = user32().SetClipboardData(format, global?.handle ?? null);
  // Promising a format returns NULL, as failing does.
  if (global === null) return true;
  if (set === null) return false;
  global.isTaken = true;
  giveGlobalAway();
  return true;
}
