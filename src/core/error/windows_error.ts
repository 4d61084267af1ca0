/**
 * What a failed call of Windows throws.
 *
 * Every error is a {@linkcode WindowsError}, or has one as its `cause`. The facilities share one
 * class with a `facility` field instead of having a class each: `symbol` names a failure in every
 * facility, so `cause.symbol === "MQ_ERROR_IO_TIMEOUT"` is all that a program has to write, a
 * `switch` over `facility` is checked by TypeScript, and a mechanism adds a facility without adding
 * to the public names. A subclass exists only where there is more to say: {@linkcode Win32Error}
 * keeps the NTSTATUS that its code was translated from, and it is what almost every call gives.
 *
 * This file makes the errors of the Win32 and NTSTATUS facilities. The other facilities have a file
 * each, so that a program loads the tables of the mechanisms it uses and no others.
 *
 * @module
 */

import { ERROR_MR_MID_NOT_FOUND } from "../../win32/error_codes.ts";
import { GetLastError } from "../../win32/library.ts";
import { ntdll } from "../../win32/ntdll.ts";
import * as statusCodes from "../../win32/status_codes.ts";
import { hexadecimal, moduleText, symbolsOf, systemText } from "./code_text.ts";
import { win32ErrorClass, win32Symbol } from "./win32_code.ts";

/** Which call failed, and on what. */
export interface WindowsErrorContext {
  /** The Windows function that failed, such as `"CreateFileMappingW"`. */
  readonly operation: string;
  /** The object it was called for, such as a pipe's path, if there is one. */
  readonly object?: string;
}

/** The fields of a new {@linkcode WindowsError}. */
export interface WindowsErrorInit extends WindowsErrorContext {
  /** The kind of code that `code` is. */
  readonly facility: WindowsError["facility"];
  /** The code, as an unsigned 32-bit number. */
  readonly code: number;
  /** The code's name in the Windows headers, or the number as text if it has no known name. */
  readonly symbol: string;
}

/**
 * A Windows call that failed.
 *
 * If Deno has a class for the failure (`Deno.errors.NotFound`, `Deno.errors.TimedOut`, …), that
 * class is thrown and its `cause` is the `WindowsError`; otherwise the `WindowsError` itself is
 * thrown. It is a {@linkcode Win32Error} if the code is a Win32 code.
 *
 * An error that is sent to another thread by `postMessage()`, or copied by `structuredClone()`,
 * becomes a plain `Error`: it keeps `message`, `stack` and `cause`, and loses the fields of this
 * class. The message has the symbol, the code and what was being done.
 *
 * Windows documentation: "System Error Codes", "NTSTATUS Values", "COM Error Codes",
 * "RPC Return Values", "DdeGetLastError function", "Message Queuing Error and Information Codes".
 *
 * @example Find out which call failed
 * ```ts
 * import { SharedMemory, WindowsError } from "@winipc/winipc/shared-memory";
 *
 * try {
 *   using memory = SharedMemory.create({ name: "Local\\telemetry", size: 2 ** 40 });
 *   console.log(memory.size);
 * } catch (error) {
 *   const failure = error instanceof Error && error.cause instanceof WindowsError
 *     ? error.cause
 *     : error;
 *   if (!(failure instanceof WindowsError)) throw error;
 *   console.log(`${failure.operation}: ${failure.symbol}, a code of ${failure.facility}`);
 * }
 * ```
 */
export class WindowsError extends Error {
  /**
   * The kind of code that {@linkcode WindowsError.code} is:
   *
   * - `"win32"`: a system error code, as GetLastError returns it. Windows Sockets errors are such
   *   codes.
   * - `"ntstatus"`: an NTSTATUS that no Win32 code corresponds to.
   * - `"hresult"`: an HRESULT, as COM functions return it.
   * - `"rpc"`: an RPC_STATUS, as RPC functions return it.
   * - `"dde"`: a DMLERR code, as DdeGetLastError returns it.
   * - `"msmq"`: an HRESULT of Message Queuing.
   */
  readonly facility: "win32" | "ntstatus" | "hresult" | "rpc" | "dde" | "msmq";
  /** The code, as an unsigned 32-bit number: an HRESULT is `0x80070005`, never negative. */
  readonly code: number;
  /**
   * The code's name in the Windows headers, such as `"ERROR_PIPE_BUSY"`, or the number as text if
   * winipc knows no name. An HRESULT without a name of its own that wraps a Win32 code has that
   * code's name.
   */
  readonly symbol: string;
  /** The Windows function that failed. */
  readonly operation: string;
  /** The object it was called for, if there is one. */
  readonly object: string | undefined;

  /**
   * Describes a failed call. winipc makes these errors itself; a program needs the constructor to
   * imitate one in a test.
   *
   * @param message The text of the error.
   * @param init The code and the call that failed.
   */
  constructor(message: string, init: WindowsErrorInit) {
    super(message);
    this.name = "WindowsError";
    this.facility = init.facility;
    this.code = init.code;
    this.symbol = init.symbol;
    this.operation = init.operation;
    this.object = init.object;
  }
}

/** The context of a new {@linkcode Win32Error}. */
export interface Win32ErrorContext extends WindowsErrorContext {
  /** The NTSTATUS that the code was translated from, if the function returned one. */
  readonly ntStatus?: number;
}

/**
 * A Windows call that failed with a system error code, as GetLastError returns it.
 *
 * If Deno has a class for the failure (`Deno.errors.NotFound`, `Deno.errors.TimedOut`, …), that
 * class is thrown and its `cause` is the `Win32Error`; otherwise the `Win32Error` itself is thrown.
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
export class Win32Error extends WindowsError {
  /** Always `"win32"`. */
  declare readonly facility: "win32";
  /**
   * The NTSTATUS that the code was translated from, as an unsigned number such as `0xC0000034`, if
   * the function returned one. Several of them have the same code, so it can tell more than the
   * code does.
   */
  readonly ntStatus: number | undefined;

  /**
   * Describes a failed call; the message is the system's own text for the code.
   *
   * @param code The system error code.
   * @param context The function that failed and the object it was called for.
   */
  constructor(code: number, context: Win32ErrorContext) {
    const symbol = win32Symbol(code);
    const number = String(code);
    super(describe(context.operation, systemText(code), symbol, number), {
      facility: "win32",
      code,
      symbol: symbol ?? number,
      operation: context.operation,
      object: context.object,
    });
    this.name = "Win32Error";
    this.ntStatus = context.ntStatus;
  }
}

/** What to throw for a failed call, besides its code. */
export interface FailureContext extends WindowsErrorContext {
  /** What could not be done, for the reader of the message: `Cannot open mutex "Local\\a"`. */
  readonly doing: string;
  /** Said after the system's text, where winipc knows more than the code tells. */
  readonly hint?: string;
  /** The class to throw, where this call gives the code another meaning than it has elsewhere. */
  readonly errorClass?: ErrorClass;
}

/** A class of errors that can carry a cause. */
export type ErrorClass = new (message: string, options: ErrorOptions) => Error;

/**
 * The calling thread's last error. Only meaningful as the very next thing after a synchronous call
 * that failed (or that says "already exists" by it): nothing may run in between, not even an
 * allocation of consequence.
 */
export function lastErrorCode(): number {
  return GetLastError();
}

/**
 * The error to throw for the call that has just failed: this is the one place where a failed call's
 * code is captured.
 */
export function lastWin32Error(context: FailureContext): Error {
  return win32Error(lastErrorCode(), context);
}

/** The error to throw for a known Win32 code. */
export function win32Error(code: number, context: FailureContext): Error {
  return failure(new Win32Error(code, context), win32ErrorClass(code), context);
}

/**
 * The error to throw for a call that returned an NTSTATUS: that of the Win32 code it corresponds
 * to, with the status kept as `ntStatus`. A status without such a code is an error of its own
 * facility.
 *
 * @param status The NTSTATUS, signed as ntdll returns it or unsigned.
 */
export function ntStatusError(status: number, context: FailureContext): Error {
  const ntStatus = status >>> 0;
  const code = ntdll().RtlNtStatusToDosError(status | 0);
  // A status that a program has defined is translated to itself, which is not a Win32 code.
  if (code === ERROR_MR_MID_NOT_FOUND || (ntStatus & CUSTOMER) !== 0) {
    return untranslatedError(ntStatus, context);
  }
  const { operation, object } = context;
  return failure(
    new Win32Error(code, { operation, object, ntStatus }),
    win32ErrorClass(code),
    context,
  );
}

/** The bit of an NTSTATUS that says that it is not one of Microsoft's. */
const CUSTOMER = 0x2000_0000;

function untranslatedError(ntStatus: number, context: FailureContext): Error {
  return codeError({
    facility: "ntstatus",
    code: ntStatus,
    symbol: STATUS_SYMBOLS.get(ntStatus),
    number: hexadecimal(ntStatus),
    text: moduleText("ntdll.dll", ntStatus),
  }, context);
}

const STATUS_SYMBOLS = symbolsOf(statusCodes);

/** A code of a facility, with what is known of it. */
export interface KnownCode {
  readonly facility: WindowsError["facility"];
  readonly code: number;
  /** Its name in the headers, if winipc knows it. */
  readonly symbol: string | undefined;
  /** The number as the facility writes it. */
  readonly number: string;
  /** What it means, as part of a sentence. */
  readonly text: string | undefined;
  /** Deno's class for it, if Deno has one that means the same. */
  readonly errorClass?: ErrorClass;
}

/** The error to throw for a code of a facility that has no class of its own. */
export function codeError(known: KnownCode, context: FailureContext): Error {
  const { facility, code, symbol, number, text, errorClass } = known;
  const { operation, object } = context;
  const cause = new WindowsError(describe(operation, text, symbol, number), {
    facility,
    code,
    symbol: symbol ?? number,
    operation,
    object,
  });
  return failure(cause, errorClass, context);
}

/** `ConnectNamedPipe: all pipe instances are busy (ERROR_PIPE_BUSY 231)`. */
function describe(
  operation: string,
  text = "unknown error",
  symbol = "error",
  number: string,
): string {
  return `${operation}: ${text} (${symbol} ${number})`;
}

/** The same reason, with what could not be done in place of the function that failed. */
function failure(
  cause: WindowsError,
  errorClass: ErrorClass | undefined,
  context: FailureContext,
): Error {
  const { operation, doing, hint } = context;
  const reason = cause.message.slice(operation.length);
  const message = `${doing}${reason}${hint === undefined ? "" : `; ${hint}`}`;
  const Thrown = context.errorClass ?? errorClass;
  if (Thrown !== undefined) return new Thrown(message, { cause });
  cause.message = message;
  return cause;
}
