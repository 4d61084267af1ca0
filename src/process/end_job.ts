import { lastErrorCode, lastWin32Error, win32Error } from "../core/error/windows_error.ts";
import { OwnedHandle } from "../core/handle/owned_handle.ts";
import { isWorker } from "../core/thread/thread_resources.ts";
import { defineStruct, i64, u32, u64, usize } from "../struct/mod.ts";
import {
  JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
  JobObjectExtendedLimitInformation,
  kernel32,
} from "../win32/kernel32.ts";

/** "JOBOBJECT_BASIC_LIMIT_INFORMATION structure (winnt.h)". */
export const JOBOBJECT_BASIC_LIMIT_INFORMATION = defineStruct({
  PerProcessUserTimeLimit: i64,
  PerJobUserTimeLimit: i64,
  LimitFlags: u32,
  MinimumWorkingSetSize: usize,
  MaximumWorkingSetSize: usize,
  ActiveProcessLimit: u32,
  Affinity: usize,
  PriorityClass: u32,
  SchedulingClass: u32,
});

/** "IO_COUNTERS structure (winnt.h)". */
export const IO_COUNTERS = defineStruct({
  ReadOperationCount: u64,
  WriteOperationCount: u64,
  OtherOperationCount: u64,
  ReadTransferCount: u64,
  WriteTransferCount: u64,
  OtherTransferCount: u64,
});

/** "JOBOBJECT_EXTENDED_LIMIT_INFORMATION structure (winnt.h)". */
export const JOBOBJECT_EXTENDED_LIMIT_INFORMATION = defineStruct({
  BasicLimitInformation: JOBOBJECT_BASIC_LIMIT_INFORMATION,
  IoInfo: IO_COUNTERS,
  ProcessMemoryLimit: usize,
  JobMemoryLimit: usize,
  PeakProcessMemoryUsed: usize,
  PeakJobMemoryUsed: usize,
});

let job: OwnedHandle | undefined;

/**
 * The job of the children that end with this program, however it ends: Windows ends all processes
 * of the job when the last handle to it is closed, and this is the only one ("Job Objects"). The
 * program never closes it; when a Worker ends, native code closes the one of the Worker.
 *
 * What the children start belongs to the job too, as it lets none of them break away.
 */
export function endJob(): OwnedHandle {
  return job ??= createEndJob();
}

function createEndJob(): OwnedHandle {
  const doing = "Cannot make the job of the children that end with this program";
  const value = kernel32().CreateJobObjectW(null, null);
  if (value === null) throw lastWin32Error({ operation: "CreateJobObjectW", doing });
  const created = new OwnedHandle(value, "job of the children that end with this program");
  const { bytes, live } = JOBOBJECT_EXTENDED_LIMIT_INFORMATION.create();
  live.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  const { SetInformationJobObject } = kernel32();
  if (
    SetInformationJobObject(value, JobObjectExtendedLimitInformation, bytes, bytes.length) === 0
  ) {
    const code = lastErrorCode();
    created.close();
    throw win32Error(code, { operation: "SetInformationJobObject", doing });
  }
  if (isWorker) created.closeAtThreadEnd();
  return created;
}
