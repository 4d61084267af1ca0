import { createCodePage, thunkAddresses, type Thunks } from "../callback/code_page.ts";
import { lastWin32Error } from "../error/windows_error.ts";
import { NativeHeap, type NativeMemory } from "../memory/native_heap.ts";
import { kernel32, SYNCHRONIZE, THREAD_TERMINATE } from "../../win32/kernel32.ts";
import { EndCalls } from "./end_calls.ts";
import { IoBlocks } from "./io_blocks.ts";
import { reclaimEnded } from "./reclaim.ts";
import { FIELD, type ThreadRecord, ThreadRegistry } from "./registry.ts";

/**
 * The native resources of this thread of JavaScript: what outlives its isolate, and what becomes of
 * it then.
 *
 * A Worker can end at any moment, by `terminate()`, by `self.close()` or by an error, and runs no
 * more JavaScript then. So:
 *
 * - When the thread ends, the thread pool runs a list of native calls (`EndCalls`): waits are
 *   cancelled, so that they take no signal any more, and the handles of pipes and mailslots are
 *   closed, so that peers see it. This happens at once.
 * - The memory that the kernel may still write to, and the completion port, are freed by the next
 *   thread of the process that starts to use this package, once every operation is known to be over
 *   (`reclaimEnded`). So at most the memory of the Workers that ended since then is kept.
 */
export class ThreadResources {
  readonly #heap: NativeHeap;
  readonly #record: ThreadRecord | undefined;
  readonly thunks: Thunks;
  /** A real handle of this thread. It is closed when the thread is reclaimed, after `endCalls`. */
  readonly thread: Deno.PointerObject;
  readonly endCalls: EndCalls;
  readonly blocks: IoBlocks;
  /**
   * The cleanup group of all thread-pool waits of this thread ("CreateThreadpoolCleanupGroup
   * function").
   */
  readonly cleanupGroup: Deno.PointerObject;

  constructor() {
    const registry = ThreadRegistry.open();
    reclaimEnded(registry);
    this.thunks = thunkAddresses(registry.codePage(createCodePage));
    // The record is filled step by step, so that nothing is lost if this thread ends between two of
    // them.
    this.#record = registry.claim();
    this.thread = this.#openThread();
    this.#heap = new NativeHeap();
    this.#record?.set(FIELD.heap, this.#heap.address);
    this.cleanupGroup = createCleanupGroup();
    this.endCalls = new EndCalls(this.#heap, this.thunks, this.cleanupGroup);
    this.blocks = new IoBlocks(this.#heap, (address) => this.#record?.set(FIELD.blocks, address));
    this.#runCallsAtEnd();
  }

  #openThread(): Deno.PointerObject {
    const { GetCurrentThreadId, OpenThread } = kernel32();
    const threadId = GetCurrentThreadId();
    const thread = OpenThread(SYNCHRONIZE | THREAD_TERMINATE, 0, threadId);
    if (thread === null) {
      throw lastWin32Error({ operation: "OpenThread", doing: "Cannot open this thread" });
    }
    this.#record?.set(FIELD.threadId, BigInt(threadId));
    this.#record?.set(FIELD.thread, Deno.UnsafePointer.value(thread));
    return thread;
  }

  /** Lets the thread pool run the calls when this thread ends. */
  #runCallsAtEnd(): void {
    const calls = this.endCalls.address;
    this.#record?.set(FIELD.callsDone, this.endCalls.doneAddress);
    this.#record?.set(FIELD.calls, calls);
    const { CreateThreadpoolWait, SetThreadpoolWait } = kernel32();
    const wait = CreateThreadpoolWait(this.thunks.runCalls, calls, null);
    if (wait === null) {
      throw lastWin32Error({
        operation: "CreateThreadpoolWait",
        doing: "Cannot wait for the end of this thread",
      });
    }
    this.#record?.set(FIELD.endWait, Deno.UnsafePointer.value(wait));
    SetThreadpoolWait(wait, this.thread, null);
  }

  /** Zeroed memory that outlives the isolate, until the thread is reclaimed. */
  allocate(size: number): NativeMemory {
    return this.#heap.allocate(size);
  }

  /** How many allocations there are: a test of leaks reads it. */
  get allocations(): number {
    return this.#heap.blocks;
  }

  /**
   * Hands over the completion port of this thread.
   *
   * @param waitState Where a wait for packets says whether it is under way: see `PacketWait`.
   * @param wake Context of the thunk that ends such a wait.
   */
  adoptPort(port: Deno.PointerObject, waitState: NativeMemory, wake: NativeMemory): void {
    this.#record?.set(FIELD.waitState, waitState.address);
    this.#record?.set(FIELD.port, Deno.UnsafePointer.value(port));
    this.endCalls.postLast(wake.address);
  }
}

function createCleanupGroup(): Deno.PointerObject {
  const group = kernel32().CreateThreadpoolCleanupGroup();
  if (group !== null) return group;
  throw lastWin32Error({
    operation: "CreateThreadpoolCleanupGroup",
    doing: "Cannot wait asynchronously",
  });
}

let resources: ThreadResources | undefined;

/** The resources of this thread, made at first use. */
export function threadResources(): ThreadResources {
  return resources ??= new ThreadResources();
}

/**
 * Whether this thread is a Worker, which may end while the process goes on. (A main program, and a
 * module that `deno test` runs, ends with an `unload` event.)
 */
export const isWorker = "DedicatedWorkerGlobalScope" in globalThis;
