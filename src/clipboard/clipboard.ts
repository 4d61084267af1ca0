import { win32Error } from "../core/error/windows_error.ts";
import { AsyncLock } from "../core/io/async_lock.ts";
import { checkWait, Deadline, pause, timeoutError } from "../core/io/deadline.ts";
import { RetryPauses } from "../core/io/retry_pauses.ts";
import {
  checkBoolean,
  checkChoice,
  checkFunction,
  checkInteger,
  checkOptions,
  WAIT_OPTIONS,
} from "../core/options/check_options.ts";
import { defineInspect } from "../core/text/inspect.ts";
import { ERROR_ACCESS_DENIED } from "../win32/error_codes.ts";
import { user32 } from "../win32/user32.ts";
import { processOfWindow, processText } from "./clipboard_process.ts";
import { ClipboardThread } from "./clipboard_thread.ts";
import { decodePicture, wantedFormats } from "./decode_picture.ts";
import { encodeData, type EncodedFormat } from "./encode_data.ts";
import { currentFormats, formatName, formatNumber } from "./format_name.ts";
import { MOST_BYTES } from "./formats/image.ts";
import {
  CLEAR_OPTIONS,
  type ClipboardChange,
  type ClipboardClearOptions,
  type ClipboardContent,
  type ClipboardData,
  type ClipboardKind,
  type ClipboardReadOptions,
  type ClipboardStatus,
  type ClipboardTicket,
  type ClipboardWaitOptions,
  type ClipboardWatchOptions,
  type ClipboardWriteOptions,
  READ_OPTIONS,
  WATCH_OPTIONS,
  WRITE_OPTIONS,
} from "./options.ts";
import { PromisedData } from "./promised_data.ts";
import type { ClipboardAnswer, ClipboardItem, ClipboardRequest } from "./thread_protocol.ts";
import { ChangeWatch } from "./change_watch.ts";
import { checkWindowStation } from "./window_station.ts";

/** How long the clipboard is tried to be opened, and a call may take, unless told otherwise. */
const OPEN_TIMEOUT = 1000;
const CALL_TIMEOUT = 10_000;
const RENDER_TIMEOUT = 3000;
/** How long one attempt may take, however short the timeout: also 0 is to look once. */
const ATTEMPT_TIMEOUT = 250;
/** Pauses between two attempts to open the clipboard: others have it open for moments only. */
const FIRST_PAUSE = 1;
const LONGEST_PAUSE = 20;
const KINDS: readonly ClipboardKind[] = ["text", "html", "rtf", "csv", "png", "pixels", "files"];
const DEFAULT_KINDS: readonly ClipboardKind[] = KINDS.filter((kind) => kind !== "pixels");
const LONGEST_RENDER = 60_000;

/** What keeps programs that collect what is copied from collecting it ("Clipboard Formats"). */
const SECRET_FORMATS = [
  "ExcludeClipboardContentFromMonitorProcessing",
  "CanIncludeInClipboardHistory",
  "CanUploadToCloudClipboard",
  // An older agreement between programs.
  "Clipboard Viewer Ignore",
];

/** The numbers of the writes that tickets are for. */
const tickets = new WeakMap<ClipboardTicket, number>();

/**
 * The clipboard of the current user. {@linkcode clipboard} is the only object of this class.
 *
 * Windows lets one window at a time open the clipboard. Calls of one thread of JavaScript are
 * carried out in the order they are made, and retried while another program has it open.
 */
export class Clipboard {
  readonly #order = new AsyncLock();
  readonly #promised = new Map<number, PromisedData>();
  readonly #watches = new Set<ChangeWatch>();
  #thread: Promise<ClipboardThread> | undefined;
  /** The same, when it has been started. */
  #running: ClipboardThread | undefined;
  #lastWrite = 0;
  #savesAtEnd = false;

  static {
    // Its contents may be another program's to make, so they are not asked for.
    defineInspect(this, () => ({}));
  }

  /**
   * The plain text on the clipboard.
   *
   * @returns The text, or `null` if there is none.
   * @throws {TypeError | RangeError} If an option is not valid.
   * @throws {Deno.errors.InvalidData} If the text's owner has promised it, and does not make it.
   * @throws {Deno.errors.Busy} If another program has the clipboard open for too long.
   * @throws {Deno.errors.TimedOut} If the text's owner does not hand it over in time.
   * @throws {Deno.errors.NotSupported} If this is not Windows, or a service without a user's
   *   clipboard.
   *
   * @example
   * ```ts
   * import { clipboard } from "@winipc/winipc/clipboard";
   *
   * console.log(await clipboard.readText() ?? "no text");
   * ```
   */
  async readText(options: ClipboardWaitOptions = {}): Promise<string | null> {
    checkOptions(options, WAIT_OPTIONS, "clipboard.readText()");
    const { signal, timeout } = options;
    const { text, problems } = await this.#read({ signal, timeout, formats: ["text"] });
    if (problems.text !== undefined) throw problems.text;
    return text ?? null;
  }

  /**
   * Puts plain text on the clipboard, in place of all that was on it.
   *
   * @param text Without NUL, which ends text on the clipboard. Nothing else is changed in it:
   *   Windows programs end lines by `\r\n`.
   * @returns Which write it was.
   * @throws As {@linkcode Clipboard.write} does.
   *
   * @example
   * ```ts
   * import { clipboard } from "@winipc/winipc/clipboard";
   *
   * await clipboard.writeText("Привет 😀");
   * ```
   */
  async writeText(text: string, options: ClipboardWriteOptions = {}): Promise<ClipboardTicket> {
    if (typeof text !== "string") {
      throw new TypeError(`text must be a string, not ${Deno.inspect(text, { depth: 0 })}`);
    }
    checkWriteOptions(options, "clipboard.writeText()");
    return await this.#write(encodeData({ text }), options);
  }

  /**
   * Reads several formats as they are at one moment: the clipboard is opened once.
   *
   * @throws {TypeError | RangeError} If an option is not valid.
   * @throws {Deno.errors.Busy} If another program has the clipboard open for too long.
   * @throws {Deno.errors.TimedOut} If the data's owner does not hand it over in time.
   * @throws {Deno.errors.NotSupported} If this is not Windows, or a service without a user's
   *   clipboard.
   *
   * @example Save the image that was copied
   * ```ts
   * import { clipboard } from "@winipc/winipc/clipboard";
   *
   * const { png, problems } = await clipboard.read({ formats: ["png"] });
   * if (png !== undefined) await Deno.writeFile("copied.png", png);
   * else console.log(problems.png?.message ?? "no image");
   * ```
   */
  async read(options: ClipboardReadOptions = {}): Promise<ClipboardContent> {
    checkOptions(options, READ_OPTIONS, "clipboard.read()");
    return await this.#read(options);
  }

  async #read(options: ClipboardReadOptions): Promise<ClipboardContent> {
    checkWait(options);
    const { formats: kinds = DEFAULT_KINDS, raw = [], maxBytes = MOST_BYTES } = options;
    checkNames("formats", kinds);
    for (const kind of kinds) checkChoice("formats", kind, KINDS);
    checkNames("raw", raw);
    checkInteger("maxBytes", maxBytes, 1, 2 ** 32 - 1);
    checkWindowStation();
    const wanted = wantedFormats(kinds, raw);
    const answer = await this.#request("read", options, () => ({ type: "read", wanted, maxBytes }));
    if (answer.type !== "picture") throw unexpected(answer);
    return await decodePicture(answer.picture, kinds, raw, maxBytes);
  }

  /**
   * Puts data on the clipboard, in place of all that was on it: all formats at once, so that nobody
   * finds only some of them.
   *
   * A member of the data that is a function is only promised: the function is called when the first
   * program asks for the format, with `renderTimeout` to make it. A program that ends makes what is
   * still promised; by `Deno.exit()` only what takes no promise to make, which PNG does. What a
   * Worker has promised, or a program that is killed, is lost with it.
   *
   * @returns Which write it was.
   * @throws {TypeError | RangeError} If a value or an option is not valid.
   * @throws {Deno.errors.InvalidData} If `png` is a broken PNG.
   * @throws {Deno.errors.Busy} If another program has the clipboard open for too long.
   * @throws {Deno.errors.TimedOut} If it takes too long. The clipboard is then unchanged, unless
   *   the data's last owner did not answer: the data may then be written later.
   * @throws {Deno.errors.NotSupported} If this is not Windows, or a service without a user's
   *   clipboard.
   *
   * @example Text with formatting, and a table that is made when it is wanted
   * ```ts
   * import { clipboard } from "@winipc/winipc/clipboard";
   *
   * await clipboard.write({
   *   text: "Oslo 47",
   *   html: "<table><tr><td>Oslo</td><td>47</td></tr></table>",
   *   csv: () => "Oslo,47\r\n",
   * });
   * ```
   *
   * @example A password
   * ```ts
   * import { clipboard } from "@winipc/winipc/clipboard";
   *
   * const ticket = await clipboard.write({ text: "secret" }, { secret: true });
   * setTimeout(() => clipboard.clear({ onlyIf: ticket }), 30_000);
   * ```
   */
  async write(
    data: ClipboardData,
    options: ClipboardWriteOptions = {},
  ): Promise<ClipboardTicket> {
    checkWriteOptions(options, "clipboard.write()");
    return await this.#write(encodeData(data), options);
  }

  async #write(
    formats: readonly EncodedFormat[],
    options: ClipboardWriteOptions,
  ): Promise<ClipboardTicket> {
    checkWindowStation();
    const { secret, renderTimeout = RENDER_TIMEOUT } = options;
    const { onError = (error: unknown) => console.error(error) } = options;
    const id = ++this.#lastWrite;
    const promised = formats.filter(({ isPromised }) => isPromised);
    // Before the request, as the first program may ask at once.
    if (promised.length > 0) this.#promised.set(id, new PromisedData(promised, onError));
    try {
      const answer = await this.#request("write", options, async () => {
        const items: ClipboardItem[] = secret ? SECRET_FORMATS.map(secretItem) : [];
        for (const format of formats) {
          const bytes = format.isPromised ? undefined : await format.encode();
          items.push({ format: format.format, bytes });
        }
        return { type: "write", id, items, renderTimeout };
      });
      if (answer.type !== "done") throw unexpected(answer);
      if (promised.length > 0) this.#saveAtEnd();
      const ticket = { sequence: answer.sequence };
      tickets.set(ticket, id);
      return ticket;
    } catch (error) {
      this.#promised.delete(id);
      throw error;
    }
  }

  /**
   * The names of the formats on the clipboard, in the owner's order, then those that Windows makes
   * from them. It does not open the clipboard.
   *
   * @throws {Deno.errors.NotSupported} If this is not Windows, or a service without a user's
   *   clipboard.
   *
   * @example
   * ```ts
   * import { clipboard } from "@winipc/winipc/clipboard";
   *
   * console.log(clipboard.formats()); // [ "HTML Format", "CF_UNICODETEXT", "CF_LOCALE", ... ]
   * ```
   */
  formats(): string[] {
    checkWindowStation();
    return currentFormats().map(formatName);
  }

  /**
   * The owner of the contents, the program that has the clipboard open, and the sequence number.
   * It does not open the clipboard.
   *
   * @throws {Deno.errors.NotSupported} If this is not Windows, or a service without a user's
   *   clipboard.
   *
   * @example
   * ```ts
   * import { clipboard } from "@winipc/winipc/clipboard";
   *
   * const { holder } = clipboard.status();
   * if (holder !== undefined) console.log(`${holder.path} has the clipboard open`);
   * ```
   */
  status(): ClipboardStatus {
    checkWindowStation();
    const { GetClipboardSequenceNumber, GetClipboardOwner, GetOpenClipboardWindow } = user32();
    const owner = processOfWindow(GetClipboardOwner());
    const holder = processOfWindow(GetOpenClipboardWindow());
    return {
      sequence: GetClipboardSequenceNumber(),
      ...owner === undefined ? {} : { owner },
      ...holder === undefined ? {} : { holder },
    };
  }

  /**
   * Tells of changes from now on, those before the first `next()` included. If several happen
   * before the program asks for the next one, it is told only the last.
   *
   * Windows tells the changes; nothing is polled. The program is kept alive while it waits for one.
   *
   * @throws {TypeError | RangeError} If an option is not valid.
   * @throws {Deno.errors.NotSupported} If this is not Windows, or a service without a user's
   *   clipboard.
   * @throws The signal's reason: at once if it is aborted, else from the iteration when it aborts.
   *
   * @example
   * ```ts
   * import { clipboard } from "@winipc/winipc/clipboard";
   *
   * for await (const { formats, owner } of clipboard.watch()) {
   *   console.log(owner?.path, formats);
   * }
   * ```
   */
  watch(options: ClipboardWatchOptions = {}): AsyncGenerator<ClipboardChange, void, void> {
    checkOptions(options, WATCH_OPTIONS, "clipboard.watch()");
    const { own = false, settle = 50, signal } = options;
    checkBoolean("own", own);
    checkInteger("settle", settle, 0, 60_000);
    checkWait({ signal });
    checkWindowStation();
    return this.#changes(new ChangeWatch(own, settle, sequenceNumber()), signal ?? undefined);
  }

  async *#changes(
    watch: ChangeWatch,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<ClipboardChange, void, void> {
    const thread = await this.#getThread();
    try {
      await this.#listen(watch, true);
      while (true) {
        thread.retain();
        try {
          await watch.next(signal);
        } finally {
          thread.release();
        }
        const { sequence, owner } = this.status();
        yield {
          sequence,
          formats: currentFormats().map(formatName),
          ...owner === undefined ? {} : { owner },
        };
      }
    } finally {
      await this.#listen(watch, false);
    }
  }

  /** The window listens as long as there is a watch. */
  async #listen(watch: ChangeWatch, on: boolean): Promise<void> {
    if (on) this.#watches.add(watch);
    else this.#watches.delete(watch);
    if (!on && this.#watches.size > 0) return;
    const answer = await this.#request("watch", {}, () => ({ type: "listen", on }));
    if (answer.type !== "done") throw unexpected(answer);
    // What has changed before the window listened.
    watch.changed(answer.sequence, answer.done);
  }

  /**
   * Empties the clipboard.
   *
   * @returns Whether it did: `false` if `onlyIf` is given, and the clipboard has changed since.
   * @throws {TypeError | RangeError} If an option is not valid.
   * @throws {Deno.errors.Busy} If another program has the clipboard open for too long.
   * @throws {Deno.errors.TimedOut} If it takes too long.
   * @throws {Deno.errors.NotSupported} If this is not Windows, or a service without a user's
   *   clipboard.
   *
   * @example Clear a password, but nothing that was copied since
   * ```ts
   * import { clipboard } from "@winipc/winipc/clipboard";
   *
   * const ticket = await clipboard.writeText("secret", { secret: true });
   * console.log(await clipboard.clear({ onlyIf: ticket })); // true
   * ```
   */
  async clear(options: ClipboardClearOptions = {}): Promise<boolean> {
    checkOptions(options, CLEAR_OPTIONS, "clipboard.clear()");
    checkWait(options);
    const { onlyIf: ticket } = options;
    let onlyIf: number | undefined;
    if (ticket !== undefined) {
      onlyIf = typeof ticket === "object" && ticket !== null ? tickets.get(ticket) : undefined;
      if (onlyIf === undefined) {
        throw new TypeError(
          `onlyIf must be what a write of this thread has returned, not ${Deno.inspect(ticket)}`,
        );
      }
    }
    checkWindowStation();
    const answer = await this.#request("clear", options, () => ({ type: "clear", onlyIf }));
    if (answer.type !== "done") throw unexpected(answer);
    return answer.done;
  }

  /**
   * Has the clipboard thread carry out a request, in the order of the calls, and again and again
   * while the clipboard is busy.
   */
  async #request(
    verb: string,
    { signal, timeout }: ClipboardWaitOptions,
    prepare: () => ClipboardRequest | Promise<ClipboardRequest>,
  ): Promise<ClipboardAnswer> {
    const doing = `Cannot ${verb} the clipboard`;
    const openTimeout = timeout ?? OPEN_TIMEOUT;
    const openUntil = performance.now() + openTimeout;
    const deadline = Deadline.start({
      signal,
      timeout: Math.max(timeout ?? CALL_TIMEOUT, ATTEMPT_TIMEOUT),
    });
    let isBusy = false;
    const timedOut = () =>
      isBusy ? busy(doing, openTimeout) : timeoutError(timeout ?? CALL_TIMEOUT, {
        operation: "OpenClipboard",
        doing,
        hint: ownerHint(),
      });
    await this.#order.acquire(deadline, timedOut);
    try {
      const request = await prepare();
      const thread = await this.#getThread();
      const pauses = new RetryPauses(FIRST_PAUSE, LONGEST_PAUSE);
      for (;;) {
        const answer = await thread.call(request, deadline, timedOut);
        isBusy = answer.type === "busy";
        if (!isBusy) return answer;
        const left = openUntil - performance.now();
        if (left <= 0) throw busy(doing, openTimeout);
        await pause(pauses.next(left), signal ?? undefined);
      }
    } finally {
      this.#order.release();
    }
  }

  #getThread(): Promise<ClipboardThread> {
    if (this.#thread !== undefined) return this.#thread;
    const lost = (error: unknown) => {
      // The next call starts another one.
      this.#thread = undefined;
      for (const watch of this.#watches) watch.fail(error);
    };
    this.#thread = ClipboardThread.start({
      heard: (event) => {
        if (event.type === "replaced") this.#promised.delete(event.id);
        else for (const watch of this.#watches) watch.changed(event.sequence, event.isOwn);
      },
      render: async ({ id, format }) => await this.#promised.get(id)?.render(format),
      lost,
      unloading: () => this.#saveNow(),
    });
    this.#thread.then((thread) => this.#running = thread, lost);
    return this.#thread;
  }

  /** Has what is still promised made when the program ends ("WM_RENDERALLFORMATS message"). */
  #saveAtEnd(): void {
    if (this.#savesAtEnd) return;
    this.#savesAtEnd = true;
    addEventListener("beforeunload", (event) => {
      if (this.#promised.size === 0) return;
      // The program ends when this is done.
      event.preventDefault();
      for (const [id, data] of this.#takePromised()) this.#save(id, data);
    });
  }

  #takePromised(): [number, PromisedData][] {
    const promised = [...this.#promised];
    this.#promised.clear();
    return promised;
  }

  /** By `Deno.exit()` a program ends without an event before, and what takes a promise is lost. */
  #saveNow(): void {
    for (const [id, data] of this.#takePromised()) {
      this.#running?.post({ type: "fulfil", id, items: data.renderNow() });
    }
  }

  async #save(id: number, data: PromisedData): Promise<void> {
    try {
      const items = await data.renderAll();
      await this.#request("write", {}, () => ({ type: "fulfil", id, items }));
    } catch (error) {
      console.error(error);
    }
  }
}

/**
 * The clipboard of the current user.
 *
 * @example
 * ```ts
 * import { clipboard } from "@winipc/winipc/clipboard";
 *
 * await clipboard.writeText("hello");
 * console.log(await clipboard.readText()); // hello
 * ```
 */
export const clipboard: Clipboard = new Clipboard();

function checkWriteOptions(options: ClipboardWriteOptions, call: string): void {
  checkOptions(options, WRITE_OPTIONS, call);
  checkWait(options);
  const { secret, renderTimeout, onError } = options;
  checkBoolean("secret", secret);
  if (renderTimeout !== undefined) {
    checkInteger("renderTimeout", renderTimeout, 0, LONGEST_RENDER);
  }
  if (onError !== undefined) checkFunction("onError", onError);
}

function checkNames(option: string, names: readonly unknown[]): void {
  if (!Array.isArray(names)) {
    throw new TypeError(`${option} must be an array of names, not ${Deno.inspect(names)}`);
  }
}

/** A DWORD of 0, which means no; of the others only that they are there counts. */
function secretItem(name: string): ClipboardItem {
  return { format: formatNumber(name), bytes: new Uint8Array(4) };
}

function sequenceNumber(): number {
  return user32().GetClipboardSequenceNumber();
}

function busy(doing: string, timeout: number): Error {
  const holder = processOfWindow(user32().GetOpenClipboardWindow());
  const who = holder === undefined ? "another program" : processText(holder);
  return win32Error(ERROR_ACCESS_DENIED, {
    operation: "OpenClipboard",
    doing: `${doing}, which ${who} has had open for ${timeout} ms`,
    errorClass: Deno.errors.Busy,
  });
}

function ownerHint(): string {
  const owner = processOfWindow(user32().GetClipboardOwner());
  return owner === undefined
    ? "another program does not answer"
    : `${processText(owner)}, whose data is on it, does not answer`;
}

function unexpected(answer: ClipboardAnswer): Error {
  return new Error(`The clipboard thread answered ${JSON.stringify(answer.type)}`);
}
