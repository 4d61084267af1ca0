import { BlockingCalls } from "../core/io/blocking_calls.ts";
import { Deadline, type TimeoutContext } from "../core/io/deadline.ts";
import { allocateForProcess } from "../core/memory/native_heap.ts";
import { SMTO_ABORTIFHUNG, SMTO_ERRORONEXIT, SMTO_NORMAL, user32 } from "../win32/user32.ts";
import { isMoreTrusted } from "./window_process.ts";

/** What has become of a message that was sent. */
export type SendOutcome =
  | { readonly status: "answered"; readonly result: bigint }
  | { readonly status: "hung" | "timeout" | "gone" | "denied" };

/** One message to one window. */
export interface TimedSend {
  readonly window: Deno.PointerObject;
  readonly message: number;
  readonly wParam: bigint;
  /** The parameter, or what it points to. */
  readonly lParam: bigint | NativePayload;
  readonly ifHung: "fail" | "wait";
  readonly deadline: Deadline | undefined;
  /** What to throw if the time is over before it is its turn. */
  readonly timedOut: TimeoutContext;
}

/** Native memory that a message points to. */
export interface NativePayload {
  readonly size: number;
  /** Fills the memory, which lies at the address. */
  fill(memory: Uint8Array<ArrayBuffer>, address: bigint): void;
}

/**
 * The longest timeout that Windows is given, in milliseconds: for the longest it takes it is
 * endless.
 */
const LONGEST_TIMEOUT = 0x7fff_ffff;
const RESULT_SIZE = 8;

/** A sent message takes a thread until it is answered: see `BlockingCalls`. */
const calls = new BlockingCalls(4);

/**
 * Sends a message and waits for what the window answers ("SendMessageTimeoutW function").
 *
 * The call on another thread uses its memory until it returns, also after an abort, so that lies on
 * the heap of the process.
 *
 * @throws The signal's reason, if it aborts: the message may have been handled, or be handled yet.
 */
export async function sendTimed(send: TimedSend): Promise<SendOutcome> {
  const { deadline, timedOut } = send;
  let callMade = false;
  const made = calls.runToEnd(
    () => {
      callMade = true;
      return callWindows(send);
    },
    deadline,
    () => deadline!.timedOut(timedOut),
  );
  if (deadline?.signal === undefined) return await made;
  const { promise, resolve, reject } = Promise.withResolvers<SendOutcome>();
  made.then(resolve, reject);
  // Only the signal: Windows itself keeps the time, and its answer says more.
  using _watch = Deadline.start({ signal: deadline.signal })!.watch(
    (reason) => callMade && reject(reason),
    () => undefined,
  );
  return await promise;
}

async function callWindows({ window, message, wParam, lParam, ifHung, deadline }: TimedSend) {
  const { IsHungAppWindow, IsWindow, SendMessageTimeoutWNonblocking } = user32();
  const timeout = Math.min(Math.max(1, deadline?.remainingForWindows ?? Infinity), LONGEST_TIMEOUT);
  const size = RESULT_SIZE + (typeof lParam === "bigint" ? 0 : lParam.size);
  const memory = allocateForProcess(size);
  try {
    let parameter: bigint;
    if (typeof lParam === "bigint") parameter = lParam;
    else {
      parameter = memory.address + BigInt(RESULT_SIZE);
      lParam.fill(memory.bytes.subarray(RESULT_SIZE), parameter);
    }
    const flags = SMTO_ERRORONEXIT | (ifHung === "fail" ? SMTO_ABORTIFHUNG : SMTO_NORMAL);
    const started = performance.now();
    const done = await SendMessageTimeoutWNonblocking(
      window,
      message,
      wParam,
      parameter,
      flags,
      timeout,
      memory.pointer,
    );
    if (done !== 0n) {
      return {
        status: "answered",
        result: new BigInt64Array(memory.bytes.buffer, 0, 1)[0],
      } as const;
    }
    // The error code stays on the other thread, so what has happened is found out.
    if (IsWindow(window) === 0) return { status: "gone" } as const;
    if (performance.now() - started >= timeout - 1) return { status: "timeout" } as const;
    if (IsHungAppWindow(window) !== 0) return { status: "hung" } as const;
    return { status: isElevated(window) ? "denied" : "gone" } as const;
  } finally {
    memory.free();
  }
}

function isElevated(window: Deno.PointerObject): boolean {
  const processId = new Uint32Array(1);
  user32().GetWindowThreadProcessId(window, processId);
  return processId[0] !== 0 && isMoreTrusted(processId[0]);
}
