import { FORMAT_MESSAGE_FROM_SYSTEM, FORMAT_MESSAGE_IGNORE_INSERTS } from "../../win32/kernel32.ts";
import * as codes from "../../win32/error_codes.ts";
import { kernel32 } from "../../win32/kernel32.ts";
import { GetLastError } from "../../win32/library.ts";
import { ntdll } from "../../win32/ntdll.ts";
import { decodeWide } from "../text/wide_string.ts";

/** The names of the codes winipc knows, by number. */
const SYMBOLS: ReadonlyMap<number, string> = new Map(
  Object.entries(codes).map(([symbol, code]) => [code, symbol]),
);

const LANGUAGE_ENGLISH_US = 0x409;
const LANGUAGE_SYSTEM_DEFAULT = 0;

/** What a failed Windows call was about. */
export interface Win32ErrorContext {
  /** The Windows function that failed, such as `"CreateFileMappingW"`. */
  readonly operation: string;
  /** The object it was called for, such as a pipe's path, if there is one. */
  readonly object?: string;
}

/**
 * A Windows call that failed.
 *
 * Where Deno has a class for the failure (`Deno.errors.NotFound`, `Deno.errors.TimedOut`, …) that class is thrown and
 * its `cause` is the `Win32Error`; otherwise the `Win32Error` itself is thrown.
 *
 * Windows documentation: "System Error Codes".
 *
 * @example Tell one cause from another
 * ```ts
 * import { SharedMemory, Win32Error } from "@winipc/winipc/shared-memory";
 *
 * try {
 *   using memory = SharedMemory.open({ name: "Local\\telemetry" });
 *   console.log(memory.size);
 * } catch (error) {
 *   if (!(error instanceof Deno.errors.NotFound)) throw error;
 *   const { code, symbol, operation } = error.cause as Win32Error;
 *   console.log(`not running yet: ${operation} said ${symbol} (${code})`);
 * }
 * ```
 */
export class Win32Error extends Error {
  /** The system error code, as GetLastError gives it. */
  readonly code: number;
  /** The code's name in winerror.h, such as `"ERROR_PIPE_BUSY"`, or the number as text where winipc has no name. */
  readonly symbol: string;
  /** The Windows function that failed. */
  readonly operation: string;
  /** The object it was called for, if there is one. */
  readonly object: string | undefined;

  /**
   * Describes a failed call; the message is the system's own text for the code.
   *
   * @param code The system error code.
   * @param context The function that failed and the object it was called for.
   */
  constructor(code: number, context: Win32ErrorContext) {
    const symbol = SYMBOLS.get(code) ?? String(code);
    super(`${context.operation}: ${describeCode(code)}`);
    this.name = "Win32Error";
    this.code = code;
    this.symbol = symbol;
    this.operation = context.operation;
    this.object = context.object;
  }
}

/** What to throw for a failed call, besides its code. */
export interface FailureContext extends Win32ErrorContext {
  /** What could not be done, for the reader of the message: `Cannot open mutex "Local\\a"`. */
  readonly doing: string;
  /** Said after the system's text, where winipc knows more than the code tells. */
  readonly hint?: string;
  /** The class to throw, where this call gives the code another meaning than it has elsewhere. */
  readonly errorClass?: ErrorClass;
}

/**
 * The calling thread's last error. Only meaningful as the very next thing after a synchronous call that failed (or
 * that says "already exists" by it): nothing may run in between, not even an allocation of consequence.
 */
export function lastErrorCode(): number {
  return GetLastError();
}

/** The error to throw for the call that has just failed: this is the one place where a failed call's code is captured. */
export function lastWin32Error(context: FailureContext): Error {
  return win32Error(lastErrorCode(), context);
}

/** The error to throw for a call that gave an NTSTATUS. */
export function ntStatusError(status: number, context: FailureContext): Error {
  return win32Error(ntdll().RtlNtStatusToDosError(status), context);
}

/** The error to throw for a known code. */
export function win32Error(code: number, context: FailureContext): Error {
  const { doing, hint } = context;
  const cause = new Win32Error(code, context);
  const message = `${doing}: ${describeCode(code)}${hint === undefined ? "" : `; ${hint}`}`;
  const DenoError = context.errorClass ?? denoErrorClass(code);
  if (DenoError !== undefined) return new DenoError(message, { cause });
  cause.message = message;
  return cause;
}

/** A class of errors that can carry a cause. */
export type ErrorClass = new (message: string, options: ErrorOptions) => Error;

/** Deno's class for a code, where Deno has one that means the same. */
function denoErrorClass(code: number): ErrorClass | undefined {
  switch (code) {
    case codes.ERROR_FILE_NOT_FOUND:
    case codes.ERROR_PATH_NOT_FOUND:
    case codes.ERROR_BAD_NETPATH:
    case codes.ERROR_BAD_NET_NAME:
      return Deno.errors.NotFound;
    case codes.ERROR_ACCESS_DENIED:
    case codes.ERROR_PRIVILEGE_NOT_HELD:
      return Deno.errors.PermissionDenied;
    case codes.ERROR_FILE_EXISTS:
    case codes.ERROR_ALREADY_EXISTS:
      return Deno.errors.AlreadyExists;
    case codes.ERROR_BROKEN_PIPE:
    case codes.ERROR_NO_DATA:
    case codes.ERROR_PIPE_NOT_CONNECTED:
      return Deno.errors.BrokenPipe;
    case codes.ERROR_CONNECTION_REFUSED:
      return Deno.errors.ConnectionRefused;
    case codes.ERROR_SEM_TIMEOUT:
    case codes.WAIT_TIMEOUT:
    case codes.ERROR_TIMEOUT:
      return Deno.errors.TimedOut;
    case codes.ERROR_OPERATION_ABORTED:
      return Deno.errors.Interrupted;
    case codes.ERROR_INVALID_HANDLE:
      return Deno.errors.BadResource;
    case codes.ERROR_PIPE_BUSY:
    case codes.ERROR_BUSY:
    case codes.ERROR_SHARING_VIOLATION:
    case codes.ERROR_LOCK_VIOLATION:
      return Deno.errors.Busy;
    case codes.ERROR_NOT_SUPPORTED:
    case codes.ERROR_CALL_NOT_IMPLEMENTED:
      return Deno.errors.NotSupported;
  }
}

/** `all pipe instances are busy (ERROR_PIPE_BUSY 231)`. */
function describeCode(code: number): string {
  const symbol = SYMBOLS.get(code);
  return `${systemText(code)} (${symbol === undefined ? "error" : symbol} ${code})`;
}

/** The system's text for a code, made to stand inside a sentence. */
function systemText(code: number): string {
  const text = formatMessage(code, LANGUAGE_ENGLISH_US) ??
    formatMessage(code, LANGUAGE_SYSTEM_DEFAULT) ?? "unknown error";
  const sentence = text.replace(/\s+/g, " ").trim().replace(/\.$/, "");
  // Lower the first letter of a word, not of an acronym or a name: "All pipes…", but "I/O…" and "DNS…".
  return /^[A-Z][a-z]|^A /.test(sentence)
    ? sentence[0].toLowerCase() + sentence.slice(1)
    : sentence;
}

function formatMessage(code: number, language: number): string | undefined {
  if (Deno.build.os !== "windows") return undefined;
  const text = new Uint16Array(1024);
  const length = kernel32().FormatMessageW(
    FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS,
    null,
    code,
    language,
    text,
    text.length,
    null,
  );
  return length === 0 ? undefined : decodeWide(text.subarray(0, length));
}
