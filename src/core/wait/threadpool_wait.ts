import { INFINITE, kernel32, WAIT_OBJECT_0 } from "../../win32/kernel32.ts";
import { TP_CALLBACK_ENVIRON_V3 } from "../../win32/structs.ts";
import { COMPLETION } from "../callback/thunk_code.ts";
import { lastWin32Error } from "../error/windows_error.ts";
import type { OwnedHandle } from "../handle/owned_handle.ts";
import { type Completable, completionPort } from "../io/completion_port.ts";
import { EventLoopRef } from "../io/event_loop_ref.ts";
import type { NativeMemory } from "../memory/native_heap.ts";
import { functionAddress } from "../thread/end_calls.ts";
import { threadResources } from "../thread/thread_resources.ts";

// Waits of the thread pool ("Thread Pools"): the pool waits for any number of objects with few
// threads or none, and posts a packet to the completion port of this thread for each that ends. No
// JavaScript runs on a thread of the pool.
//
// The pool takes the signal (the set state of an auto-reset event, one count of a semaphore) when
// the wait is satisfied, which is before its packet is seen. So a wait that is cancelled must learn
// whether it came too late, or the signal would be lost. UnregisterWaitEx cannot tell: Wine answers
// "no callback will come" for a signal that its waiting thread has taken but not reported yet
// (measured: 1,267 of 3,000 lost when the signal and the cancelling are simultaneous). These can:
//
// - SetThreadpoolWaitEx without a handle returns whether the wait was cancelled, and if not, "a
//   callback is in progress or about to commence" ("SetThreadpoolWaitEx function
//   (threadpoolapiset.h)").
// - If there is none, as under Wine, the wait is set again with a timeout of zero. Its packet then
//   comes for certain, with the signal or with a timeout. Only if a callback was on its way already
//   there are two packets, in any order: so after one with a timeout, the signal may still come
//   until WaitForThreadpoolWaitCallbacks has returned, and a fence follows what was posted.

/** A timeout of zero as FILETIME. */
const AT_ONCE = new BigInt64Array(1);
/** FILETIME counts units of 100 ns; negative is from now. */
const UNITS_PER_MILLISECOND = 10_000;

/** What is told when a wait begins and ends: it keeps the program alive meanwhile, or not. */
export type WaitRef = Pick<EventLoopRef, "retain" | "release">;

/** A wait keeps the program alive. */
const ALWAYS = new EventLoopRef();

let pending = 0;

/** How many waits are pending: a test of leaks reads it. */
export function pendingWaits(): number {
  return pending;
}

/** How a wait ended. Only `"signaled"` has taken the signal. */
export type WaitOutcome = "signaled" | "timedOut" | "cancelled";

/**
 * One wait of the thread pool for one object. The program stays alive until its outcome is known,
 * unless an `eventLoopRef` lets it end.
 * If the thread of JavaScript ends before, the wait is cancelled.
 *
 * The object must have been tried with this handle before, as the pool has no way to report a bad
 * handle. It must not be a mutex: the pool's thread would own it.
 */
export class ThreadpoolWait implements Completable {
  /** A wait that is set again may have two packets. */
  readonly isRepeatable = true;
  readonly eventLoopRef: WaitRef;
  readonly #token = completionPort.nextToken();
  readonly #handle: OwnedHandle;
  readonly #object: Deno.PointerObject;
  readonly #context: NativeMemory;
  readonly #wait: Deno.PointerObject;
  readonly #settle: (outcome: WaitOutcome) => void;
  readonly #stopListening: () => void;
  #state: "waiting" | "cancelling" | "draining" | "settled" = "waiting";
  /** Whether there may be two packets. */
  #setAgain = false;
  #signaled = false;

  /**
   * Starts the wait. It is cancelled when the handle is closed.
   *
   * @param milliseconds The timeout as Windows takes it, INFINITE included.
   * @param settle Called once with the outcome, possibly within `cancel()`. It must not throw.
   * @param eventLoopRef Says whether the wait keeps the program alive, as it does if left out.
   */
  constructor(
    handle: OwnedHandle,
    milliseconds: number,
    settle: (outcome: WaitOutcome) => void,
    eventLoopRef: WaitRef = ALWAYS,
  ) {
    this.eventLoopRef = eventLoopRef;
    // The pool goes on waiting for the object while the wait is being cancelled, as when the handle
    // is closed.
    this.#handle = handle;
    this.#object = handle.retain();
    this.#settle = settle;
    this.#context = takeContext(this.#token);
    try {
      this.#wait = createWait(this.#context, handle.label);
    } catch (error) {
      giveBackContext(this.#context);
      handle.release();
      throw error;
    }
    this.#stopListening = handle.onClose(() => this.cancel());
    pending++;
    completionPort.register(this.#token, this);
    const timeout = milliseconds === INFINITE ? null : fromNow(milliseconds);
    kernel32().SetThreadpoolWait(this.#wait, this.#object, timeout);
  }

  /** Ends the wait, if the signal has not been taken yet: the outcome tells. */
  cancel(): void {
    if (this.#state !== "waiting") return;
    this.#state = "cancelling";
    const { SetThreadpoolWait, SetThreadpoolWaitEx } = kernel32();
    if (SetThreadpoolWaitEx === null) {
      this.#setAgain = true;
      SetThreadpoolWait(this.#wait, this.#object, AT_ONCE);
    } else if (SetThreadpoolWaitEx(this.#wait, null, null, null) !== 0) {
      this.#settled("cancelled");
    }
  }

  /** The pool has posted a packet. */
  completed(result: number): void {
    // The second packet may come with the first.
    if (this.#state === "settled") return;
    const signaled = result === WAIT_OBJECT_0;
    if (this.#state === "draining") {
      this.#signaled ||= signaled;
    } else if (signaled) {
      this.#settled("signaled");
    } else if (this.#state === "waiting") {
      this.#settled("timedOut");
    } else if (this.#setAgain) {
      this.#drain();
    } else {
      this.#settled("cancelled");
    }
  }

  /** Sees whether another packet is on its way, which then has the signal. */
  #drain(): void {
    this.#state = "draining";
    // The callback only posts a packet, so this does not wait for anything else.
    kernel32().WaitForThreadpoolWaitCallbacks(this.#wait, 0);
    const fence = completionPort.nextToken();
    completionPort.register(fence, {
      isFence: true,
      completed: () => this.#settled(this.#signaled ? "signaled" : "cancelled"),
    });
    completionPort.post(fence);
  }

  #settled(outcome: WaitOutcome): void {
    const { CloseThreadpoolWait, SetThreadpoolWait, WaitForThreadpoolWaitCallbacks } = kernel32();
    this.#state = "settled";
    this.#stopListening();
    pending--;
    if (this.#setAgain) {
      // A second callback would still use the context, which another wait is about to get.
      SetThreadpoolWait(this.#wait, null, null);
      WaitForThreadpoolWaitCallbacks(this.#wait, 1);
    }
    CloseThreadpoolWait(this.#wait);
    giveBackContext(this.#context);
    this.#handle.release();
    completionPort.forget(this.#token);
    this.#settle(outcome);
  }
}

/** Contexts of waits that are over, for the next ones. */
const freeContexts: NativeMemory[] = [];

/** The context of the thunk that posts a packet with this token. */
function takeContext(token: number): NativeMemory {
  const context = freeContexts.pop() ?? newContext();
  new BigUint64Array(context.bytes.buffer)[COMPLETION.overlapped / 8] = BigInt(token);
  return context;
}

function newContext(): NativeMemory {
  const context = threadResources().allocate(COMPLETION.size);
  const words = new BigUint64Array(context.bytes.buffer);
  words[COMPLETION.port / 8] = Deno.UnsafePointer.value(completionPort.handle);
  words[COMPLETION.post / 8] = functionAddress("PostQueuedCompletionStatus");
  return context;
}

function giveBackContext(context: NativeMemory): void {
  freeContexts.push(context);
}

/** "TP_CALLBACK_ENVIRON": the version this program knows, and the usual priority. */
const ENVIRONMENT_VERSION = 3;
const TP_CALLBACK_PRIORITY_NORMAL = 1;

let environment: Uint8Array<ArrayBuffer> | undefined;

/**
 * What a wait is made with: the pool of the process, and a cleanup group by which all waits of this
 * thread can be cancelled.
 */
function waitEnvironment(): Uint8Array<ArrayBuffer> {
  if (environment !== undefined) return environment;
  const { size, fields } = TP_CALLBACK_ENVIRON_V3;
  const view = new DataView(new ArrayBuffer(size));
  const group = Deno.UnsafePointer.value(threadResources().cleanupGroup);
  view.setUint32(fields.Version.offset, ENVIRONMENT_VERSION, true);
  view.setBigUint64(fields.CleanupGroup.offset, group, true);
  view.setInt32(fields.CallbackPriority.offset, TP_CALLBACK_PRIORITY_NORMAL, true);
  view.setUint32(fields.Size.offset, size, true);
  return environment = new Uint8Array(view.buffer);
}

/** Makes a wait that posts a packet. It is not set yet. */
function createWait({ address }: NativeMemory, label: string): Deno.PointerObject {
  const { postCompletion } = threadResources().thunks;
  const wait = kernel32().CreateThreadpoolWait(postCompletion, address, waitEnvironment());
  if (wait !== null) return wait;
  throw lastWin32Error({
    operation: "CreateThreadpoolWait",
    doing: `Cannot wait for the ${label}`,
  });
}

function fromNow(milliseconds: number): BigInt64Array {
  return BigInt64Array.of(BigInt(-milliseconds * UNITS_PER_MILLISECOND));
}
