import * as codes from "../../win32/dde_codes.ts";
import { hexadecimal, symbolsOf } from "./code_text.ts";
import { codeError, type ErrorClass, type FailureContext } from "./windows_error.ts";

const SYMBOLS = symbolsOf(codes);

/** What the codes mean: the system has no texts for them. */
const TEXTS: ReadonlyMap<number, string> = new Map([
  [codes.DMLERR_ADVACKTIMEOUT, "the server did not confirm the advise loop in time"],
  [codes.DMLERR_BUSY, "the server is busy"],
  [codes.DMLERR_DATAACKTIMEOUT, "the server did not send the data in time"],
  [codes.DMLERR_DLL_NOT_INITIALIZED, "DDE is not initialized for this instance"],
  [codes.DMLERR_DLL_USAGE, "this DDE instance was not initialized for such a call"],
  [codes.DMLERR_EXECACKTIMEOUT, "the server did not confirm the command in time"],
  [codes.DMLERR_INVALIDPARAMETER, "a parameter is not valid"],
  [codes.DMLERR_LOW_MEMORY, "the server sends data faster than it is taken, and memory runs out"],
  [codes.DMLERR_MEMORY_ERROR, "there is not enough memory"],
  [codes.DMLERR_NOTPROCESSED, "the server did not process the transaction"],
  [codes.DMLERR_NO_CONV_ESTABLISHED, "no server accepted a conversation"],
  [codes.DMLERR_POKEACKTIMEOUT, "the server did not confirm the data in time"],
  [codes.DMLERR_POSTMSG_FAILED, "a message could not be posted"],
  [codes.DMLERR_REENTRANCY, "another synchronous transaction of this instance is in progress"],
  [codes.DMLERR_SERVER_DIED, "the server ended before the transaction was complete"],
  [codes.DMLERR_SYS_ERROR, "DDE has failed internally"],
  [codes.DMLERR_UNADVACKTIMEOUT, "the server did not confirm the end of the advise loop in time"],
  [codes.DMLERR_UNFOUND_QUEUE_ID, "there is no such transaction"],
]);

/** The error to throw for a DDEML call that failed. */
export function ddeError(dmlerr: number, context: FailureContext): Error {
  return codeError({
    facility: "dde",
    code: dmlerr,
    symbol: SYMBOLS.get(dmlerr),
    number: hexadecimal(dmlerr),
    text: TEXTS.get(dmlerr),
    errorClass: ddeErrorClass(dmlerr),
  }, context);
}

/** Deno's class for a DMLERR code, if Deno has one that means the same. */
function ddeErrorClass(dmlerr: number): ErrorClass | undefined {
  switch (dmlerr) {
    case codes.DMLERR_ADVACKTIMEOUT:
    case codes.DMLERR_DATAACKTIMEOUT:
    case codes.DMLERR_EXECACKTIMEOUT:
    case codes.DMLERR_POKEACKTIMEOUT:
    case codes.DMLERR_UNADVACKTIMEOUT:
      return Deno.errors.TimedOut;
    case codes.DMLERR_BUSY:
    case codes.DMLERR_REENTRANCY:
      return Deno.errors.Busy;
    case codes.DMLERR_NO_CONV_ESTABLISHED:
      return Deno.errors.ConnectionRefused;
    case codes.DMLERR_SERVER_DIED:
      return Deno.errors.BrokenPipe;
  }
}
