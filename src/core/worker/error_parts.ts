import {
  Win32Error,
  type Win32ErrorContext,
  WindowsError,
  type WindowsErrorInit,
} from "../error/windows_error.ts";

/**
 * A thrown value in a form that any thread can be sent. An error that is sent as it is loses its
 * class, and one that carries a function cannot be sent at all.
 */
export interface ErrorParts {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: ErrorParts;
  /** Of a `WindowsError`. */
  readonly windows?: WindowsErrorInit & Win32ErrorContext;
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
    windows: thrown instanceof WindowsError ? fieldsOf(thrown) : undefined,
  };
}

function fieldsOf(error: WindowsError): ErrorParts["windows"] {
  const { facility, code, symbol, operation, object } = error;
  const ntStatus = error instanceof Win32Error ? error.ntStatus : undefined;
  return { facility, code, symbol, operation, object, ntStatus };
}

/** The error again, of the same class where that is one of JavaScript's, Deno's or winipc's. */
export function putTogether(parts: ErrorParts): Error {
  const { name, message, stack, windows } = parts;
  const cause = parts.cause === undefined ? undefined : putTogether(parts.cause);
  const error = windows === undefined
    ? new (errorClass(name))(message, cause === undefined ? undefined : { cause })
    : windows.facility === "win32"
    ? new Win32Error(windows.code, windows)
    : new WindowsError(message, windows);
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
