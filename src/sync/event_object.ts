import { lastWin32Error } from "../core/error/windows_error.ts";
import { checkBoolean } from "../core/options/check_options.ts";
import type {
  MayWaitOptions,
  OpenWaitOptions,
  OpenWaitSyncOptions,
} from "../core/options/wait_options.ts";
import {
  CREATE_EVENT_INITIAL_SET,
  CREATE_EVENT_MANUAL_RESET,
  EVENT_MODIFY_STATE,
  EVENT_QUERY_STATE,
  kernel32,
  SYNCHRONIZE,
} from "../win32/kernel32.ts";
import { eventState, grantedAccess } from "./kernel_object.ts";
import {
  ObjectKind,
  type OwnedObject,
  SYNC_CREATE_OPTIONS,
  type SyncCreateOptions,
  type WaitableOpenOptions,
} from "./object_kind.ts";
import {
  defineObjectInspect,
  handleOf,
  SIGNAL_SOURCE,
  type SignalSource,
  Waitable,
} from "./synchronization_object.ts";

/** Options for {@linkcode EventObject.create}. */
export interface EventCreateOptions extends SyncCreateOptions {
  /**
   * Whether a signal stays until `reset()` and releases all waiters. Otherwise a signal releases
   * one waiter, which resets the event. Without effect on an event that exists.
   *
   * @default {false}
   */
  readonly manualReset?: boolean;
  /**
   * Whether the event is signaled at first. Without effect on an event that exists.
   *
   * @default {false}
   */
  readonly signaled?: boolean;
}

const EVENT = new ObjectKind<EventCreateOptions>({
  className: "EventObject",
  noun: "event",
  types: ["Event"],
  fullAccess: SYNCHRONIZE | EVENT_QUERY_STATE | EVENT_MODIFY_STATE,
  waitAccess: SYNCHRONIZE | EVENT_QUERY_STATE,
  createOptions: { ...SYNC_CREATE_OPTIONS, manualReset: true, signaled: true },
  checkCreate({ manualReset, signaled }) {
    checkBoolean("manualReset", manualReset);
    checkBoolean("signaled", signaled);
  },
  createOperation: "CreateEventExW",
  create(attributes, name, access, { manualReset, signaled }) {
    const flags = (manualReset ? CREATE_EVENT_MANUAL_RESET : 0) |
      (signaled ? CREATE_EVENT_INITIAL_SET : 0);
    return kernel32().CreateEventExW(attributes, name, flags, access);
  },
  openOperation: "OpenEventW",
});

/**
 * An event: tells other threads and processes that something has happened.
 *
 * An auto-reset event, the default, releases one waiter for each signal; several signals without a
 * waiter count as one. A manual-reset event releases all waiters from `signal()` to `reset()`.
 *
 * There is no way to ask for its state, which may have changed by the time the answer arrives:
 * `tryWait()` consumes a signal if there is one. There is no pulse (PulseEvent) either: Windows
 * documents it as unreliable, because the kernel may take a waiting thread off the wait for a
 * moment, and that thread then misses the pulse.
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
  #manualReset: boolean | undefined;
  #source: SignalSource | undefined;

  static {
    defineObjectInspect(this, (_event, handle) => ({ ...eventState(handle) }));
  }

  private constructor(object: OwnedObject, manualReset?: boolean) {
    super(object);
    this.#manualReset = manualReset;
  }

  /**
   * Creates an event, or opens the one that has the name.
   *
   * Windows documentation: "CreateEventExW function (synchapi.h)".
   *
   * @param options Its name, kind and state.
   * @returns The event; `existed` tells whether it existed before.
   * @throws {Deno.errors.AlreadyExists} If the name belongs to an object of another kind, or with
   * `exclusive` to an event.
   * @throws {Deno.errors.PermissionDenied} If an event of this name exists and its security does
   * not let this user in.
   * @throws {TypeError} If the name or the security breaks a rule, or an option does not exist or
   * is of a wrong type.
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
  static create(options: EventCreateOptions = {}): EventObject {
    const object = EVENT.create(options);
    return new EventObject(object, object.existed ? undefined : options.manualReset ?? false);
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
   * @throws {Deno.errors.PermissionDenied} If its security does not let this user in, or grants
   * only the right to wait and `waitOnly` is not set.
   * @throws {TypeError} If the name breaks a rule, or an option does not exist or is of a wrong
   * type.
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
  static open(options: WaitableOpenOptions & { readonly wait?: false }): EventObject;
  /**
   * Waits until there is an event of a name, and opens it.
   *
   * Cancel safety: an aborted or timed-out call has left nothing open.
   *
   * Windows documentation: "OpenEventW function (synchapi.h)".
   *
   * @param options Its name, the rights to ask for, and how long to wait.
   * @returns The event.
   * @throws {Deno.errors.TimedOut} If there was none within `timeout` milliseconds.
   * @throws The reason of `signal`, if it aborts; and what the call throws that does not wait, but
   * for `Deno.errors.NotFound`.
   *
   * @example Start in any order
   * ```ts
   * import { EventObject } from "@winipc/winipc/sync";
   *
   * using frameReady = await EventObject.open({
   *   name: "Local\\SimFrameReady",
   *   waitOnly: true,
   *   wait: true,
   *   timeout: 30_000,
   * });
   * await frameReady.wait();
   * ```
   */
  static open(options: WaitableOpenOptions & OpenWaitOptions): Promise<EventObject>;
  static open(options: WaitableOpenOptions & MayWaitOptions): EventObject | Promise<EventObject> {
    return EVENT.open(options, (object) => new EventObject(object));
  }

  /**
   * Opens an event by its name; with `wait: true` it waits for one, blocking the thread.
   *
   * Windows documentation: "OpenEventW function (synchapi.h)".
   *
   * @param options Its name, the rights to ask for, and whether and how long to wait.
   * @returns The event.
   * @throws {Deno.errors.TimedOut} If `wait` is set, and there was none within `timeout`
   * milliseconds.
   * @throws Also what {@linkcode EventObject.open} throws.
   *
   * @example In a Worker
   * ```ts
   * import { EventObject } from "@winipc/winipc/sync";
   *
   * using frameReady = EventObject.openSync({ name: "Local\\SimFrameReady", wait: true });
   * frameReady.waitSync();
   * ```
   */
  static openSync(options: WaitableOpenOptions & OpenWaitSyncOptions): EventObject {
    return EVENT.openSync(options, (object) => new EventObject(object));
  }

  /**
   * Takes over a handle to an event, which this process has inherited or got by `duplicateTo()`. It
   * is closed with the object.
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
    return new EventObject(EVENT.fromHandle(handle));
  }

  /**
   * Whether a signal stays until `reset()`. For an event that existed before, the kernel is asked:
   * `undefined` if the handle has no right to query.
   *
   * @throws {Deno.errors.BadResource} If the event is closed and the kernel has not been asked
   * before.
   */
  get manualReset(): boolean | undefined {
    return this.#manualReset ??= eventState(handleOf(this))?.manualReset;
  }

  /** @ignore */
  override [SIGNAL_SOURCE](): SignalSource {
    return this.#source ??= this.#describeSignal();
  }

  #describeSignal(): SignalSource {
    const handle = handleOf(this);
    if (this.manualReset) return { consume: "none", handle };
    // An event that may be manual-reset must not be set again: it may have been reset since.
    const restorable = this.manualReset === false &&
      (grantedAccess(handle) & EVENT_MODIFY_STATE) !== 0;
    if (!restorable) return { consume: "irreversible", handle };
    return {
      consume: "reversible",
      handle,
      isSignaled: () => eventState(handle)?.signaled === true,
      restore: (value) => this.#set(value, "restore the signal of"),
    };
  }

  /**
   * Signals the event: releases one waiter, or all if it is a manual-reset event. Without waiters
   * it stays signaled for the next one. Signaling a signaled event changes nothing.
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
    this.#set(handleOf(this).value, "signal");
  }

  /**
   * Resets the event: takes its signal away, if there is one.
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

  #set(handle: Deno.PointerObject, verb: string): void {
    if (kernel32().SetEvent(handle) === 0) {
      throw lastWin32Error({
        operation: "SetEvent",
        object: this.name,
        doing: `Cannot ${verb} the ${handleOf(this).label}`,
      });
    }
  }
}
