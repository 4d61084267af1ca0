import * as codes from "../../win32/rpc_codes.ts";
import { symbolsOf, systemText } from "./code_text.ts";
import { win32ErrorClass, win32Symbol } from "./win32_code.ts";
import { codeError, type ErrorClass, type FailureContext } from "./windows_error.ts";

const SYMBOLS = symbolsOf(codes);

/** The error to throw for a call that returned an RPC_STATUS, or raised one as an exception. */
export function rpcError(status: number, context: FailureContext): Error {
  const code = status >>> 0;
  return codeError({
    facility: "rpc",
    code,
    symbol: rpcSymbol(code),
    number: String(code),
    text: systemText(code),
    errorClass: rpcErrorClass(code),
  }, context);
}

/** The name of an RPC_STATUS, if winipc knows it. Those that are not RPC's own are Win32 codes. */
export function rpcSymbol(status: number): string | undefined {
  return SYMBOLS.get(status) ?? win32Symbol(status);
}

/** Deno's class for an RPC_STATUS, if Deno has one that means the same. */
export function rpcErrorClass(status: number): ErrorClass | undefined {
  switch (status) {
    case codes.RPC_S_SERVER_UNAVAILABLE:
      return Deno.errors.ConnectionRefused;
    case codes.RPC_S_CALL_FAILED:
    case codes.RPC_S_CALL_FAILED_DNE:
    case codes.RPC_S_COMM_FAILURE:
      return Deno.errors.BrokenPipe;
    case codes.RPC_S_SERVER_TOO_BUSY:
    case codes.RPC_S_CALL_IN_PROGRESS:
      return Deno.errors.Busy;
    case codes.RPC_S_CALL_CANCELLED:
      return Deno.errors.Interrupted;
    case codes.RPC_S_NO_ENDPOINT_FOUND:
    case codes.RPC_S_OBJECT_NOT_FOUND:
    case codes.EPT_S_NOT_REGISTERED:
      return Deno.errors.NotFound;
    case codes.RPC_S_ALREADY_REGISTERED:
    case codes.RPC_S_TYPE_ALREADY_REGISTERED:
    case codes.RPC_S_DUPLICATE_ENDPOINT:
      return Deno.errors.AlreadyExists;
    case codes.RPC_S_INVALID_BINDING:
    case codes.RPC_S_INVALID_ASYNC_HANDLE:
      return Deno.errors.BadResource;
    case codes.RPC_S_PROXY_ACCESS_DENIED:
      return Deno.errors.PermissionDenied;
    case codes.RPC_S_PROTSEQ_NOT_SUPPORTED:
    case codes.RPC_S_UNKNOWN_IF:
    case codes.RPC_S_UNSUPPORTED_TRANS_SYN:
    case codes.RPC_S_UNSUPPORTED_TYPE:
    case codes.RPC_S_UNSUPPORTED_AUTHN_LEVEL:
    case codes.RPC_S_PROCNUM_OUT_OF_RANGE:
    case codes.RPC_S_CANNOT_SUPPORT:
      return Deno.errors.NotSupported;
    case codes.RPC_X_BAD_STUB_DATA:
      return Deno.errors.InvalidData;
  }
  return win32ErrorClass(status);
}
