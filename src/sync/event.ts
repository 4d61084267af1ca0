import { lastWin32Error } from "../core/error/windows_error.ts";
import {
  CREATE_EVENT_INITIAL_SET,
  CREATE_EVENT_MANUAL_RESET,
  EVENT_MODIFY_STATE,
  EVENT_QUERY_STATE,
  READ_CONTROL,
  SYNCHRONIZE,
} from "../win32/kernel32.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { EventCore } from "./event_core.ts";
import { adoptHandle, createObject, openObject } from "./kernel_object.ts";
import type { CreateOptions, OpenSignalOptions } from "./options.ts";
import { handleOf, type ObjectState } from "./synchronization_object.ts";
import { Waitable } from "./waitable.ts";

const KIND = "event";
const WAIT_ACCESS = SYNCHRONIZE | EVENT_QUERY_STATE;
const FULL_ACCESS = WAIT_ACCESS | EVENT_MODIFY_STATE;

/** What an event is made with. */
export interface EventOptions extends CreateOptions {
  /**
   * Whether a signal stays until `reset()`, and releases everybody who waits. Otherwise it releases one, and is reset
   * by that. Without effect on an event that is there already.
   *
   * @default {false}
   */
  readonly manualReset?: boolean;
  /**
   * Whether it is signaled at first. Without effect on an event that is there already.
   *
   * @default {false}
   */
  readonly signaled?: boolean;
}

/**
 * An event: tells other threads and processes that something has happened.
 *
 * An auto-reset event, the default, lets one waiter through for each signal; signals that nobody takes in between count once. A
 * manual-reset event lets everybody through from `signal()` to `reset()`.
 *
 * There is no way to ask for its state, as that may have changed when the answer arrives: `tryWait()` takes a signal if there
 * is one. And there is no pulse (PulseEvent): Windows documents it as unreliable, because a thread that waits may be
 * taken off the wait for a moment by the kernel, and then misses it.
 *
 * Windows documentation: "Event Objects (Synchronization)", "PulseEvent function (winbase.h)".
 *
 * @example Two programs
 * ```ts
 * import { EventObject } from "@winipc/winipc/sync";
 *
 * if (Deno.args[0] === "writer") {
 *   using changed = EventObject.open({ name: "Local\\table-changed" });
 *   changed.signal();
 * } else {
 *   using changed = EventObject.create({ name: "Local\\table-changed" });
 *   await changed.wait();
 *   console.log("the table has changed");
 * }
 * ```
 */
export class EventObject extends Waitable {
  readonly #core: EventCore;

  private constructor(
    core: EventCore,
    identity: Pick<ObjectState, "name" | "existed" | "shared">,
  ) {
    super({ ...identity, lent: core.lent, participate: () => core.participate() });
    this.#core = core;
  }

  /**
   * Makes an event, or opens the one that has the name.
   *
   * Windows documentation: "CreateEventExW function (synchapi.h)".
   *
   * @param options Its name and kind.
   * @returns The event; `existed` tells whether it was there.
   * @throws {Deno.errors.AlreadyExists} If the name belongs to an object of another kind, or with `exclusive` to an event.
   * @throws {Deno.errors.PermissionDenied} If an event of this name exists and its security does not let this user in.
   * @throws {TypeError} If the name or the security breaks a rule.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example
   * ```ts
   * import { EventObject } from "@winipc/winipc/sync";
   *
   * using stop = EventObject.create({ name: "Local\\stop", manualReset: true });
   * stop.signal();
   * ```
   */
  static create(options: EventOptions = {}): EventObject {
    const { name, inheritable = false, manualReset = false, signaled = false } = options;
    const flags = (manualReset ? CREATE_EVENT_MANUAL_RESET : 0) |
      (signaled ? CREATE_EVENT_INITIAL_SET : 0);
    const access = FULL_ACCESS | READ_CONTROL;
    const { handle, existed } = createObject(
      KIND,
      "CreateEventExW",
      options,
      (attributes, wideName) => kernel32().CreateEventExW(attributes, wideName, flags, access),
    );
    const core = new EventCore(handle, access, existed ? undefined : manualReset);
    return new EventObject(core, { name, existed, shared: name !== undefined || inheritable });
  }

  /**
   * Opens an event by its name.
   *
   * Windows documentation: "OpenEventW function (synchapi.h)".
   *
   * @param options Its name, and the rights to ask for.
   * @returns The event.
   * @throws {Deno.errors.NotFound} If there is no object of this name.
   * @throws {Deno.errors.AlreadyExists} If the name belongs to an object of another kind.
   * @throws {Deno.errors.PermissionDenied} If its security does not let this user in, or grants only the right to wait and
   * `waitOnly` is not set.
   * @throws {TypeError} If the name breaks a rule.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example
   * ```ts
   * import { EventObject } from "@winipc/winipc/sync";
   *
   * using frameReady = EventObject.open({ name: "Local\\SimFrameReady", waitOnly: true });
   * await frameReady.wait();
   * ```
   */
  static open(options: OpenSignalOptions): EventObject {
    const { name, waitOnly = false } = options;
    const access = waitOnly ? WAIT_ACCESS : FULL_ACCESS;
    const handle = openObject(
      KIND,
      "OpenEventW",
      options,
      kernel32().OpenEventW,
      access,
      waitOnly ? SYNCHRONIZE : undefined,
    );
    return new EventObject(new EventCore(handle), { name, existed: true, shared: true });
  }

  /**
   * Takes over a handle to an event that this process has inherited or was given by `duplicateTo()`. It is closed with the object.
   *
   * @param handle The handle as a number.
   * @returns The event.
   * @throws {TypeError} If it is not a handle, or one to an object of another kind.
   * @throws {Deno.errors.BadResource} If this process has no such handle.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example
   * ```ts
   * import { EventObject } from "@winipc/winipc/sync";
   *
   * using ready = EventObject.fromHandle(BigInt(Deno.args[0]));
   * ready.signal();
   * ```
   */
  static fromHandle(handle: bigint): EventObject {
    const core = new EventCore(adoptHandle(KIND, handle, ["Event"]));
    return new EventObject(core, { name: undefined, existed: true, shared: true });
  }

  /**
   * Whether a signal stays until `reset()`. Of an event that was there already, the kernel tells; `undefined` if the handle has no
   * right to ask.
   *
   * @throws {Deno.errors.BadResource} If the event is closed, and has not been asked before.
   */
  get manualReset(): boolean | undefined {
    return this.#core.manualReset;
  }

  /**
   * Signals the event: lets one waiter through, or everybody if it is a manual-reset event. Without waiters it stays
   * signaled for the next one; a signal on top of a signal changes nothing.
   *
   * Windows documentation: "SetEvent function (synchapi.h)".
   *
   * @throws {Deno.errors.BadResource} If the event is closed.
   * @throws {Deno.errors.PermissionDenied} If it was opened with `waitOnly`.
   *
   * @example
   * ```ts
   * import { EventObject } from "@winipc/winipc/sync";
   *
   * using changed = EventObject.create({ name: "Local\\table-changed" });
   * changed.signal();
   * ```
   */
  signal(): void {
    const handle = handleOf(this);
    if (kernel32().SetEvent(handle.value) === 0) {
      throw lastWin32Error({
        operation: "SetEvent",
        object: this.name,
        doing: `Cannot signal the ${handle.label}`,
      });
    }
  }

  /**
   * Takes the signal away, if there is one.
   *
   * Windows documentation: "ResetEvent function (synchapi.h)".
   *
   * @throws {Deno.errors.BadResource} If the event is closed.
   * @throws {Deno.errors.PermissionDenied} If it was opened with `waitOnly`.
   *
   * @example
   * ```ts
   * import { EventObject } from "@winipc/winipc/sync";
   *
   * using paused = EventObject.create({ manualReset: true, signaled: true });
   * paused.reset();
   * ```
   */
  reset(): void {
    const handle = handleOf(this);
    if (kernel32().ResetEvent(handle.value) === 0) {
      throw lastWin32Error({
        operation: "ResetEvent",
        object: this.name,
        doing: `Cannot reset the ${handle.label}`,
      });
    }
  }
}
