import { type FailureContext, ntStatusError } from "../core/error/windows_error.ts";
import { assertOpen, interruptedError } from "../core/handle/closed.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { Deadline } from "../core/io/deadline.ts";
import { FileIo } from "../core/io/file_io.ts";
import type { CallErrors } from "../core/io/io_direction.ts";
import { checkBytes } from "../core/memory/bytes.ts";
import { checkOptions, WAIT_OPTIONS } from "../core/options/check_options.ts";
import type { WaitOptions } from "../core/options/wait_options.ts";
import { defineInspect, openState } from "../core/text/inspect.ts";
import { STATUS_FILE_FORCED_CLOSED, STATUS_SUCCESS } from "../win32/status_codes.ts";
import type { MailslotPath } from "./path.ts";

/** Makes the object for a handle, for the modules of this folder. */
export let makeWriter: (handle: OwnedHandle, target: Target) => MailslotWriter;

/** Where a writer sends to. */
export interface Target {
  readonly path: MailslotPath;
  /** The largest message that is known to be taken, in bytes. */
  readonly maxMessageSize: number;
}

/**
 * The writing end of a mailslot, made by {@linkcode openMailslot} or {@linkcode openMailslotSync}.
 *
 * Windows documentation: "Mailslots", "Writing to a Mailslot".
 *
 * @example
 * ```ts
 * import { openMailslot } from "@winipc/winipc/mailslot";
 *
 * using writer = await openMailslot({ name: "readings", maxMessageSize: 424 });
 * for (let value = 20; value < 30; value++) {
 *   await writer.send(new TextEncoder().encode(String(value)));
 * }
 * ```
 */
export class MailslotWriter implements Disposable {
  readonly #target: Target;
  readonly #io: FileIo;
  readonly #errors: CallErrors;

  static {
    makeWriter = (handle, target) => new MailslotWriter(handle, target);
    defineInspect(this, (writer) => {
      const { path, maxMessageSize } = writer;
      return { path, maxMessageSize, state: openState(writer.#handle) };
    });
  }

  private constructor(handle: OwnedHandle, target: Target) {
    this.#target = target;
    this.#io = new FileIo(handle);
    this.#errors = {
      timedOut: (deadline) => deadline.timedOut(this.#context()),
      interrupted: () => interruptedError(this.#context()),
    };
  }

  get #handle(): OwnedHandle {
    return this.#io.handle;
  }

  /** The full path. */
  get path(): string {
    return this.#target.path.full;
  }

  /** The largest message that is known to be taken, in bytes; `Infinity` if nothing is known. */
  get maxMessageSize(): number {
    return this.#target.maxMessageSize;
  }

  /**
   * The handle as a number, for functions of Windows. It stays this object's: do not close it.
   *
   * @throws {Deno.errors.BadResource} If the writer is closed.
   */
  get handle(): bigint {
    return this.#handle.number;
  }

  /**
   * Sends a message, which is copied first, so it may be changed at once. One of no bytes is a
   * message too. The promise is fulfilled when the message is in the mailslot, or on its way to
   * another computer.
   *
   * Cancel safety: a message is sent whole or not at all; whether it was is not known of one that
   * was aborted.
   *
   * Windows documentation: "NtWriteFile function (ntifs.h)".
   *
   * @param message The message.
   * @param options How long to wait.
   * @throws {TypeError} If the message is not a `Uint8Array`, or an option is not valid.
   * @throws {RangeError} If the message is larger than is known to be taken.
   * @throws {Deno.errors.BrokenPipe} If the mailslot is closed; Wine does not tell.
   * @throws {Deno.errors.TimedOut} If it was not sent in `timeout` milliseconds.
   * @throws {Deno.errors.BadResource} If the writer is closed.
   * @throws {Deno.errors.Interrupted} If it is closed meanwhile.
   *
   * @example
   * ```ts
   * import { openMailslot } from "@winipc/winipc/mailslot";
   *
   * using everybody = await openMailslot({ name: "announcements", computer: "*" });
   * await everybody.send(new TextEncoder().encode("the build is done"));
   * ```
   */
  async send(message: Uint8Array, options?: WaitOptions): Promise<void> {
    const bytes = this.#check(message);
    if (options !== undefined) checkOptions(options, WAIT_OPTIONS, "MailslotWriter.send()");
    assertOpen(this.#handle);
    const deadline = Deadline.start(options);
    const { output } = this.#io;
    const entered = output.enter(deadline, this.#errors);
    const source = entered === undefined ? bytes : bytes.slice();
    if (entered !== undefined) await entered;
    try {
      const status = await output.writeAll(source, Infinity, deadline, this.#errors);
      this.#assertSent(status, source);
    } finally {
      output.leave();
    }
  }

  /**
   * Sends a message, blocking the thread until it is in the mailslot or on its way: in effect at
   * once.
   *
   * Windows documentation: "NtWriteFile function (ntifs.h)".
   *
   * @param message The message.
   * @throws {TypeError} If the message is not a `Uint8Array`.
   * @throws {RangeError} If the message is larger than is known to be taken.
   * @throws {Deno.errors.BrokenPipe} If the mailslot is closed; Wine does not tell.
   * @throws {Deno.errors.BadResource} If the writer is closed.
   *
   * @example
   * ```ts
   * import { openMailslotSync } from "@winipc/winipc/mailslot";
   *
   * using writer = openMailslotSync({ name: "readings" });
   * writer.sendSync(new TextEncoder().encode("21.5"));
   * ```
   */
  sendSync(message: Uint8Array): void {
    const bytes = this.#check(message);
    const { sync } = this.#io;
    sync.write(bytes);
    this.#assertSent(sync.status, bytes);
  }

  /** Closes the writer; what was sent can still be received. Further calls do nothing. */
  close(): void {
    this.#handle.close();
  }

  /** Closes the writer, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  #check(message: Uint8Array): Uint8Array {
    const bytes = checkBytes(message, "A message");
    const { maxMessageSize } = this.#target;
    if (bytes.byteLength <= maxMessageSize) return bytes;
    throw new RangeError(
      `A message for the ${this.#handle.label} has at most ${maxMessageSize} bytes, and this one has ${bytes.byteLength}`,
    );
  }

  #assertSent(status: number, { byteLength }: Uint8Array): void {
    if (status === STATUS_SUCCESS) return;
    if (this.#handle.closed) throw this.#errors.interrupted();
    throw ntStatusError(status | 0, {
      ...this.#context(`${byteLength} bytes`),
      ...meaningHere(status),
    });
  }

  #context(what = "a message"): FailureContext {
    return {
      operation: "NtWriteFile",
      object: this.path,
      doing: `Cannot send ${what} to mailslot "${this.path}"`,
    };
  }
}

/** What a status means for a mailslot, where it means something else elsewhere. */
function meaningHere(status: number): Pick<FailureContext, "errorClass" | "hint"> {
  if (status === STATUS_FILE_FORCED_CLOSED) {
    return { errorClass: Deno.errors.BrokenPipe, hint: "its reader has closed it" };
  }
  return {};
}
