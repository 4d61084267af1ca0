import { Win32Error } from "../core/error/windows_error.ts";
import type { PipeProfile } from "./pipe_profile.ts";

// What a thread server and its threads say to each other.

/** To a thread. */
export type ToThread =
  | {
    readonly type: "start";
    readonly handler: string;
    readonly profile: PipeProfile;
    /** Not 0 when the server is being closed. */
    readonly stop: Int32Array;
  }
  | {
    readonly type: "serve";
    /** The instance to wait on and to serve; it belongs to the thread from now on. */
    readonly handle: bigint;
    /** Two flags that the thread sets, readable also when it has died: see `CONNECTED` and `OWNED`. */
    readonly state: Int32Array;
  };

/** Index of the flag that says that a client has connected. */
export const CONNECTED = 0;
/** Index of the flag that says that the thread owns the instance, which is closed when the thread ends. */
export const OWNED = 1;

/** From a thread. */
export type FromThread =
  /** It is there, and has loaded the handler. */
  | { readonly type: "ready"; readonly threadId: number }
  | { readonly type: "connected" }
  | { readonly type: "ended"; readonly connected: boolean; readonly error?: ErrorParts }
  | { readonly type: "unusable"; readonly error: ErrorParts };

/**
 * A thrown value in a form that any thread can be sent. An error that is sent as it is loses its class, and one that
 * carries a function cannot be sent at all.
 */
export interface ErrorParts {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: ErrorParts;
  /** Of a `Win32Error`. */
  readonly win32?: {
    readonly code: number;
    readonly operation: string;
    readonly object: string | undefined;
  };
}

/** How many causes of causes are taken along: they may form a ring. */
const MOST_CAUSES = 8;

/** Takes what was thrown apart. */
export function takeApart(thrown: unknown, causes = MOST_CAUSES): ErrorParts {
  if (!(thrown instanceof Error)) return { name: "", message: String(thrown) };
  const { name, message, stack, cause } = thrown;
  return {
    name,
    message,
    stack,
    cause: cause === undefined || causes === 0 ? undefined : takeApart(cause, causes - 1),
    win32: thrown instanceof Win32Error
      ? { code: thrown.code, operation: thrown.operation, object: thrown.object }
      : undefined,
  };
}

/** The error again, of the same class where that is one of JavaScript's, of Deno's or `Win32Error`. */
export function putTogether(parts: ErrorParts): Error {
  const { name, message, stack, win32 } = parts;
  const cause = parts.cause === undefined ? undefined : putTogether(parts.cause);
  const error = win32 === undefined
    ? new (errorClass(name))(message, cause === undefined ? undefined : { cause })
    : new Win32Error(win32.code, win32);
  error.message = message;
  if (name !== "") error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}

type AnyErrorClass = new (message: string, options?: ErrorOptions) => Error;

function errorClass(name: string): AnyErrorClass {
  const known: Readonly<Record<string, AnyErrorClass>> = {
    ...Deno.errors,
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
  };
  return Object.hasOwn(known, name) ? known[name] : Error;
}
