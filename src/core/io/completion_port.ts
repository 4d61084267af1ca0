import { INFINITE, kernel32 } from "../../win32/kernel32.ts";
import { COMPLETION } from "../callback/thunk_code.ts";
import { lastWin32Error } from "../error/windows_error.ts";
import { invalidHandleValue, type OwnedHandle } from "../handle/owned_handle.ts";
import { functionAddress } from "../thread/end_calls.ts";
import { threadResources } from "../thread/thread_resources.ts";
import { WAITING } from "../thread/reclaim.ts";
import { Packets } from "./packets.ts";
import { createPortWatch, type PortWatch } from "./port_watch.ts";

/** An operation or a wait that ends with a packet at the port. */
export interface Completable {
  /**
   * Called when the packet has been taken. It must not throw.
   *
   * @param value The packet's byte count, which a wait uses for its result.
   */
  completed(value: number): void;
  /** Says whether it keeps the program alive while it is registered; without one it does not. */
  readonly eventLoopRef?: { retain(): void; release(): void };
  /**
   * Whether there may be several packets: then it stays registered until it is taken back by
   * `forget()`.
   */
  readonly isRepeatable?: boolean;
  /** Whether it must not be completed before what was in the port when its packet was posted. */
  readonly isFence?: boolean;
}

/**
 * How long a call on another thread may wait for packets, in milliseconds, before the port is also
 * watched by the thread pool.
 */
const RECHECK_MS = 20;
/**
 * How long what has been closed may take to end, in milliseconds, before it counts as being used.
 */
const SETTLING_MS = 500;
/** The token of a packet that only ends a wait for packets. */
const WAKE_TOKEN = 0;

/**
 * The completion port of this thread of JavaScript ("I/O Completion Ports"), at which all
 * operations and waits of the thread end.
 *
 * A packet names its operation by a token: a number that is used once (odd, so that it is never an
 * address), or the address of an OVERLAPPED of this engine. A packet with an unknown token is
 * dropped: Windows queues one for an operation that completed at once with a warning, such as "more
 * data".
 *
 * While something that keeps the program alive is pending, a nonblocking call waits for packets,
 * and takes all there are at once: to wake JavaScript for each one apart would cost more than the
 * rest of the operation. Such a call keeps the program alive, and needs one of Deno's threads for
 * blocking calls, of which there are few (four for each processor); other calls that block may take
 * them all. So the port is also watched in a way that needs none of these threads and lets the
 * program end (`PortWatch`): when nothing that is pending keeps the program alive, and when the
 * call has not come back for some time, as it then may not have begun.
 */
class CompletionPort {
  readonly #pending = new Map<number, Completable>();
  #lastToken = -1;
  /** How many things that are waited for keep the program alive. */
  #references = 0;
  /** How many open handles complete here. */
  #handles = 0;
  #port: Deno.PointerObject | undefined;
  /** What the nonblocking call takes, and what polling takes. */
  #packets: Packets | undefined;
  #polled: Packets | undefined;
  #isWaiting = false;
  #isWoken = false;
  #watch: PortWatch | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Fences that wait for the packets which a call on another thread may have taken before them. */
  readonly #heldFences: Completable[] = [];

  /** How many operations and waits are pending: a test of leaks reads it. */
  get pending(): number {
    return this.#pending.size;
  }

  /**
   * Whether no call waits for packets on another thread, and none will, as nothing that is waited
   * for keeps the program alive: a test of leaks reads it.
   */
  get isIdle(): boolean {
    return !this.#isWaiting && this.#references === 0;
  }

  /** The port's handle. */
  get handle(): Deno.PointerObject {
    this.create();
    return this.#port as Deno.PointerObject;
  }

  /**
   * Waits until no call waits for packets on another thread any more, and no timer is left. What
   * has been closed takes a moment to end; what goes on for longer is being used, and not waited
   * for.
   */
  async idle(): Promise<void> {
    const end = performance.now() + SETTLING_MS;
    const isEnding = () => this.#references === 0 || performance.now() < end;
    while ((this.#isWaiting || this.#timer !== undefined) && isEnding()) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Lets the operations of a handle complete at this port. */
  attach(handle: OwnedHandle): void {
    const port = kernel32().CreateIoCompletionPort(handle.value, this.handle, 0n, 0);
    if (port === null) {
      throw lastWin32Error({
        operation: "CreateIoCompletionPort",
        doing: `Cannot use the ${handle.label} asynchronously`,
      });
    }
    this.adopt(handle);
  }

  /** Counts a handle that completes here, and has been attached before. */
  adopt(handle: OwnedHandle): void {
    this.#handles++;
    handle.onClose(() => {
      // With the last handle the wait for packets ends at once, and not after a while.
      if (--this.#handles === 0) queueMicrotask(() => this.#updateWait());
    });
  }

  /** Makes the port, unless it is there. */
  create(): void {
    if (this.#port !== undefined) return;
    const port = kernel32().CreateIoCompletionPort(invalidHandleValue(), null, 0n, 1);
    if (port === null) {
      throw lastWin32Error({
        operation: "CreateIoCompletionPort",
        doing: "Cannot wait asynchronously",
      });
    }
    const resources = threadResources();
    this.#packets = new Packets(resources);
    this.#polled = new Packets(resources);
    this.#watch = createPortWatch(port, () => this.#poll());
    // What ends a wait for packets when this thread has ended.
    const wake = resources.allocate(COMPLETION.size);
    const words = new BigUint64Array(wake.bytes.buffer);
    words[COMPLETION.port / 8] = Deno.UnsafePointer.value(port);
    words[COMPLETION.post / 8] = functionAddress("PostQueuedCompletionStatus");
    resources.adoptPort(port, this.#packets.countMemory, wake);
    this.#port = port;
  }

  /** A token for an operation that is about to be started; no other one gets it. */
  nextToken(): number {
    return this.#lastToken += 2;
  }

  /**
   * Keeps an operation until its packet comes, and the program alive for it if its `eventLoopRef`
   * says so.
   */
  register(token: number, operation: Completable): void {
    this.#pending.set(token, operation);
    operation.eventLoopRef?.retain();
    if (this.#references > 0) this.#updateWait();
    // What the operation belongs to may still keep the program alive within this tick, as a call of
    // accept() does.
    else queueMicrotask(() => this.#updateWait());
  }

  /** Takes back what was registered, as no packet will come or matter. */
  forget(token: number): void {
    const operation = this.#pending.get(token);
    if (operation === undefined) return;
    this.#pending.delete(token);
    operation.eventLoopRef?.release();
    this.#updateWait();
  }

  /** Keeps the program alive, until `unref()` is called as often. */
  ref(): void {
    if (this.#references++ === 0) this.#updateWait();
  }

  unref(): void {
    if (--this.#references === 0) this.#updateWait();
  }

  /** Posts a packet for a registered token, behind those that are in the port. */
  post(token: number): void {
    const { PostQueuedCompletionStatus } = kernel32();
    if (
      PostQueuedCompletionStatus(this.handle, 0, 0n, Deno.UnsafePointer.create(BigInt(token))) === 0
    ) {
      throw lastWin32Error({
        operation: "PostQueuedCompletionStatus",
        doing: "Cannot post to the completion port",
      });
    }
  }

  /** Starts or stops the ways to wait for packets to match what is pending. */
  #updateWait(): void {
    const hasPending = this.#pending.size > 0;
    if (this.#references === 0 && !hasPending) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#watch?.disarm();
      this.#endWait();
      return;
    }
    if (hasPending && !this.#isWaiting) {
      if (this.#references > 0) this.#wait();
      else this.#watch?.arm();
    }
    if (this.#isWaiting || this.#references > 0) {
      this.#timer ??= setTimeout(() => this.#recheck(), RECHECK_MS);
    }
  }

  /**
   * Runs after some time: references come and go with each operation, so nothing follows from one
   * before.
   */
  #recheck(): void {
    this.#timer = undefined;
    if (this.#references === 0) {
      this.#endWait();
    } else if (!this.#isWaiting) {
      // Nothing is pending, but something is waited for: this keeps the program alive.
      this.#wait();
    }
    if (this.#pending.size > 0) this.#watch?.arm();
  }

  /** Waits for packets on another thread. */
  #wait(): void {
    if (this.#port === undefined || this.#packets === undefined) return;
    const packets = this.#packets;
    const { GetQueuedCompletionStatusExNonblocking } = kernel32();
    this.#isWaiting = true;
    // A Worker that ends between these two is never reclaimed, so nothing else is done between
    // them.
    packets.count = WAITING;
    GetQueuedCompletionStatusExNonblocking(
      this.#port,
      packets.bytes,
      packets.capacity,
      packets.countMemory.bytes,
      INFINITE,
      0,
    ).then((done) => {
      this.#isWaiting = false;
      this.#isWoken = false;
      if (done === 0) throw new Error("GetQueuedCompletionStatusEx failed on a port that is open");
      this.#dispatch(packets);
    });
  }

  /** Ends the wait of the other thread. */
  #endWait(): void {
    if (!this.#isWaiting || this.#isWoken) return;
    this.#isWoken = true;
    this.post(WAKE_TOKEN);
  }

  /** Takes the packets that are there, and tells how many. */
  #poll(): number {
    const packets = this.#polled;
    if (this.#port === undefined || packets === undefined) return 0;
    const { GetQueuedCompletionStatusEx } = kernel32();
    const { bytes, capacity, countMemory } = packets;
    // It fails if there is nothing: the other thread has been faster.
    if (GetQueuedCompletionStatusEx(this.#port, bytes, capacity, countMemory.bytes, 0, 0) === 0) {
      packets.count = 0;
    }
    const { count } = packets;
    this.#dispatch(packets);
    this.#wakeAgain(packets);
    return count;
  }

  /**
   * Ends the wait of the other thread again if polling took the packet that was to end it.
   * Otherwise that call would wait for ever, and the program with it.
   */
  #wakeAgain(polled: Packets): void {
    let isTaken = false;
    for (let index = 0; index < polled.count; index++) {
      isTaken ||= polled.token(index) === WAKE_TOKEN;
    }
    if (!isTaken) return;
    this.#isWoken = false;
    // Something may keep the program alive again: then it may go on.
    if (this.#references === 0 || this.#heldFences.length > 0) this.#endWait();
  }

  #dispatch(packets: Packets): void {
    const { count } = packets;
    const done: Completable[] = [];
    const values: number[] = [];
    for (let index = 0; index < count; index++) {
      const operation = this.#take(packets.token(index));
      if (operation === undefined) continue;
      done.push(operation);
      values.push(packets.value(index));
    }
    if (!this.#isWaiting && this.#heldFences.length > 0) {
      for (const fence of this.#heldFences.splice(0)) {
        done.push(fence);
        values.push(0);
      }
    }
    // Others go on being waited for while these are dealt with.
    this.#updateWait();
    for (let i = 0; i < done.length; i++) done[i].completed(values[i]);
  }

  /** The operation that a packet is for, if there is one that can be completed now. */
  #take(token: number): Completable | undefined {
    const operation = this.#pending.get(token);
    if (operation === undefined) return undefined;
    if (!operation.isRepeatable) {
      this.#pending.delete(token);
      operation.eventLoopRef?.release();
    }
    if (!operation.isFence || !this.#isWaiting) return operation;
    this.#heldFences.push(operation);
    this.#endWait();
  }
}

/** One for each thread of JavaScript, so that none waits for another. */
export const completionPort = new CompletionPort();
