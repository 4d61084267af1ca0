/**
 * Structs of the Windows headers that this package exchanges with Windows.
 *
 * Structs and fields are spelt as in the headers, so that they can be looked up; tests/abi compares
 * every size and offset with what a C compiler says. They are not in src/win32 because that layer
 * has no logic, and so does not know {@linkcode defineStruct}.
 *
 * @module
 */

import { bool32, bool8, defineStruct, i32, i64, pointer, u16, u32, u8, usize } from "./struct.ts";

/** "SECURITY_ATTRIBUTES structure (wtypesbase.h)". `nLength` is the size of the struct. */
export const SECURITY_ATTRIBUTES = defineStruct({
  nLength: u32,
  lpSecurityDescriptor: pointer,
  bInheritHandle: bool32,
});

/** "FILETIME structure (minwinbase.h)": 100 ns since 1601-01-01 UTC, in two halves. */
export const FILETIME = defineStruct({ dwLowDateTime: u32, dwHighDateTime: u32 });

/** "SYSTEM_INFO structure (sysinfoapi.h)", without the obsolete dwOemId of its union. */
export const SYSTEM_INFO = defineStruct({
  wProcessorArchitecture: u16,
  wReserved: u16,
  dwPageSize: u32,
  lpMinimumApplicationAddress: pointer,
  lpMaximumApplicationAddress: pointer,
  dwActiveProcessorMask: usize,
  dwNumberOfProcessors: u32,
  dwProcessorType: u32,
  dwAllocationGranularity: u32,
  wProcessorLevel: u16,
  wProcessorRevision: u16,
});

/** "MEMORY_BASIC_INFORMATION structure (winnt.h)": what VirtualQuery says of a run of pages. */
export const MEMORY_BASIC_INFORMATION = defineStruct({
  BaseAddress: pointer,
  AllocationBase: pointer,
  AllocationProtect: u32,
  RegionSize: usize,
  State: u32,
  Protect: u32,
  Type: u32,
});

/** SECTION_BASIC_INFORMATION of NtQuerySection, SectionBasicInformation (0). */
export const SECTION_BASIC_INFORMATION = defineStruct({
  BaseAddress: pointer,
  AllocationAttributes: u32,
  MaximumSize: i64,
});

/** EVENT_BASIC_INFORMATION of NtQueryEvent: `EventType` 0 is manual-reset, 1 auto-reset. */
export const EVENT_BASIC_INFORMATION = defineStruct({ EventType: i32, EventState: i32 });

/** SEMAPHORE_BASIC_INFORMATION of NtQuerySemaphore. */
export const SEMAPHORE_BASIC_INFORMATION = defineStruct({ CurrentCount: i32, MaximumCount: i32 });

/** MUTANT_BASIC_INFORMATION of NtQueryMutant; a mutant is what a mutex is in the kernel. */
export const MUTANT_BASIC_INFORMATION = defineStruct({
  CurrentCount: i32,
  OwnedByCaller: bool8,
  AbandonedState: bool8,
});

/** "IO_STATUS_BLOCK structure (wdm.h)", with the `Status` of its union. */
export const IO_STATUS_BLOCK = defineStruct({ Status: i32, Information: usize });

/** "OVERLAPPED_ENTRY structure (minwinbase.h)". */
export const OVERLAPPED_ENTRY = defineStruct({
  lpCompletionKey: usize,
  lpOverlapped: usize,
  Internal: usize,
  dwNumberOfBytesTransferred: u32,
});

/** "UNICODE_STRING structure (ntdef.h)"; both lengths are in bytes, without the NUL. */
export const UNICODE_STRING = defineStruct({
  Length: u16,
  MaximumLength: u16,
  Buffer: pointer,
});

/** "OBJECT_ATTRIBUTES structure (ntdef.h)". `Length` is the size of the struct. */
export const OBJECT_ATTRIBUTES = defineStruct({
  Length: u32,
  RootDirectory: usize,
  ObjectName: pointer,
  Attributes: u32,
  SecurityDescriptor: pointer,
  SecurityQualityOfService: pointer,
});

/** "SECURITY_QUALITY_OF_SERVICE structure (winnt.h)". `Length` is the size of the struct. */
export const SECURITY_QUALITY_OF_SERVICE = defineStruct({
  Length: u32,
  ImpersonationLevel: i32,
  ContextTrackingMode: u8,
  EffectiveOnly: bool8,
});

/** "SID_AND_ATTRIBUTES structure (winnt.h)". */
export const SID_AND_ATTRIBUTES = defineStruct({ Sid: pointer, Attributes: u32 });

/** "TOKEN_USER structure (winnt.h)": what GetTokenInformation gives for TokenUser. */
export const TOKEN_USER = defineStruct({ User: SID_AND_ATTRIBUTES });

/**
 * TP_CALLBACK_ENVIRON_V3 of winnt.h: which pool a wait belongs to ("SetThreadpoolCallbackPool function"). `u` are the flags,
 * `Size` is the size of the struct.
 */
export const TP_CALLBACK_ENVIRON_V3 = defineStruct({
  Version: u32,
  Pool: pointer,
  CleanupGroup: pointer,
  CleanupGroupCancelCallback: pointer,
  RaceDll: pointer,
  ActivationContext: pointer,
  FinalizationCallback: pointer,
  u: u32,
  CallbackPriority: i32,
  Size: u32,
});

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
