import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import type { LentHandle } from "./lent_handle.ts";
import type { Participant } from "./participant.ts";

/** What a {@linkcode SynchronizationObject} stands for. */
export interface ObjectState {
  readonly lent: LentHandle;
  readonly name: string | undefined;
  readonly existed: boolean;
  /** Whether others may have a handle: it is known by name, can be inherited, or its handle was asked for. */
  shared: boolean;
  /** How the object takes part in a wait for several. */
  participate(): Participant;
}

/** The state behind an object, for the modules of this folder. */
let stateOf: (object: SynchronizationObject) => ObjectState;

/**
 * What {@linkcode waitAny} and {@linkcode waitAll} wait for: an {@linkcode EventObject}, a {@linkcode Mutex}, a
 * {@linkcode Semaphore} or a {@linkcode WaitableTimer}.
 *
 * It is a handle to a kernel object. The object lives as long as a process has a handle to it, and so does its name.
 *
 * Windows documentation: "Synchronization Objects", "Handles and Objects".
 */
export abstract class SynchronizationObject implements Disposable {
  readonly #state: ObjectState;

  static {
    stateOf = (object) => object.#state;
  }

  /** @ignore */
  protected constructor(state: ObjectState) {
    this.#state = state;
  }

  /** The name it was created or opened by, if it was. */
  get name(): string | undefined {
    return this.#state.name;
  }

  /** Whether the object was there before: `false` only for one that this call to `create()` has made. */
  get existed(): boolean {
    return this.#state.existed;
  }

  /**
   * The handle as a number, for functions of Windows or for a child process that inherits it. It stays this object's: do
   * not close it.
   *
   * @throws {Deno.errors.BadResource} If the object is closed.
   */
  get handle(): bigint {
    this.#state.shared = true;
    return this.#state.lent.owned.number;
  }

  /**
   * Makes a handle to the same object in another process, with the same rights. That process owns it: send it the number, and it takes it by
   * `fromHandle()`. Needs the right to open that process for that, which one of the same user has.
   *
   * Windows documentation: "DuplicateHandle function (handleapi.h)".
   *
   * @param processId The other process, such as `Deno.ChildProcess.pid`.
   * @returns The handle, valid in that process only.
   * @throws {RangeError} If `processId` is not a positive 32-bit integer.
   * @throws {Deno.errors.NotFound} If there is no such process.
   * @throws {Deno.errors.PermissionDenied} If this process may not open that one.
   * @throws {Deno.errors.BadResource} If the object is closed.
   *
   * @example
   * ```ts
   * import { EventObject } from "@winipc/winipc/sync";
   *
   * using ready = EventObject.create();
   * const child = new Deno.Command("worker.exe", { stdin: "piped" }).spawn();
   * const writer = child.stdin.getWriter();
   * await writer.write(new TextEncoder().encode(`${ready.duplicateTo(child.pid)}\n`));
   * await ready.wait({ timeout: 10_000 });
   * ```
   */
  duplicateTo(processId: number): bigint {
    this.#state.shared = true;
    return this.#state.lent.owned.duplicateTo(processId);
  }

  /**
   * Closes the handle; further calls do nothing. Waits that are pending are ended with `Deno.errors.BadResource`.
   *
   * A lock or a permit that is out stays good: it still gives back what it stands for.
   */
  close(): void {
    this.#state.lent.close();
  }

  /** Closes the handle, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** The open handle behind an object. */
export function handleOf(object: SynchronizationObject): OwnedHandle {
  return stateOf(object).lent.owned;
}

/** How an object that a user gave takes part in a wait for several. */
export function participantOf(object: unknown): Participant {
  if (!(object instanceof SynchronizationObject)) {
    throw new TypeError(
      "What can be waited for is an EventObject, a Mutex, a Semaphore or a WaitableTimer, not " +
        (object === null ? "null" : typeof object),
    );
  }
  return stateOf(object).participate();
}
