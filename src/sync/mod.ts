/**
 * Synchronization between threads, tasks and processes: events, mutexes, semaphores and waitable
 * timers, shared by name, by inheritance or by duplicated handle.
 *
 * - {@linkcode EventObject} tells that something has happened.
 * - {@linkcode Mutex} gives one thread at a time exclusive access.
 * - {@linkcode Semaphore} counts permits or jobs.
 * - {@linkcode WaitableTimer} becomes signaled at a given time.
 * - {@linkcode waitAny} and {@linkcode waitAll} wait for several of them, and for processes:
 *   `ProcessObject` of `@winipc/winipc/process`.
 * - {@linkcode Waitable.toSignal} makes an `AbortSignal` of an object that another program signals.
 *
 * Every wait has two forms. The asynchronous form takes `{ signal, timeout }`, leaves the thread
 * free, and keeps the program alive, unless the object's `unref()` lets it end. If it rejects, it
 * has consumed no signal; if a signal has been consumed, it resolves. The form whose name ends in
 * `Sync` takes `{ timeout }` and blocks the thread. A timeout is the total of the call, in
 * milliseconds.
 *
 * Closing an object ends its pending waits with `Deno.errors.Interrupted`; later calls throw
 * `Deno.errors.BadResource`.
 *
 * `open()` fails if there is no object of the name; with `wait: true` it waits for one, so that
 * programs may start in any order. `openSync()` blocks the thread meanwhile.
 *
 * Names are shared with every program of the session, in any language: a name is what a C program
 * passes to `CreateMutexW` or `OpenEventW`. Objects created here let in only the current user,
 * unless `security` says otherwise.
 *
 * **Workers.** Each has its own objects: open them there by name, or by `handle` and
 * `duplicateTo(Deno.pid)`. A Worker may end while it waits: the wait is cancelled, and takes no
 * signal any more. A mutex that it holds is abandoned, if somebody else has it open.
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
 * if (lock === undefined) {
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
export type {
  OpenWaitOptions,
  OpenWaitSyncOptions,
  WaitOptions,
  WaitSyncOptions,
} from "../core/options/wait_options.ts";
export { type SddlOptions, type Security, SecurityDescriptor } from "../security/mod.ts";
export type { DisposableAbortSignal, ToSignalOptions } from "./abort_signal.ts";
export { type EventCreateOptions, EventObject } from "./event_object.ts";
export { Mutex, MutexLock } from "./mutex.ts";
export type { SyncCreateOptions, SyncOpenOptions, WaitableOpenOptions } from "./object_kind.ts";
export { Semaphore, type SemaphoreCreateOptions, SemaphorePermit } from "./semaphore.ts";
export type { SynchronizationObject, Waitable } from "./synchronization_object.ts";
export type {
  AbsoluteSchedule,
  InstantLike,
  PeriodicSchedule,
  RelativeSchedule,
  TimerSchedule,
} from "./timer_schedule.ts";
export { waitAll, type WaitAllResult, waitAllSync } from "./wait_all.ts";
export { waitAny, type WaitAnyResult, waitAnySync } from "./wait_any.ts";
export { WaitableTimer, type WaitableTimerCreateOptions } from "./waitable_timer.ts";
