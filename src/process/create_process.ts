import {
  CREATE_UNICODE_ENVIRONMENT,
  EXTENDED_STARTUPINFO_PRESENT,
  PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
  PROC_THREAD_ATTRIBUTE_JOB_LIST,
  STARTF_USESTDHANDLES,
} from "../win32/kernel32.ts";
import {
  ERROR_BAD_EXE_FORMAT,
  ERROR_DIRECTORY,
  ERROR_ELEVATION_REQUIRED,
} from "../win32/error_codes.ts";
import { kernel32 } from "../win32/kernel32.ts";
import {
  type FailureContext,
  lastErrorCode,
  lastWin32Error,
  win32Error,
} from "../core/error/windows_error.ts";
import { OwnedHandle } from "../core/handle/owned_handle.ts";
import { encodeWide } from "../core/text/wide_string.ts";
import { defineStruct, pointer, u16, u32, usize } from "../struct/mod.ts";

/** "PROCESS_INFORMATION structure (processthreadsapi.h)". */
export const PROCESS_INFORMATION = defineStruct({
  hProcess: usize,
  hThread: usize,
  dwProcessId: u32,
  dwThreadId: u32,
});

/** "STARTUPINFOW structure (processthreadsapi.h)". `cb` is the size of the struct. */
export const STARTUPINFOW = defineStruct({
  cb: u32,
  lpReserved: pointer,
  lpDesktop: pointer,
  lpTitle: pointer,
  dwX: u32,
  dwY: u32,
  dwXSize: u32,
  dwYSize: u32,
  dwXCountChars: u32,
  dwYCountChars: u32,
  dwFillAttribute: u32,
  dwFlags: u32,
  wShowWindow: u16,
  cbReserved2: u16,
  lpReserved2: pointer,
  hStdInput: usize,
  hStdOutput: usize,
  hStdError: usize,
});

/** "STARTUPINFOEXW structure (winbase.h)". `StartupInfo.cb` is the size of this whole struct. */
export const STARTUPINFOEXW = defineStruct({
  StartupInfo: STARTUPINFOW,
  lpAttributeList: pointer,
});

/** What a process is started with. */
export interface ProcessStart {
  /** The full path of the program. */
  readonly program: string;
  readonly commandLine: string;
  readonly cwd: string | undefined;
  /** An environment block; `null` for this process's. */
  readonly environment: Uint8Array<ArrayBuffer> | null;
  /** Standard input, output and error, which are inheritable handles; 0 for none. */
  readonly stdio: readonly [bigint, bigint, bigint];
  /**
   * The handles that the process gets, each inheritable and once; the standard ones must be among
   * them.
   */
  readonly inherit: readonly bigint[];
  /** What the C run-time library of the process gets from ours; see `descriptorBlock()`. */
  readonly descriptors: Uint8Array<ArrayBuffer> | undefined;
  /** The job that the process belongs to from its start, if any. */
  readonly job: bigint | undefined;
}

/** A process that was started. */
export interface StartedProcess {
  /** With all rights to it. */
  readonly handle: OwnedHandle;
  readonly processId: number;
}

/**
 * Starts a process that inherits certain handles and no other ("CreateProcessW function",
 * "UpdateProcThreadAttribute function": PROC_THREAD_ATTRIBUTE_HANDLE_LIST and
 * PROC_THREAD_ATTRIBUTE_JOB_LIST).
 */
export function startProcess(start: ProcessStart): StartedProcess {
  const [input, output, error] = start.stdio;
  const attributes = attributesOf(start);
  using list = attributes.length === 0 ? undefined : new AttributeList(attributes);
  const { descriptors } = start;
  const startup = STARTUPINFOEXW.create({
    StartupInfo: {
      cb: STARTUPINFOEXW.size,
      dwFlags: STARTF_USESTDHANDLES,
      cbReserved2: descriptors?.length ?? 0,
      lpReserved2: addressOf(descriptors),
      hStdInput: input,
      hStdOutput: output,
      hStdError: error,
    },
    lpAttributeList: list?.address ?? 0n,
  });
  const information = PROCESS_INFORMATION.create();
  const created = kernel32().CreateProcessW(
    encodeWide(start.program),
    encodeWide(start.commandLine),
    null,
    null,
    start.inherit.length === 0 ? 0 : 1,
    CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT,
    start.environment,
    start.cwd === undefined ? null : encodeWide(start.cwd),
    startup.bytes,
    information.bytes,
  );
  if (created === 0) throw startError(lastErrorCode(), start);
  const { hProcess, hThread, dwProcessId } = information.live;
  adopt(hThread, `first thread of process ${dwProcessId}`).close();
  return { handle: adopt(hProcess, `process ${dwProcessId}`), processId: dwProcessId };
}

function addressOf(bytes: Uint8Array<ArrayBuffer> | undefined): bigint {
  return bytes === undefined ? 0n : Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
}

function adopt(handle: bigint, label: string): OwnedHandle {
  return new OwnedHandle(Deno.UnsafePointer.create(handle) as Deno.PointerObject, label);
}

function startError(code: number, { program, cwd }: ProcessStart): Error {
  const context: FailureContext = {
    operation: "CreateProcessW",
    object: program,
    doing: `Cannot start "${program}"`,
  };
  switch (code) {
    case ERROR_DIRECTORY:
      return win32Error(code, {
        ...context,
        errorClass: Deno.errors.NotFound,
        hint: `there is no folder "${cwd}"`,
      });
    case ERROR_ELEVATION_REQUIRED:
      return win32Error(code, { ...context, errorClass: Deno.errors.PermissionDenied });
    case ERROR_BAD_EXE_FORMAT:
      return win32Error(code, { ...context, hint: "it is not a program for this computer" });
    default:
      return win32Error(code, context);
  }
}

/** An attribute of a new process, and the handles that it has. */
interface ProcessAttribute {
  readonly attribute: number;
  readonly handles: readonly bigint[];
  /** What it is for, in messages. */
  readonly doing: string;
}

/** The attributes that `start` asks for. */
function attributesOf({ inherit, job }: ProcessStart): ProcessAttribute[] {
  const attributes: ProcessAttribute[] = [];
  if (inherit.length > 0) {
    attributes.push({
      attribute: PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
      handles: inherit,
      doing: "Cannot choose the handles a process inherits",
    });
  }
  if (job !== undefined) {
    attributes.push({
      attribute: PROC_THREAD_ATTRIBUTE_JOB_LIST,
      handles: [job],
      doing: "Cannot put a process into a job",
    });
  }
  return attributes;
}

/** An attribute list for CreateProcessW. */
class AttributeList implements Disposable {
  // Windows keeps the addresses of both, so they lie outside the moving heap and live as long as
  // this object.
  readonly #handles: BigUint64Array<ArrayBuffer>[] = [];
  readonly #list: Uint8Array<ArrayBuffer>;

  /** @param attributes At least one. */
  constructor(attributes: readonly ProcessAttribute[]) {
    const { InitializeProcThreadAttributeList } = kernel32();
    const size = new BigUint64Array(1);
    // It fails, and says how large the list is.
    InitializeProcThreadAttributeList(null, attributes.length, 0, size);
    this.#list = new Uint8Array(new ArrayBuffer(Number(size[0])));
    if (InitializeProcThreadAttributeList(this.#list, attributes.length, 0, size) === 0) {
      throw lastWin32Error({
        operation: "InitializeProcThreadAttributeList",
        doing: "Cannot start a process",
      });
    }
    try {
      for (const attribute of attributes) this.#add(attribute);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  #add({ attribute, handles, doing }: ProcessAttribute): void {
    const values = new BigUint64Array(new ArrayBuffer(8 * handles.length));
    values.set(handles);
    this.#handles.push(values);
    const updated = kernel32().UpdateProcThreadAttribute(
      this.#list,
      0,
      BigInt(attribute),
      values,
      BigInt(values.byteLength),
      null,
      null,
    );
    if (updated === 0) throw lastWin32Error({ operation: "UpdateProcThreadAttribute", doing });
  }

  get address(): bigint {
    return addressOf(this.#list);
  }

  [Symbol.dispose](): void {
    kernel32().DeleteProcThreadAttributeList(this.#list);
  }
}
