import { INFINITE } from "../../win32/kernel32.ts";
import { kernel32 } from "../../win32/kernel32.ts";
import { lastWin32Error } from "../error/windows_error.ts";
import { invalidHandleValue, OwnedHandle } from "../handle/owned_handle.ts";
import { createWait, WAIT_CALLBACK } from "./threadpool.ts";
import { OVERLAPPED_ENTRY } from "../../win32/structs.ts";

/** What is told when the kernel is done with an operation. */
export interface Completable {
  /** Called once. It must not throw. */
  completed(): void;
}

/** The most packets that are taken at once. */
const MOST_PACKETS = 512;
/** A number that no operation has: its packet only ends a wait for packets. */
const NUDGE = 0n;
/** How long a wait for packets is left alone, in milliseconds. */
const PATIENCE = 20;

const ENTRY_WORDS = OVERLAPPED_ENTRY.size / 8;
const NUMBER_WORD = OVERLAPPED_ENTRY.fields.lpOverlapped.offset / 8;

/** Room for the packets of one call ("OVERLAPPED_ENTRY structure (minwinbase.h)"). */
class Packets {
  readonly buffer = new Uint8Array(new ArrayBuffer(MOST_PACKETS * OVERLAPPED_ENTRY.size));
  readonly count = new Uint32Array(new ArrayBuffer(4));
  readonly #words = new BigUint64Array(this.buffer.buffer);

  /** What the operation was started with, which the packet carries in place of an address. */
  numberOf(index: number): bigint {
    return this.#words[index * ENTRY_WORDS + NUMBER_WORD];
  }
}

/**
 * The completion port of this thread of JavaScript ("I/O Completion Ports"), and how packets get from it to JavaScript.
 *
 * While something that keeps the program alive is pending, a call on another thread waits for packets, and brings all that are
 * there at once: for each one apart, waking JavaScript would cost more than the rest of the operation. Such a call keeps
 * the program alive, and it needs one of Deno's threads for blocking calls, of which there are few (four for each processor): other
 * calls that block, as reads from the pipes of child processes, may take them all.
 *
 * So the port is also watched by a wait of the thread pool, which needs none of these threads and lets the program end:
 * when nothing that is pending keeps the program alive, and when the call has not come back for some time, as it then may not have begun.
 * To be woken by it takes longer, and nobody notices after a pause.
 */
class CompletionPort {
  readonly #pending = new Map<bigint, Completable>();
  #lastNumber = NUDGE;
  /** How many things that wait keep the program alive. */
  #references = 0;
  #port: OwnedHandle | undefined;
  readonly #fetched = new Packets();
  #isFetching = false;
  #isNudged = false;
  readonly #polled = new Packets();
  #watch: Deno.PointerObject | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  get pending(): number {
    return this.#pending.size;
  }

  /** Lets the operations of a handle complete at this port. */
  attach(handle: OwnedHandle): void {
    this.#port ??= this.#create();
    const port = kernel32().CreateIoCompletionPort(handle.value, this.#port.value, 0n, 0);
    if (port === null) {
      throw lastWin32Error({
        operation: "CreateIoCompletionPort",
        doing: `Cannot use the ${handle.label} asynchronously`,
      });
    }
  }

  #create(): OwnedHandle {
    const value = kernel32().CreateIoCompletionPort(invalidHandleValue(), null, 0n, 1);
    if (value === null) {
      throw lastWin32Error({
        operation: "CreateIoCompletionPort",
        doing: "Cannot wait asynchronously",
      });
    }
    const port = new OwnedHandle(value, "completion port");
    const callback = Deno.UnsafeCallback.threadSafe(WAIT_CALLBACK, () => this.#poll());
    callback.unref();
    this.#watch = createWait(callback, 0n, port.label);
    return port;
  }

  /** A number for the packet of an operation that is about to be started; no other one will have it. */
  nextNumber(): bigint {
    return ++this.#lastNumber;
  }

  /** The operation with this number is pending. Until it is completed it is kept, and with it the memory that the kernel uses. */
  expect(number: bigint, operation: Completable): void {
    this.#pending.set(number, operation);
    // Who waits for it says whether it keeps the program alive, still in this turn.
    if (this.#references > 0) this.#arrange();
    else queueMicrotask(() => this.#arrange());
  }

  keepAlive(): void {
    if (this.#references++ === 0) this.#arrange();
  }

  letExit(): void {
    if (--this.#references === 0) this.#arrange();
  }

  /** Sees to it that somebody waits for packets, as long as and in the way it is needed. */
  #arrange(): void {
    const hasPending = this.#pending.size > 0;
    if (this.#references === 0 && !hasPending) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#nudge();
      return;
    }
    if (hasPending && !this.#isFetching) {
      if (this.#references > 0) this.#fetch();
      else this.#watchPort();
    }
    if (this.#isFetching || this.#references > 0) {
      this.#timer ??= setTimeout(() => this.#review(), PATIENCE);
    }
  }

  /** After a while without change. References come and go with each operation, so nothing is made of it before. */
  #review(): void {
    this.#timer = undefined;
    if (this.#references === 0) {
      this.#nudge();
    } else if (!this.#isFetching) {
      // Nothing is pending, but something is waited for: this keeps the program alive.
      this.#fetch();
    }
    if (this.#pending.size > 0) this.#watchPort();
  }

  /** Waits for packets on another thread. */
  #fetch(): void {
    if (this.#port === undefined) return;
    this.#isFetching = true;
    const { buffer, count } = this.#fetched;
    kernel32().GetQueuedCompletionStatusExNonblocking(
      this.#port.value,
      buffer,
      MOST_PACKETS,
      count,
      INFINITE,
      0,
    ).then((done) => {
      this.#isFetching = false;
      this.#isNudged = false;
      if (done === 0) throw new Error("GetQueuedCompletionStatusEx failed on a port that is open");
      this.#dispatch(this.#fetched);
    });
  }

  /** Ends the wait of the other thread. */
  #nudge(): void {
    if (this.#port === undefined || !this.#isFetching || this.#isNudged) return;
    this.#isNudged = true;
    if (kernel32().PostQueuedCompletionStatus(this.#port.value, 0, NUDGE, null) === 0) {
      throw lastWin32Error({ operation: "PostQueuedCompletionStatus", doing: "Cannot end a wait" });
    }
  }

  /** Lets the thread pool watch the port: it is signaled while there are packets. */
  #watchPort(): void {
    if (this.#port === undefined || this.#watch === undefined) return;
    kernel32().SetThreadpoolWait(this.#watch, this.#port.value, null);
  }

  /** Takes what is there. Never throws: it is called by the pool's thread. */
  #poll(): void {
    if (this.#port === undefined) return;
    const { buffer, count } = this.#polled;
    const { value } = this.#port;
    // Its failure is that there is nothing: the other thread has been faster.
    if (kernel32().GetQueuedCompletionStatusEx(value, buffer, MOST_PACKETS, count, 0, 0) === 0) {
      count[0] = 0;
    }
    this.#dispatch(this.#polled);
  }

  #dispatch(packets: Packets): void {
    const done: Completable[] = [];
    for (let i = 0; i < packets.count[0]; i++) {
      const number = packets.numberOf(i);
      const operation = this.#pending.get(number);
      // There is none for a nudge, and for a packet that Windows queues though the call had completed at once.
      if (operation === undefined) continue;
      this.#pending.delete(number);
      done.push(operation);
    }
    // Others go on being waited for while these are dealt with.
    this.#arrange();
    for (const operation of done) operation.completed();
  }
}

/** One for each thread of JavaScript, so that none waits for another. */
export const completionPort = new CompletionPort();
