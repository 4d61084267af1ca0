import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { ddeError } from "../../src/core/error/dde_error.ts";
import { hresultError } from "../../src/core/error/hresult_error.ts";
import { mqError } from "../../src/core/error/mq_error.ts";
import { rpcError } from "../../src/core/error/rpc_error.ts";
import {
  type ErrorClass,
  type FailureContext,
  Win32Error,
  win32Error,
  WindowsError,
} from "../../src/core/error/windows_error.ts";
import * as ddeCodes from "../../src/win32/dde_codes.ts";
import * as win32Codes from "../../src/win32/error_codes.ts";
import * as hresultCodes from "../../src/win32/hresult_codes.ts";
import * as mqCodes from "../../src/win32/mq_codes.ts";
import * as rpcCodes from "../../src/win32/rpc_codes.ts";
import { test } from "../util/test.ts";

const CONTEXT = {
  operation: "ConnectNamedPipe",
  object: "\\\\.\\pipe\\demo",
  doing: 'Cannot connect to pipe "\\\\.\\pipe\\demo"',
};

const { errors } = Deno;

interface Facility {
  readonly facility: WindowsError["facility"];
  readonly make: (code: number, context: FailureContext) => Error;
  /** The codes winipc has names for. */
  readonly codes: Readonly<Record<string, number>>;
  /** The class each code is thrown as; that of a code which is not here is WindowsError. */
  readonly classes: readonly (readonly [ErrorClass, readonly number[]])[];
  /** How a code is written in a message. */
  readonly number: (code: number) => string;
  /** A code that has no name and no text. */
  readonly unknown: number;
}

const decimal = (code: number) => String(code);
const hexadecimal = (code: number) => `0x${code.toString(16).toUpperCase()}`;

const FACILITIES: readonly Facility[] = [
  {
    facility: "win32",
    make: win32Error,
    codes: win32Codes,
    classes: [
      // ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_BAD_NETPATH, ERROR_BAD_NET_NAME,
      // WSAHOST_NOT_FOUND
      [errors.NotFound, [2, 3, 53, 67, 11001]],
      // ERROR_ACCESS_DENIED, ERROR_PRIVILEGE_NOT_HELD, WSAEACCES
      [errors.PermissionDenied, [5, 1314, 10013]],
      // ERROR_FILE_EXISTS, ERROR_ALREADY_EXISTS, ERROR_CLASS_ALREADY_EXISTS
      [errors.AlreadyExists, [80, 183, 1410]],
      // ERROR_BROKEN_PIPE, ERROR_NO_DATA, ERROR_PIPE_NOT_CONNECTED, WSAESHUTDOWN
      [errors.BrokenPipe, [109, 232, 233, 10058]],
      // ERROR_CONNECTION_REFUSED, WSAECONNREFUSED
      [errors.ConnectionRefused, [1225, 10061]],
      [errors.ConnectionReset, [10054]],
      [errors.ConnectionAborted, [10053]],
      [errors.NotConnected, [10057]],
      [errors.AddrInUse, [10048]],
      [errors.AddrNotAvailable, [10049]],
      // WSAENETUNREACH, WSAEHOSTUNREACH
      [errors.NetworkUnreachable, [10051, 10065]],
      // ERROR_SEM_TIMEOUT, WAIT_TIMEOUT, ERROR_TIMEOUT, WSAETIMEDOUT
      [errors.TimedOut, [121, 258, 1460, 10060]],
      // ERROR_OPERATION_ABORTED, WSAEINTR
      [errors.Interrupted, [995, 10004]],
      // ERROR_INVALID_HANDLE, ERROR_INVALID_WINDOW_HANDLE, WSAEBADF, WSAENOTSOCK
      [errors.BadResource, [6, 1400, 10009, 10038]],
      // ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION, ERROR_BUSY, ERROR_PIPE_BUSY
      [errors.Busy, [32, 33, 170, 231]],
      // ERROR_NOT_SUPPORTED, ERROR_CALL_NOT_IMPLEMENTED, ERROR_REQUIRES_INTERACTIVE_WINDOWSTATION,
      // WSAEPROTONOSUPPORT, WSAEOPNOTSUPP, WSAEAFNOSUPPORT
      [errors.NotSupported, [50, 120, 1459, 10043, 10045, 10047]],
    ],
    number: decimal,
    unknown: 54_321,
  },
  {
    facility: "hresult",
    make: hresultError,
    codes: hresultCodes,
    classes: [
      // E_NOTIMPL, E_NOINTERFACE, CO_E_NOT_SUPPORTED
      [errors.NotSupported, [0x80004001, 0x80004002, 0x80004021]],
      // E_ABORT, RPC_E_CALL_CANCELED
      [errors.Interrupted, [0x80004004, 0x80010002]],
      // E_ACCESSDENIED, RPC_E_ACCESS_DENIED, RPC_E_REMOTE_DISABLED, CO_E_LAUNCH_PERMSSION_DENIED
      [errors.PermissionDenied, [0x80070005, 0x8001011b, 0x8001011c, 0x8000401b]],
      // E_HANDLE
      [errors.BadResource, [0x80070006]],
      // RPC_E_DISCONNECTED, RPC_E_SERVER_DIED, RPC_E_SERVER_DIED_DNE, RPC_E_CONNECTION_TERMINATED,
      // CO_E_OBJNOTCONNECTED, HRESULT_FROM_WIN32(RPC_S_SERVER_UNAVAILABLE)
      [
        errors.BrokenPipe,
        [0x80010108, 0x80010007, 0x80010012, 0x80010006, 0x800401fd, 0x800706ba],
      ],
      // RPC_E_CALL_REJECTED, RPC_E_RETRY, RPC_E_SERVERCALL_RETRYLATER, RPC_E_SERVERCALL_REJECTED,
      // CLIPBRD_E_CANT_OPEN, CO_E_SERVER_STOPPING, and Office's own
      [
        errors.Busy,
        [0x80010001, 0x80010109, 0x8001010a, 0x8001010b, 0x800401d0, 0x80080008, 0x800ac472],
      ],
      // RPC_E_TIMEOUT, MK_E_EXCEEDEDDEADLINE, CO_E_SERVER_START_TIMEOUT, CO_E_SERVER_INIT_TIMEOUT
      [errors.TimedOut, [0x8001011f, 0x800401e1, 0x8000401e, 0x8000402a]],
      // REGDB_E_CLASSNOTREG, CLASS_E_CLASSNOTAVAILABLE, CO_E_CLASSSTRING, CO_E_APPNOTFOUND,
      // CO_E_DLLNOTFOUND, MK_E_UNAVAILABLE, MK_E_NOOBJECT, TYPE_E_LIBNOTREGISTERED
      [errors.NotFound, [0x80040154, 0x80040111, 0x800401f3, 0x800401f5, 0x800401f8]],
      [errors.NotFound, [0x800401e3, 0x800401e5, 0x8002801d]],
    ],
    number: hexadecimal,
    unknown: 0x8004_dead,
  },
  {
    facility: "rpc",
    make: rpcError,
    codes: rpcCodes,
    classes: [
      // RPC_S_SERVER_UNAVAILABLE
      [errors.ConnectionRefused, [1722]],
      // RPC_S_CALL_FAILED, RPC_S_CALL_FAILED_DNE, RPC_S_COMM_FAILURE
      [errors.BrokenPipe, [1726, 1727, 1820]],
      // RPC_S_SERVER_TOO_BUSY, RPC_S_CALL_IN_PROGRESS
      [errors.Busy, [1723, 1791]],
      // RPC_S_CALL_CANCELLED
      [errors.Interrupted, [1818]],
      // RPC_S_NO_ENDPOINT_FOUND, RPC_S_OBJECT_NOT_FOUND, EPT_S_NOT_REGISTERED
      [errors.NotFound, [1708, 1710, 1753]],
      // RPC_S_ALREADY_REGISTERED, RPC_S_TYPE_ALREADY_REGISTERED, RPC_S_DUPLICATE_ENDPOINT
      [errors.AlreadyExists, [1711, 1712, 1740]],
      // RPC_S_INVALID_BINDING, RPC_S_INVALID_ASYNC_HANDLE, RPC_X_SS_CONTEXT_MISMATCH
      [errors.BadResource, [1702, 1914, 6]],
      // RPC_S_PROXY_ACCESS_DENIED, RPC_S_ACCESS_DENIED
      [errors.PermissionDenied, [1729, 5]],
      // RPC_S_TIMEOUT
      [errors.TimedOut, [1460]],
      // RPC_S_PROTSEQ_NOT_SUPPORTED, RPC_S_UNKNOWN_IF, RPC_S_UNSUPPORTED_TRANS_SYN,
      // RPC_S_UNSUPPORTED_TYPE, RPC_S_UNSUPPORTED_AUTHN_LEVEL, RPC_S_PROCNUM_OUT_OF_RANGE,
      // RPC_S_CANNOT_SUPPORT
      [errors.NotSupported, [1703, 1717, 1730, 1732, 1821, 1745, 1764]],
      // RPC_X_BAD_STUB_DATA
      [errors.InvalidData, [1783]],
    ],
    number: decimal,
    unknown: 54_321,
  },
  {
    facility: "dde",
    make: ddeError,
    codes: ddeCodes,
    classes: [
      // DMLERR_ADVACKTIMEOUT, DATAACKTIMEOUT, EXECACKTIMEOUT, POKEACKTIMEOUT, UNADVACKTIMEOUT
      [errors.TimedOut, [0x4000, 0x4002, 0x4005, 0x400b, 0x4010]],
      // DMLERR_BUSY, DMLERR_REENTRANCY
      [errors.Busy, [0x4001, 0x400d]],
      // DMLERR_NO_CONV_ESTABLISHED
      [errors.ConnectionRefused, [0x400a]],
      // DMLERR_SERVER_DIED
      [errors.BrokenPipe, [0x400e]],
    ],
    number: hexadecimal,
    unknown: 0x4abc,
  },
  {
    facility: "msmq",
    make: mqError,
    codes: mqCodes,
    classes: [
      // MQ_ERROR_QUEUE_NOT_FOUND, QUEUE_DELETED, MACHINE_NOT_FOUND, MESSAGE_NOT_FOUND,
      // MESSAGE_ALREADY_RECEIVED
      [errors.NotFound, [0xc00e0003, 0xc00e005a, 0xc00e000d, 0xc00e0088, 0xc00e001d]],
      // MQ_ERROR_QUEUE_EXISTS
      [errors.AlreadyExists, [0xc00e0005]],
      // MQ_ERROR_ACCESS_DENIED, MQ_ERROR_PRIVILEGE_NOT_HELD
      [errors.PermissionDenied, [0xc00e0025, 0xc00e0026]],
      // MQ_ERROR_INVALID_HANDLE, MQ_ERROR_STALE_HANDLE
      [errors.BadResource, [0xc00e0007, 0xc00e0056]],
      // MQ_ERROR_OPERATION_CANCELLED
      [errors.Interrupted, [0xc00e0008]],
      // MQ_ERROR_SHARING_VIOLATION
      [errors.Busy, [0xc00e0009]],
      // MQ_ERROR_IO_TIMEOUT, MQ_ERROR_NO_RESPONSE_FROM_OBJECT_SERVER
      [errors.TimedOut, [0xc00e001b, 0xc00e0049]],
      // MQ_ERROR_SERVICE_NOT_AVAILABLE, QUEUE_NOT_AVAILABLE, REMOTE_MACHINE_NOT_AVAILABLE
      [errors.ConnectionRefused, [0xc00e000b, 0xc00e004b, 0xc00e0069]],
      // MQ_ERROR_UNSUPPORTED_OPERATION, UNSUPPORTED_FORMATNAME_OPERATION,
      // NOT_SUPPORTED_BY_DEPENDENT_CLIENTS, OPERATION_NOT_SUPPORTED_BY_REMOTE_COMPUTER
      [errors.NotSupported, [0xc00e006a, 0xc00e0020, 0xc00e008a, 0xc00e008b]],
    ],
    number: hexadecimal,
    unknown: 0xc00e_fff0,
  },
];

/** Asserts that an error says and has everything about a call that failed with this code. */
function assertDescribes(error: unknown, facility: Facility, code: number): asserts error {
  assertInstanceOf(error, WindowsError);
  const className = facility.facility === "win32" ? "Win32Error" : "WindowsError";
  assertEquals(error.name, className);
  assertEquals(error instanceof Win32Error, className === "Win32Error");
  assertEquals(error.facility, facility.facility);
  assertEquals(error.code, code);
  assertEquals(error.operation, "ConnectNamedPipe");
  assertEquals(error.object, "\\\\.\\pipe\\demo");
  const shown = error.symbol === facility.number(code) ? "error" : error.symbol;
  assert(error.message.endsWith(`(${shown} ${facility.number(code)})`), error.message);
}

for (const facility of FACILITIES) {
  const { facility: name, make, codes, classes, unknown } = facility;

  for (const [errorClass, mapped] of classes) {
    const numbers = mapped.map(facility.number).join(", ");
    test(`${make.name}() gives ${errorClass.name} for ${numbers}`, () => {
      for (const code of mapped) {
        const error = make(code, CONTEXT);
        assertStrictEquals(error.constructor, errorClass, facility.number(code));
        assert(error.message.startsWith(`${CONTEXT.doing}: `), error.message);
        const { cause } = error;
        assertDescribes(cause, facility, code);
        assertInstanceOf(cause, WindowsError);
        assert(cause.message.startsWith("ConnectNamedPipe: "), cause.message);
        const reason = cause.message.slice("ConnectNamedPipe".length);
        assertEquals(error.message, CONTEXT.doing + reason);
      }
    });
  }

  test(`${make.name}() gives the WindowsError itself for every other code it knows`, () => {
    const mapped = new Set(classes.flatMap(([_, mapped]) => mapped));
    for (const [symbol, code] of Object.entries(codes)) {
      if (mapped.has(code)) continue;
      const error = make(code, CONTEXT);
      assertDescribes(error, facility, code);
      assertInstanceOf(error, WindowsError, symbol);
      assertEquals(error.symbol, symbol);
      assertEquals(error.cause, undefined);
      assert(error.message.startsWith(`${CONTEXT.doing}: `), error.message);
    }
  });

  test(`${make.name}() gives every code its name`, () => {
    for (const [symbol, code] of Object.entries(codes)) {
      const error = make(code, CONTEXT);
      const found = error instanceof WindowsError ? error : error.cause;
      assertDescribes(found, facility, code);
      assertInstanceOf(found, WindowsError);
      assertEquals(found.symbol, symbol);
    }
  });

  test(`${make.name}() names a code it does not know by its number`, () => {
    const error = make(unknown, { operation: "CreateMutexExW", doing: "Cannot create mutex" });
    assertInstanceOf(error, WindowsError);
    assertEquals(error.facility, name);
    assertEquals(error.code, unknown);
    assertEquals(error.symbol, facility.number(unknown));
    assertEquals(error.object, undefined);
    const number = facility.number(unknown);
    assertEquals(error.message, `Cannot create mutex: unknown error (error ${number})`);
    assert(error.stack?.includes("Cannot create mutex"), "the stack shows the same text");
  });

  test(`${make.name}() takes the class and the hint of its context`, () => {
    const context = { ...CONTEXT, errorClass: TypeError, hint: "choose another name" };
    const error = make(unknown, context);
    assertStrictEquals(error.constructor, TypeError);
    assert(error.message.endsWith(`${facility.number(unknown)}); choose another name`));
    assertDescribes(error.cause, facility, unknown);
  });

  test(`every code of ${name} has one name`, () => {
    const numbers = Object.values(codes);
    assertEquals(new Set(numbers).size, numbers.length);
  });
}

test("hresultError() treats an HRESULT that wraps a Win32 code as that code", () => {
  const cases = [
    [0x80070002, errors.NotFound, "ERROR_FILE_NOT_FOUND"],
    [0x800700b7, errors.AlreadyExists, "ERROR_ALREADY_EXISTS"],
    [0x800704c9, errors.ConnectionRefused, "ERROR_CONNECTION_REFUSED"],
    [0x800706be, errors.BrokenPipe, "RPC_S_CALL_FAILED"],
    [0x80070057, WindowsError, "E_INVALIDARG"],
    [0x8007007a, WindowsError, "ERROR_INSUFFICIENT_BUFFER"],
  ] as const;
  for (const [hresult, errorClass, symbol] of cases) {
    const error = hresultError(hresult, CONTEXT);
    assertStrictEquals(error.constructor, errorClass);
    const found = error.cause ?? error;
    assertInstanceOf(found, WindowsError);
    assertEquals([found.facility, found.code, found.symbol], ["hresult", hresult, symbol]);
  }
});

test("codes that functions return as signed numbers are kept as unsigned ones", () => {
  for (
    const [error, code] of [
      [hresultError(0x80070005 | 0, CONTEXT), 0x80070005],
      [mqError(0xc00e0025 | 0, CONTEXT), 0xc00e0025],
    ] as const
  ) {
    assertInstanceOf(error, errors.PermissionDenied);
    assertInstanceOf(error.cause, WindowsError);
    assertEquals(error.cause.code, code);
    assert(error.message.endsWith(` ${hexadecimal(code)})`), error.message);
  }
});

test("rpcError() names a Win32 code that is not RPC's own", () => {
  const error = rpcError(8, CONTEXT);
  assertInstanceOf(error, WindowsError);
  assertEquals([error.facility, error.symbol], ["rpc", "ERROR_NOT_ENOUGH_MEMORY"]);
});

test("mqError() gives an HRESULT that is not Message Queuing's own its own facility", () => {
  const error = mqError(0x80070057, CONTEXT);
  assertInstanceOf(error, WindowsError);
  assertEquals([error.facility, error.symbol], ["hresult", "E_INVALIDARG"]);
  assertStrictEquals(mqError(0x80004001, CONTEXT).constructor, errors.NotSupported);
});

test("every DMLERR and MQ code has a text that fits into a sentence", () => {
  for (const [make, codes] of [[ddeError, ddeCodes], [mqError, mqCodes]] as const) {
    for (const [symbol, code] of Object.entries(codes)) {
      const { message } = make(code, { operation: "X", doing: "Cannot do it" });
      assert(/^Cannot do it: [A-Za-z].*[^.\s] \([A-Z_]+ 0x[0-9A-F]+\)$/.test(message), message);
      assert(!message.includes("unknown error"), symbol);
    }
  }
});

test("ddeError() says what could not be done, why, and the code with its name", () => {
  const error = ddeError(ddeCodes.DMLERR_EXECACKTIMEOUT, {
    operation: "DdeClientTransaction",
    object: "Progman|Progman",
    doing: 'Cannot execute a command of DDE server "Progman"',
  });
  assertEquals(
    error.message,
    'Cannot execute a command of DDE server "Progman": the server did not confirm the command in ' +
      "time (DMLERR_EXECACKTIMEOUT 0x4005)",
  );
});

test("Win32Error is a WindowsError with the NTSTATUS its code comes from", () => {
  const error = new Win32Error(2, { operation: "NtOpenFile", object: "a", ntStatus: 0xc0000034 });
  assertInstanceOf(error, WindowsError);
  assertInstanceOf(error, Error);
  assertEquals(error.facility, "win32");
  assertEquals([error.code, error.symbol], [2, "ERROR_FILE_NOT_FOUND"]);
  assertEquals([error.operation, error.object], ["NtOpenFile", "a"]);
  assertEquals(error.ntStatus, 0xc0000034);
  assertEquals(new Win32Error(2, { operation: "OpenFile" }).ntStatus, undefined);
});

test("WindowsError has the message and the fields it is given", () => {
  const init = {
    facility: "hresult",
    code: 0x80010001,
    symbol: "RPC_E_CALL_REJECTED",
    operation: "IDispatch::Invoke",
    object: "Excel.Application",
  } as const;
  const error = new WindowsError("Excel is busy", init);
  assertEquals(error.message, "Excel is busy");
  const { facility, code, symbol, operation, object } = error;
  assertEquals({ facility, code, symbol, operation, object }, init);
});

test("an error that is copied to another thread keeps its message, its stack and its cause", () => {
  const error = mqError(0xc00e0003, CONTEXT);
  const copy = structuredClone(error);
  assertEquals(copy.message, error.message);
  assertEquals(copy.stack, error.stack);
  assertInstanceOf(copy.cause, Error);
  assertInstanceOf(error.cause, Error);
  assertEquals(copy.cause.message, error.cause.message);
  // What WindowsError's documentation says is lost.
  assertEquals(copy.cause instanceof WindowsError, false);
  assertEquals("code" in copy.cause, false);
});

test("an error that is posted to a port keeps its message", async () => {
  const { port1, port2 } = new MessageChannel();
  const arrived = Promise.withResolvers<Error>();
  port2.onmessage = ({ data }) => arrived.resolve(data);
  const error = win32Error(8, CONTEXT);
  port1.postMessage(error);
  const copy = await arrived.promise;
  port1.close();
  port2.close();
  assertInstanceOf(copy, Error);
  assertEquals(copy.message, error.message);
});

test("Deno.inspect() shows the symbol and the operation of an error and of a cause", () => {
  for (const error of [rpcError(1722, CONTEXT), rpcError(1775, CONTEXT), win32Error(5, CONTEXT)]) {
    const shown = Deno.inspect(error);
    const { symbol } = (error.cause ?? error) as WindowsError;
    assert(shown.includes(`symbol: "${symbol}"`), shown);
    assert(shown.includes('operation: "ConnectNamedPipe"'), shown);
    assert(shown.includes(error.message), shown);
  }
});
