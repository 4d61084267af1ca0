/**
 * Synchronization between threads, tasks and processes: events, mutexes, semaphores and waitable timers, by name, by inheritance and by
 * duplicated handle.
 *
 * - {@linkcode EventObject} tells that something has happened.
 * - {@linkcode Mutex} lets one at a time into what it protects.
 * - {@linkcode Semaphore} counts free places.
 * - {@linkcode WaitableTimer} becomes signaled at a time.
 * - {@linkcode waitAny} and {@linkcode waitAll} wait for several of them.
 *
 * Every wait comes in two forms. The asynchronous one takes `{ signal, timeout }`, leaves the thread free, and keeps the program alive; one that rejects has
 * taken nothing, and one that has taken something resolves. The one whose name ends in `Sync` blocks the thread.
 *
 * Names are shared with every program of the session, so these objects also reach programs in other languages: a name is what a C program
 * gives to `CreateMutexW` or `OpenEventW`. Objects made here let in only the current user, unless `security` says otherwise.
 *
 * **Workers.** Each has its own objects: open them there by name, or by `handle` and `duplicateTo(Deno.pid)`. An asynchronous wait must have ended before its
 * Worker ends, by itself or by `terminate()`. Windows reports a signal to the thread that waits for it, and if Deno has taken that thread
 * down, the whole process crashes. Blocking waits have no such rule.
 *
 * Needs only `--allow-ffi`.
 *
 * Windows documentation: "Synchronization", "Kernel object namespaces".
 *
 * @example One instance of a program, which can be told to stop
 * ```ts
 * import { EventObject, Mutex } from "@winipc/winipc/sync";
 *
 * using single = Mutex.create({ name: "Local\\converter-running" });
 * using lock = single.tryLock();
 * using stop = EventObject.create({ name: "Local\\converter-stop", manualReset: true });
 * if (lock === null) {
 *   stop.signal();
 * } else {
 *   await stop.wait();
 * }
 * ```
 *
 * @module
 */

export {
  Win32Error,
  type Win32ErrorContext,
  WindowsError,
  type WindowsErrorContext,
  type WindowsErrorInit,
} from "../core/error/windows_error.ts";
export type { WaitOptions, WaitSyncOptions } from "../core/options/wait_options.ts";
export { type SddlOptions, type Security, SecurityDescriptor } from "../security/mod.ts";
export { EventObject, type EventOptions } from "./event.ts";
export { Mutex, type MutexOptions } from "./mutex.ts";
export { MutexLock } from "./mutex_lock.ts";
export type { CreateOptions, OpenOptions, OpenSignalOptions } from "./options.ts";
export { Semaphore, type SemaphoreOptions, SemaphorePermit } from "./semaphore.ts";
export { SynchronizationObject } from "./synchronization_object.ts";
export type {
  AbsoluteSchedule,
  InstantLike,
  PeriodicSchedule,
  RelativeSchedule,
  TimerSchedule,
} from "./timer_schedule.ts";
export { waitAll, type WaitAllResult, waitAllSync } from "./wait_all.ts";
export { waitAny, type WaitAnyResult, waitAnySync } from "./wait_any.ts";
export { Waitable } from "./waitable.ts";
export { WaitableTimer, type WaitableTimerOptions } from "./waitable_timer.ts";
