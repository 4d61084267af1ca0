import * as codes from "../../win32/error_codes.ts";
import { symbolsOf } from "./code_text.ts";
import type { ErrorClass } from "./windows_error.ts";

// What is known of a Win32 code. HRESULT and RPC_STATUS codes that are Win32 codes are looked up
// here too.

const SYMBOLS = symbolsOf(codes);

/** The name of a Win32 code in winerror.h, if winipc knows it. */
export function win32Symbol(code: number): string | undefined {
  return SYMBOLS.get(code);
}

/** Deno's class for a Win32 code, if Deno has one that means the same. */
export function win32ErrorClass(code: number): ErrorClass | undefined {
  switch (code) {
    case codes.ERROR_FILE_NOT_FOUND:
    case codes.ERROR_PATH_NOT_FOUND:
    case codes.ERROR_BAD_NETPATH:
    case codes.ERROR_BAD_NET_NAME:
    case codes.WSAHOST_NOT_FOUND:
      return Deno.errors.NotFound;
    case codes.ERROR_ACCESS_DENIED:
    case codes.ERROR_PRIVILEGE_NOT_HELD:
    case codes.WSAEACCES:
      return Deno.errors.PermissionDenied;
    case codes.ERROR_FILE_EXISTS:
    case codes.ERROR_ALREADY_EXISTS:
    case codes.ERROR_CLASS_ALREADY_EXISTS:
      return Deno.errors.AlreadyExists;
    case codes.ERROR_BROKEN_PIPE:
    case codes.ERROR_NO_DATA:
    case codes.ERROR_PIPE_NOT_CONNECTED:
    case codes.WSAESHUTDOWN:
      return Deno.errors.BrokenPipe;
    case codes.ERROR_CONNECTION_REFUSED:
    case codes.WSAECONNREFUSED:
      return Deno.errors.ConnectionRefused;
    case codes.WSAECONNRESET:
      return Deno.errors.ConnectionReset;
    case codes.WSAECONNABORTED:
      return Deno.errors.ConnectionAborted;
    case codes.WSAENOTCONN:
      return Deno.errors.NotConnected;
    case codes.WSAEADDRINUSE:
      return Deno.errors.AddrInUse;
    case codes.WSAEADDRNOTAVAIL:
      return Deno.errors.AddrNotAvailable;
    case codes.WSAENETUNREACH:
    case codes.WSAEHOSTUNREACH:
      return Deno.errors.NetworkUnreachable;
    case codes.ERROR_SEM_TIMEOUT:
    case codes.WAIT_TIMEOUT:
    case codes.ERROR_TIMEOUT:
    case codes.WSAETIMEDOUT:
      return Deno.errors.TimedOut;
    case codes.ERROR_OPERATION_ABORTED:
    case codes.WSAEINTR:
      return Deno.errors.Interrupted;
    case codes.ERROR_INVALID_HANDLE:
    case codes.ERROR_INVALID_WINDOW_HANDLE:
    case codes.WSAEBADF:
    case codes.WSAENOTSOCK:
      return Deno.errors.BadResource;
    case codes.ERROR_PIPE_BUSY:
    case codes.ERROR_BUSY:
    case codes.ERROR_SHARING_VIOLATION:
    case codes.ERROR_LOCK_VIOLATION:
      return Deno.errors.Busy;
    case codes.ERROR_NOT_SUPPORTED:
    case codes.ERROR_CALL_NOT_IMPLEMENTED:
    case codes.ERROR_REQUIRES_INTERACTIVE_WINDOWSTATION:
    case codes.WSAEPROTONOSUPPORT:
    case codes.WSAEOPNOTSUPP:
    case codes.WSAEAFNOSUPPORT:
      return Deno.errors.NotSupported;
  }
}
