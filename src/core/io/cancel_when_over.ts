import { kernel32, THREAD_TERMINATE, WT_EXECUTEINTIMERTHREAD } from "../../win32/kernel32.ts";
import { lastWin32Error } from "../error/windows_error.ts";
import { invalidHandleValue, OwnedHandle } from "../handle/owned_handle.ts";
import { functionAddress } from "../thread/end_calls.ts";
import { threadResources } from "../thread/thread_resources.ts";
import type { Deadline } from "./deadline.ts";

/**
 * Milliseconds between two attempts: the thread may not have made its call yet when its time is
 * over.
 */
const PERIOD = 5;
/** The longest time of a timer in milliseconds; it may fire early then, and the call goes on. */
const LONGEST_TIMER = 0xffff_fffe;

/**
 * Cancels the input and output in which this thread blocks, from when the time of a call is over
 * until the result is disposed of ("CancelSynchronousIo function").
 *
 * No JavaScript runs meanwhile, so a timer of the system calls the function itself. It is deleted,
 * and has returned, before the thread goes on, so that it cancels nothing else.
 */
export function cancelWhenOver(deadline: Deadline): Disposable {
  const { CreateTimerQueueTimer, DeleteTimerQueueTimer } = kernel32();
  const { endCalls } = threadResources();
  const timers = new BigUint64Array(1);
  const created = CreateTimerQueueTimer(
    timers,
    null,
    Deno.UnsafePointer.create(functionAddress("CancelSynchronousIo")),
    thisThread().value,
    // A timer may fire a little early, and the time must be over when the call has been cancelled.
    Math.min(deadline.remainingForWindows + 1, LONGEST_TIMER),
    PERIOD,
    WT_EXECUTEINTIMERTHREAD,
  );
  const timer = Deno.UnsafePointer.create(timers[0]);
  if (created === 0 || timer === null) {
    throw lastWin32Error({
      operation: "CreateTimerQueueTimer",
      doing: "Cannot limit the time of a blocking call",
    });
  }
  // A Worker that is terminated while it blocks does not get as far as to delete it.
  endCalls.deleteTimer(timer);
  return {
    [Symbol.dispose]() {
      DeleteTimerQueueTimer(null, timer, invalidHandleValue());
      endCalls.forgetTimer();
    },
  };
}

let thread: OwnedHandle | undefined;

/** A real handle of this thread, which stays open until the thread ends. */
function thisThread(): OwnedHandle {
  if (thread !== undefined) return thread;
  const { GetCurrentThreadId, OpenThread } = kernel32();
  const value = OpenThread(THREAD_TERMINATE, 0, GetCurrentThreadId());
  if (value === null) {
    throw lastWin32Error({ operation: "OpenThread", doing: "Cannot open this thread" });
  }
  thread = new OwnedHandle(value, "thread of JavaScript");
  thread.closeAtThreadEnd();
  return thread;
}
