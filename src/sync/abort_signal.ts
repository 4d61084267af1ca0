import { EventLoopRef } from "../core/io/event_loop_ref.ts";
import { ThreadpoolWait, type WaitOutcome } from "../core/wait/threadpool_wait.ts";
import { tryWait } from "../core/wait/wait_single.ts";
import { INFINITE } from "../win32/kernel32.ts";
import type { SignalSource } from "./synchronization_object.ts";
import { TentativeSignal } from "./tentative_signal.ts";

/** Options for {@linkcode Waitable.toSignal}. */
export interface ToSignalOptions {
  /**
   * Whether the program stays alive until the signal aborts or is disposed of.
   *
   * @default {false}
   */
  readonly ref?: boolean;
}

/** An `AbortSignal` that is disposed of when it is no longer needed. */
export interface DisposableAbortSignal extends AbortSignal, Disposable {}

/** A signal that aborts when an object is signaled; see `Waitable.toSignal()`. */
export function abortWhenSignaled(
  source: SignalSource,
  { ref = false }: ToSignalOptions,
): DisposableAbortSignal {
  const { handle } = source;
  const controller = new AbortController();
  const abort = () => {
    controller.abort(new DOMException(`The ${handle.label} was signaled`, "AbortError"));
  };
  if (tryWait(handle) !== "unsignaled") {
    abort();
    return disposable(controller.signal, () => {});
  }
  const eventLoopRef = new EventLoopRef();
  if (!ref) eventLoopRef.unref();
  let isDisposed = false;
  const tentative = new TentativeSignal(source);
  const settle = (outcome: WaitOutcome) => {
    // What is consumed while it is disposed of must not be lost: where it cannot be restored, it
    // still counts.
    if (outcome === "signaled" && isDisposed && source.consume !== "irreversible") {
      tentative.rollback();
      return;
    }
    tentative.commit();
    if (outcome === "signaled") abort();
  };
  let wait: ThreadpoolWait;
  try {
    wait = new ThreadpoolWait(handle, INFINITE, settle, eventLoopRef);
  } catch (error) {
    tentative.commit();
    throw error;
  }
  return disposable(controller.signal, () => {
    isDisposed = true;
    wait.cancel();
  });
}

function disposable(signal: AbortSignal, dispose: () => void): DisposableAbortSignal {
  return Object.assign(signal, { [Symbol.dispose]: dispose });
}
