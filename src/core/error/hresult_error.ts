import * as codes from "../../win32/hresult_codes.ts";
import { hexadecimal, symbolsOf, systemText } from "./code_text.ts";
import { rpcErrorClass, rpcSymbol } from "./rpc_error.ts";
import { codeError, type ErrorClass, type FailureContext } from "./windows_error.ts";

const SYMBOLS = symbolsOf(codes);

/** HRESULT_FROM_WIN32(RPC_S_SERVER_UNAVAILABLE). */
const SERVER_UNAVAILABLE = 0x800706ba;

/** Office returns this while the user edits a cell or a dialog is open. No header names it. */
const OFFICE_IS_BUSY = 0x800ac472;

/**
 * The error to throw for a call that returned an HRESULT.
 *
 * @param hresult The HRESULT, signed as COM functions return it or unsigned.
 */
export function hresultError(hresult: number, context: FailureContext): Error {
  const code = hresult >>> 0;
  const win32 = win32CodeOf(code);
  return codeError({
    facility: "hresult",
    code,
    symbol: SYMBOLS.get(code) ?? (win32 === undefined ? undefined : rpcSymbol(win32)),
    number: hexadecimal(code),
    text: systemText(code) ?? (win32 === undefined ? undefined : systemText(win32)),
    errorClass: hresultErrorClass(code) ?? (win32 === undefined ? undefined : rpcErrorClass(win32)),
  }, context);
}

/** The Win32 code that HRESULT_FROM_WIN32 made this HRESULT of. */
function win32CodeOf(code: number): number | undefined {
  return code >>> 16 === 0x8007 ? code & 0xffff : undefined;
}

/** Deno's class for an HRESULT that wraps no Win32 code, if Deno has one that means the same. */
function hresultErrorClass(code: number): ErrorClass | undefined {
  switch (code) {
    case codes.E_NOTIMPL:
    case codes.E_NOINTERFACE:
    case codes.CO_E_NOT_SUPPORTED:
      return Deno.errors.NotSupported;
    case codes.E_ABORT:
    case codes.RPC_E_CALL_CANCELED:
      return Deno.errors.Interrupted;
    case codes.RPC_E_ACCESS_DENIED:
    case codes.RPC_E_REMOTE_DISABLED:
    case codes.CO_E_LAUNCH_PERMSSION_DENIED:
      return Deno.errors.PermissionDenied;
    case codes.RPC_E_DISCONNECTED:
    case codes.RPC_E_SERVER_DIED:
    case codes.RPC_E_SERVER_DIED_DNE:
    case codes.RPC_E_CONNECTION_TERMINATED:
    case codes.CO_E_OBJNOTCONNECTED:
    // What a proxy returns for every call after its server has ended.
    case SERVER_UNAVAILABLE:
      return Deno.errors.BrokenPipe;
    case codes.RPC_E_CALL_REJECTED:
    case codes.RPC_E_RETRY:
    case codes.RPC_E_SERVERCALL_RETRYLATER:
    case codes.RPC_E_SERVERCALL_REJECTED:
    case codes.CLIPBRD_E_CANT_OPEN:
    case codes.CO_E_SERVER_STOPPING:
    case OFFICE_IS_BUSY:
      return Deno.errors.Busy;
    case codes.RPC_E_TIMEOUT:
    case codes.MK_E_EXCEEDEDDEADLINE:
    case codes.CO_E_SERVER_START_TIMEOUT:
    case codes.CO_E_SERVER_INIT_TIMEOUT:
      return Deno.errors.TimedOut;
    case codes.REGDB_E_CLASSNOTREG:
    case codes.CLASS_E_CLASSNOTAVAILABLE:
    case codes.CO_E_CLASSSTRING:
    case codes.CO_E_APPNOTFOUND:
    case codes.CO_E_DLLNOTFOUND:
    case codes.MK_E_UNAVAILABLE:
    case codes.MK_E_NOOBJECT:
    case codes.TYPE_E_LIBNOTREGISTERED:
      return Deno.errors.NotFound;
  }
}
