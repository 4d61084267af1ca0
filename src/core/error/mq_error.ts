import * as codes from "../../win32/mq_codes.ts";
import { hexadecimal, moduleText, symbolsOf } from "./code_text.ts";
import { hresultError } from "./hresult_error.ts";
import { codeError, type ErrorClass, type FailureContext } from "./windows_error.ts";

const SYMBOLS = symbolsOf(codes);

/** What the codes mean, for a Windows whose mqutil.dll has no text. */
const TEXTS: ReadonlyMap<number, string> = new Map([
  [codes.MQ_ERROR_PROPERTY, "one or more of the properties are not valid"],
  [codes.MQ_ERROR_QUEUE_NOT_FOUND, "the queue does not exist"],
  [codes.MQ_ERROR_QUEUE_EXISTS, "a queue with this path exists"],
  [codes.MQ_ERROR_INVALID_PARAMETER, "a parameter is not valid"],
  [codes.MQ_ERROR_INVALID_HANDLE, "the handle is not valid"],
  [codes.MQ_ERROR_OPERATION_CANCELLED, "the operation was cancelled before it was complete"],
  [codes.MQ_ERROR_SHARING_VIOLATION, "the queue is open for exclusive use"],
  [codes.MQ_ERROR_SERVICE_NOT_AVAILABLE, "the Message Queuing service is not running"],
  [codes.MQ_ERROR_MACHINE_NOT_FOUND, "the computer was not found"],
  [codes.MQ_ERROR_NO_DS, "there is no connection to Active Directory"],
  [codes.MQ_ERROR_ILLEGAL_QUEUE_PATHNAME, "the path of the queue is not valid"],
  [codes.MQ_ERROR_ILLEGAL_PROPERTY_VALUE, "the value of a property is not valid"],
  [codes.MQ_ERROR_ILLEGAL_PROPERTY_VT, "the type of a property is not valid"],
  [codes.MQ_ERROR_BUFFER_OVERFLOW, "the buffer is too small for the message body"],
  [codes.MQ_ERROR_IO_TIMEOUT, "no message came within the timeout"],
  [codes.MQ_ERROR_ILLEGAL_CURSOR_ACTION, "the cursor is not at a message"],
  [codes.MQ_ERROR_MESSAGE_ALREADY_RECEIVED, "another receiver has taken the message"],
  [codes.MQ_ERROR_ILLEGAL_FORMATNAME, "the format name is not valid"],
  [codes.MQ_ERROR_FORMATNAME_BUFFER_TOO_SMALL, "the buffer is too small for the format name"],
  [
    codes.MQ_ERROR_UNSUPPORTED_FORMATNAME_OPERATION,
    "a format name of this kind does not allow the operation",
  ],
  [codes.MQ_ERROR_ILLEGAL_SECURITY_DESCRIPTOR, "the security descriptor is not valid"],
  [codes.MQ_ERROR_ACCESS_DENIED, "access is denied"],
  [codes.MQ_ERROR_PRIVILEGE_NOT_HELD, "the user does not have a privilege that the call needs"],
  [codes.MQ_ERROR_INSUFFICIENT_RESOURCES, "there are not enough resources"],
  [codes.MQ_ERROR_MESSAGE_STORAGE_FAILED, "the message could not be stored"],
  [codes.MQ_ERROR_PROPERTY_NOTALLOWED, "a property does not belong in this call"],
  [codes.MQ_ERROR_UNSUPPORTED_ACCESS_MODE, "the queue cannot be opened in this mode"],
  [codes.MQ_ERROR_NO_RESPONSE_FROM_OBJECT_SERVER, "Active Directory did not answer"],
  [codes.MQ_ERROR_QUEUE_NOT_AVAILABLE, "the queue cannot be reached"],
  [codes.MQ_ERROR_DTC_CONNECT, "the Distributed Transaction Coordinator cannot be reached"],
  [codes.MQ_ERROR_TRANSACTION_USAGE, "the queue and the call do not agree about transactions"],
  [codes.MQ_ERROR_TRANSACTION_SEQUENCE, "the transaction does not allow the operation now"],
  [codes.MQ_ERROR_STALE_HANDLE, "the service was restarted after the queue was opened"],
  [codes.MQ_ERROR_TRANSACTION_ENLIST, "the call could not take part in the transaction"],
  [codes.MQ_ERROR_QUEUE_DELETED, "the queue was deleted"],
  [codes.MQ_ERROR_LABEL_TOO_LONG, "the label is too long"],
  [codes.MQ_ERROR_REMOTE_MACHINE_NOT_AVAILABLE, "the remote computer cannot be reached"],
  [codes.MQ_ERROR_UNSUPPORTED_OPERATION, "this installation does not support the operation"],
  [codes.MQ_ERROR_MESSAGE_NOT_FOUND, "there is no such message in the queue"],
  [
    codes.MQ_ERROR_NOT_SUPPORTED_BY_DEPENDENT_CLIENTS,
    "a dependent client does not support the operation",
  ],
  [
    codes.MQ_ERROR_OPERATION_NOT_SUPPORTED_BY_REMOTE_COMPUTER,
    "the remote computer does not support the operation",
  ],
]);

/**
 * The error to throw for a call of Message Queuing that returned an HRESULT. One that is not
 * Message Queuing's own, such as E_INVALIDARG, is thrown as {@linkcode hresultError} does.
 *
 * @param hresult The HRESULT, signed as the functions return it or unsigned.
 */
export function mqError(hresult: number, context: FailureContext): Error {
  const code = hresult >>> 0;
  if (!isOfMessageQueuing(code)) return hresultError(code, context);
  return codeError({
    facility: "msmq",
    code,
    symbol: SYMBOLS.get(code),
    number: hexadecimal(code),
    text: moduleText("mqutil.dll", code) ?? TEXTS.get(code),
    errorClass: mqErrorClass(code),
  }, context);
}

/** Whether the facility of an HRESULT is FACILITY_MSMQ. */
function isOfMessageQueuing(code: number): boolean {
  return (code >>> 16 & 0x7ff) === 0xe;
}

/** Deno's class for a code of Message Queuing, if Deno has one that means the same. */
function mqErrorClass(code: number): ErrorClass | undefined {
  switch (code) {
    case codes.MQ_ERROR_QUEUE_NOT_FOUND:
    case codes.MQ_ERROR_QUEUE_DELETED:
    case codes.MQ_ERROR_MACHINE_NOT_FOUND:
    case codes.MQ_ERROR_MESSAGE_NOT_FOUND:
    case codes.MQ_ERROR_MESSAGE_ALREADY_RECEIVED:
      return Deno.errors.NotFound;
    case codes.MQ_ERROR_QUEUE_EXISTS:
      return Deno.errors.AlreadyExists;
    case codes.MQ_ERROR_ACCESS_DENIED:
    case codes.MQ_ERROR_PRIVILEGE_NOT_HELD:
      return Deno.errors.PermissionDenied;
    case codes.MQ_ERROR_INVALID_HANDLE:
    case codes.MQ_ERROR_STALE_HANDLE:
      return Deno.errors.BadResource;
    case codes.MQ_ERROR_OPERATION_CANCELLED:
      return Deno.errors.Interrupted;
    case codes.MQ_ERROR_SHARING_VIOLATION:
      return Deno.errors.Busy;
    case codes.MQ_ERROR_IO_TIMEOUT:
    case codes.MQ_ERROR_NO_RESPONSE_FROM_OBJECT_SERVER:
      return Deno.errors.TimedOut;
    case codes.MQ_ERROR_SERVICE_NOT_AVAILABLE:
    case codes.MQ_ERROR_QUEUE_NOT_AVAILABLE:
    case codes.MQ_ERROR_REMOTE_MACHINE_NOT_AVAILABLE:
      return Deno.errors.ConnectionRefused;
    case codes.MQ_ERROR_UNSUPPORTED_OPERATION:
    case codes.MQ_ERROR_UNSUPPORTED_FORMATNAME_OPERATION:
    case codes.MQ_ERROR_NOT_SUPPORTED_BY_DEPENDENT_CLIENTS:
    case codes.MQ_ERROR_OPERATION_NOT_SUPPORTED_BY_REMOTE_COMPUTER:
      return Deno.errors.NotSupported;
  }
}
