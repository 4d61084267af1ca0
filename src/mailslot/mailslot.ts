import { OwnedHandle } from "../core/handle/owned_handle.ts";
import { checkOptions, WAIT_OPTIONS, WAIT_SYNC_OPTIONS } from "../core/options/check_options.ts";
import {
  type WaitOptions,
  type WaitSyncOptions,
  windowsTimeout,
} from "../core/options/wait_options.ts";
import { defineInspect, openState } from "../core/text/inspect.ts";
import { MAILSLOT_WAIT_FOREVER } from "../win32/kernel32.ts";
import { MailslotIo } from "./mailslot_io.ts";
import type { MailslotInfo } from "./options.ts";

/** Makes the object for a handle, for the modules of this folder. */
export let makeMailslot: (handle: OwnedHandle, path: string, blocking: boolean) => Mailslot;

/**
 * The reading end of a mailslot, made by `createMailslot()`.
 *
 * Every message is received whole and as it was sent, one of no bytes too, and the messages of one
 * writer in their order.
 *
 * Windows documentation: "Mailslots", "Mailslot Names".
 *
 * @example Look for messages now and then
 * ```ts
 * import { createMailslot } from "@winipc/winipc/mailslot";
 *
 * const mailslot = createMailslot({ name: "readings" });
 * setInterval(() => {
 *   for (const message of mailslot.drain()) console.log(message.length);
 * }, 5_000);
 * ```
 */
export class Mailslot implements Disposable, AsyncIterable<Uint8Array<ArrayBuffer>> {
  readonly #path: string | undefined;
  readonly #io: MailslotIo;

  static {
    makeMailslot = (handle, path, blocking) => new Mailslot(handle, path, blocking);
    defineInspect(this, (mailslot) => {
      // Not how many messages wait: if another process reads by the same blocking handle, asking
      // for that blocks too.
      const handle = mailslot.#handle;
      const isNamed = mailslot.path !== undefined || handle.closed;
      const number = isNamed ? undefined : handle.number;
      return { path: mailslot.path, handle: number, state: openState(handle) };
    });
  }

  private constructor(handle: OwnedHandle, path?: string, blocking?: boolean) {
    this.#path = path;
    this.#io = new MailslotIo(handle, blocking);
  }

  get #handle(): OwnedHandle {
    return this.#io.file.handle;
  }

  /**
   * Takes over a handle that this process has inherited. It is closed with the object, and no
   * longer inheritable. Only one process at a time can use the asynchronous calls, and those of a
   * handle that a C program has made are blocking ones.
   *
   * @param handle The handle as a number.
   * @returns The mailslot.
   * @throws {TypeError} If it is not a handle, or not one to read a mailslot by.
   * @throws {Deno.errors.BadResource} If this process has no such handle.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example In a child process that got the number as its argument
   * ```ts
   * import { Mailslot } from "@winipc/winipc/mailslot";
   *
   * using mailslot = Mailslot.fromHandle(BigInt(Deno.args[0]));
   * console.log(mailslot.receiveSync({ timeout: 1_000 }));
   * ```
   */
  static fromHandle(handle: bigint): Mailslot {
    const owned = OwnedHandle.fromNumber(handle, "mailslot");
    let mailslot: Mailslot;
    try {
      mailslot = new Mailslot(owned);
    } catch (error) {
      throw new TypeError(`Handle ${handle} is not one to read a mailslot by`, { cause: error });
    }
    owned.setInheritable(false);
    return mailslot;
  }

  /** The full path; `undefined` if the handle was inherited. */
  get path(): string | undefined {
    return this.#path;
  }

  /**
   * The handle as a number, for functions of Windows or for a child process that inherits it. It
   * stays this object's: do not close it.
   *
   * @throws {Deno.errors.BadResource} If the mailslot is closed.
   */
  get handle(): bigint {
    return this.#handle.number;
  }

  /**
   * Asks how many messages wait, and how large the next one is.
   *
   * Windows documentation: "GetMailslotInfo function (winbase.h)".
   *
   * @throws {Deno.errors.BadResource} If the mailslot is closed.
   *
   * @example
   * ```ts
   * import { createMailslot } from "@winipc/winipc/mailslot";
   *
   * using mailslot = createMailslot({ name: "readings" });
   * const { count, nextSize } = mailslot.info();
   * console.log(count, nextSize); // 0 null
   * ```
   */
  info(): MailslotInfo {
    const { maxMessageSize, nextSize, count, readTimeout } = this.#io.info();
    return {
      nextSize,
      count,
      maxMessageSize: maxMessageSize === 0 ? Infinity : maxMessageSize,
      readTimeout: readTimeout === MAILSLOT_WAIT_FOREVER ? Infinity : readTimeout,
    };
  }

  /**
   * Changes how long reads wait that say nothing else themselves. Those that wait already are not
   * concerned.
   *
   * Windows documentation: "SetMailslotInfo function (winbase.h)".
   *
   * @param milliseconds The new timeout; 0 only looks, `Infinity` waits without end.
   * @throws {RangeError} If it is negative or over 4,294,967,294 and not `Infinity`.
   * @throws {Deno.errors.BadResource} If the mailslot is closed.
   *
   * @example
   * ```ts
   * import { createMailslot } from "@winipc/winipc/mailslot";
   *
   * using mailslot = createMailslot({ name: "readings" });
   * mailslot.setReadTimeout(500);
   * ```
   */
  setReadTimeout(milliseconds: number): void {
    this.#io.setReadTimeout(windowsTimeout(milliseconds));
  }

  /**
   * Waits for the next message, without blocking the thread. Calls are served in their order.
   *
   * Cancel safety: an aborted or timed-out call has taken no message.
   *
   * Windows documentation: "NtReadFile function (ntifs.h)".
   *
   * @param options How long to wait: the mailslot's `readTimeout` if it does not say.
   * @returns The message.
   * @throws {TypeError | RangeError} If an option is not valid.
   * @throws {Deno.errors.TimedOut} If none came in time.
   * @throws {Deno.errors.BadResource} If the mailslot is closed.
   * @throws {Deno.errors.Interrupted} If it is closed meanwhile.
   * @throws {Deno.errors.NotSupported} If the mailslot was made with `blocking` or by a C program,
   *   or another process already receives.
   *
   * @example
   * ```ts
   * import { createMailslot } from "@winipc/winipc/mailslot";
   *
   * using mailslot = createMailslot({ name: "readings" });
   * const message = await mailslot.receive({ signal: AbortSignal.timeout(10_000) });
   * console.log(message.length);
   * ```
   */
  async receive(options: WaitOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    checkOptions(options, WAIT_OPTIONS, "Mailslot.receive()");
    return await this.#io.receive(options);
  }

  /**
   * Waits for the next message, blocking the thread: for Workers, and for programs that do nothing
   * else meanwhile. Calls of `receive()` that wait already get theirs first.
   *
   * Windows documentation: "NtReadFile function (ntifs.h)".
   *
   * @param options How long to wait: the mailslot's `readTimeout` if it does not say.
   * @returns The message.
   * @throws {TypeError | RangeError} If an option is not valid.
   * @throws {Deno.errors.TimedOut} If none came in time.
   * @throws {Deno.errors.BadResource} If the mailslot is closed.
   *
   * @example
   * ```ts
   * import { createMailslot } from "@winipc/winipc/mailslot";
   *
   * using mailslot = createMailslot({ name: "readings", readTimeout: 2_000 });
   * const message = mailslot.receiveSync();
   * console.log(message.length);
   * ```
   */
  receiveSync(options: WaitSyncOptions = {}): Uint8Array<ArrayBuffer> {
    checkOptions(options, WAIT_SYNC_OPTIONS, "Mailslot.receiveSync()");
    return this.#io.receiveSync(options);
  }

  /**
   * Takes all messages that wait, without waiting for more: as many as there are at first, so that
   * writers who never stop cannot keep it busy.
   *
   * Windows documentation: "Reading from a Mailslot".
   *
   * @returns The messages, in the order in which they came.
   * @throws {Deno.errors.BadResource} If the mailslot is closed.
   *
   * @example
   * ```ts
   * import { createMailslot } from "@winipc/winipc/mailslot";
   *
   * using mailslot = createMailslot({ name: "readings" });
   * console.log(`${mailslot.drain().length} messages`);
   * ```
   */
  drain(): Uint8Array<ArrayBuffer>[] {
    const messages: Uint8Array<ArrayBuffer>[] = [];
    // Asked again after each message, as there may be other readers.
    for (let left = this.info().count; left > 0; left = Math.min(left - 1, this.info().count)) {
      const message = this.#io.takeNow();
      if (message === undefined) break;
      messages.push(message);
    }
    return messages;
  }

  /**
   * The messages as they come, until the mailslot is closed. Leaving the loop leaves it open.
   *
   * @param options How long to wait for each: without end if it does not say, whatever the
   *   mailslot's `readTimeout`.
   * @throws {TypeError} If the options are not an object, or one of them does not exist.
   * @throws As `receive()` does, when the next message is asked for.
   *
   * @example Until nothing has come for a while
   * ```ts
   * import { createMailslot } from "@winipc/winipc/mailslot";
   *
   * using mailslot = createMailslot({ name: "readings" });
   * try {
   *   for await (const message of mailslot.messages({ timeout: 5_000 })) console.log(message);
   * } catch (error) {
   *   if (!(error instanceof Deno.errors.TimedOut)) throw error;
   * }
   * ```
   */
  messages(options: WaitOptions = {}): AsyncIterableIterator<Uint8Array<ArrayBuffer>> {
    checkOptions(options, WAIT_OPTIONS, "Mailslot.messages()");
    return this.#messages(options);
  }

  async *#messages(
    { signal, timeout = Infinity }: WaitOptions,
  ): AsyncIterableIterator<Uint8Array<ArrayBuffer>> {
    while (!this.#handle.closed) {
      let message: Uint8Array<ArrayBuffer>;
      try {
        message = await this.receive({ signal, timeout });
      } catch (error) {
        if (this.#handle.closed) return;
        throw error;
      }
      yield message;
    }
  }

  /** The messages as they come: `messages()` without options. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array<ArrayBuffer>> {
    return this.messages();
  }

  /** Keeps the program alive while a call waits, which is the default. */
  ref(): void {
    this.#io.file.ref();
  }

  /** Lets the program end though a call waits. */
  unref(): void {
    this.#io.file.unref();
  }

  /**
   * Closes the mailslot. Messages that nobody has received are lost, and its name is free again,
   * except under Wine while somebody still has it open to write. Pending calls are rejected with
   * `Deno.errors.Interrupted`, and iteration ends. Further calls do nothing.
   */
  close(): void {
    this.#handle.close();
  }

  /** Closes the mailslot, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }
}
