import { kernel32, WT_EXECUTEINTIMERTHREAD } from "../../win32/kernel32.ts";
import { lastWin32Error } from "../error/windows_error.ts";
import { functionAddress } from "../thread/end_calls.ts";
import { threadResources } from "../thread/thread_resources.ts";
import type { Deadline } from "./deadline.ts";

/**
 * Milliseconds between two attempts: the thread may not have made its call yet when its time is
 * over.
 */
const PERIOD = 5;
/** INVALID_HANDLE_VALUE: to delete a timer then waits until its callback has returned. */
const WAIT_FOR_CALLBACK = 0xffff_ffff_ffff_ffffn;
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
  const { endCalls, thread } = threadResources();
  const timers = new BigUint64Array(1);
  const created = CreateTimerQueueTimer(
    timers,
    null,
    Deno.UnsafePointer.create(functionAddress("CancelSynchronousIo")),
    thread,
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
  const atThreadEnd = endCalls.call(functionAddress("DeleteTimerQueueTimer"), [
    0n,
    Deno.UnsafePointer.value(timer),
    WAIT_FOR_CALLBACK,
  ]);
  return {
    [Symbol.dispose]() {
      DeleteTimerQueueTimer(null, timer, Deno.UnsafePointer.create(WAIT_FOR_CALLBACK));
      atThreadEnd.cancel();
    },
  };
}
