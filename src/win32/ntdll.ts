import { lazyLibrary } from "./library.ts";

/** The parameters of NtCreateFile, which is called both ways. */
const CREATE_FILE_PARAMETERS = [
  "buffer",
  "u32",
  "buffer",
  "buffer",
  "pointer",
  "u32",
  "u32",
  "u32",
  "u32",
  "pointer",
  "u32",
] as const;

/** The parameters of NtReadFile and of NtWriteFile. */
const TRANSFER_PARAMETERS = [
  "pointer",
  "pointer",
  "pointer",
  "usize",
  "buffer",
  "buffer",
  "u32",
  "pointer",
  "pointer",
] as const;

/**
 * The functions of ntdll.dll that winipc calls, each under its C declaration. An NTSTATUS is
 * negative on failure.
 */
export const ntdll = lazyLibrary("ntdll.dll", {
  // NTSTATUS NtCreateFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
  //   PIO_STATUS_BLOCK IoStatusBlock, PLARGE_INTEGER AllocationSize, ULONG FileAttributes, ULONG ShareAccess,
  //   ULONG CreateDisposition, ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength)
  NtCreateFile: {
    parameters: CREATE_FILE_PARAMETERS,
    result: "i32",
  },
  NtCreateFileNonblocking: {
    name: "NtCreateFile",
    nonblocking: true,
    parameters: CREATE_FILE_PARAMETERS,
    result: "i32",
  },
  // NTSTATUS NtOpenFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
  //   PIO_STATUS_BLOCK IoStatusBlock, ULONG ShareAccess, ULONG OpenOptions)
  NtOpenFile: { parameters: ["buffer", "u32", "buffer", "buffer", "u32", "u32"], result: "i32" },
  // NTSTATUS NtCreateNamedPipeFile(PHANDLE FileHandle, ULONG DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
  //   PIO_STATUS_BLOCK IoStatusBlock, ULONG ShareAccess, ULONG CreateDisposition, ULONG CreateOptions,
  //   ULONG NamedPipeType, ULONG ReadMode, ULONG CompletionMode, ULONG MaximumInstances, ULONG InboundQuota,
  //   ULONG OutboundQuota, PLARGE_INTEGER DefaultTimeout)
  NtCreateNamedPipeFile: {
    parameters: [
      "buffer",
      "u32",
      "buffer",
      "buffer",
      "u32",
      "u32",
      "u32",
      "u32",
      "u32",
      "u32",
      "u32",
      "u32",
      "u32",
      "buffer",
    ],
    result: "i32",
  },
  // NTSTATUS NtCreateMailslotFile(PHANDLE FileHandle, ULONG DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
  //   PIO_STATUS_BLOCK IoStatusBlock, ULONG CreateOptions, ULONG MailslotQuota, ULONG MaximumMessageSize,
  //   PLARGE_INTEGER ReadTimeout)
  NtCreateMailslotFile: {
    parameters: ["buffer", "u32", "buffer", "buffer", "u32", "u32", "u32", "buffer"],
    result: "i32",
  },
  // NTSTATUS NtQueryInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock, PVOID FileInformation,
  //   ULONG Length, FILE_INFORMATION_CLASS FileInformationClass)
  NtQueryInformationFile: {
    parameters: ["pointer", "buffer", "buffer", "u32", "u32"],
    result: "i32",
  },
  // NTSTATUS NtReadFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
  //   PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer, ULONG Length, PLARGE_INTEGER ByteOffset, PULONG Key)
  // ApcContext as usize: it is what a completion carries, and here a number.
  NtReadFile: {
    parameters: TRANSFER_PARAMETERS,
    result: "i32",
  },
  // NTSTATUS NtWriteFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
  //   PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer, ULONG Length, PLARGE_INTEGER ByteOffset, PULONG Key)
  // ApcContext as usize: it is what a completion carries, and here a number.
  NtWriteFile: {
    parameters: TRANSFER_PARAMETERS,
    result: "i32",
  },
  // NTSTATUS NtFsControlFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
  //   PIO_STATUS_BLOCK IoStatusBlock, ULONG FsControlCode, PVOID InputBuffer, ULONG InputBufferLength,
  //   PVOID OutputBuffer, ULONG OutputBufferLength)
  // ApcContext as usize: it is what a completion carries, and here a number.
  NtFsControlFile: {
    parameters: [
      "pointer",
      "pointer",
      "pointer",
      "usize",
      "buffer",
      "u32",
      "buffer",
      "u32",
      "buffer",
      "u32",
    ],
    result: "i32",
  },
  // NTSTATUS NtFlushBuffersFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock)
  NtFlushBuffersFileNonblocking: {
    name: "NtFlushBuffersFile",
    nonblocking: true,
    parameters: ["pointer", "buffer"],
    result: "i32",
  },
  // BOOLEAN RtlAddFunctionTable(PRUNTIME_FUNCTION FunctionTable, ULONG EntryCount, ULONG_PTR BaseAddress)
  RtlAddFunctionTable: { parameters: ["pointer", "u32", "usize"], result: "u8" },
  // ULONG RtlNtStatusToDosError(NTSTATUS Status)
  RtlNtStatusToDosError: { parameters: ["i32"], result: "u32" },
  // NTSTATUS NtQuerySection(HANDLE SectionHandle, SECTION_INFORMATION_CLASS InformationClass, PVOID InformationBuffer,
  //   SIZE_T InformationBufferSize, PSIZE_T ResultLength)
  NtQuerySection: { parameters: ["pointer", "u32", "buffer", "usize", "buffer"], result: "i32" },
  // NTSTATUS NtQueryEvent(HANDLE EventHandle, EVENT_INFORMATION_CLASS EventInformationClass, PVOID EventInformation,
  //   ULONG EventInformationLength, PULONG ReturnLength)
  NtQueryEvent: { parameters: ["pointer", "u32", "buffer", "u32", "buffer"], result: "i32" },
  // NTSTATUS NtQueryMutant(HANDLE MutantHandle, MUTANT_INFORMATION_CLASS MutantInformationClass,
  //   PVOID MutantInformation, ULONG MutantInformationLength, PULONG ReturnLength)
  NtQueryMutant: { parameters: ["pointer", "u32", "buffer", "u32", "buffer"], result: "i32" },
  // NTSTATUS NtQueryObject(HANDLE Handle, OBJECT_INFORMATION_CLASS ObjectInformationClass, PVOID ObjectInformation,
  //   ULONG ObjectInformationLength, PULONG ReturnLength)
  NtQueryObject: { parameters: ["pointer", "u32", "buffer", "u32", "buffer"], result: "i32" },
  // NTSTATUS NtQuerySemaphore(HANDLE SemaphoreHandle, SEMAPHORE_INFORMATION_CLASS SemaphoreInformationClass,
  //   PVOID SemaphoreInformation, ULONG SemaphoreInformationLength, PULONG ReturnLength)
  NtQuerySemaphore: { parameters: ["pointer", "u32", "buffer", "u32", "buffer"], result: "i32" },
});

// Constants, by their names in the Windows headers. Unsigned 32-bit values, as the functions take
// them.

// winternl.h: files and object names
export const FILE_OPEN = 0x1;
export const FILE_CREATE = 0x2;
export const FILE_NON_DIRECTORY_FILE = 0x40;
export const FILE_SYNCHRONOUS_IO_ALERT = 0x10;
export const FILE_SYNCHRONOUS_IO_NONALERT = 0x20;
export const FileAccessInformation = 8;
export const FileNameInformation = 9;
export const FileModeInformation = 16;
export const FilePipeInformation = 23;
export const FilePipeLocalInformation = 24;
export const OBJ_CASE_INSENSITIVE = 0x40;

// ntifs.h: control codes of the named pipe file system ("Named Pipe FSCTL Structures")
export const FSCTL_PIPE_FLUSH = 0x118040;
export const FSCTL_PIPE_LISTEN = 0x110008;
export const FSCTL_PIPE_TRANSCEIVE = 0x11c017;
export const FSCTL_PIPE_WAIT = 0x110018;

// ntifs.h: what a pipe tells of itself ("FILE_PIPE_LOCAL_INFORMATION structure")
export const FILE_PIPE_CLOSING_STATE = 4;
export const FILE_PIPE_CONNECTED_STATE = 3;
export const FILE_PIPE_COMPLETE_OPERATION = 1;
export const FILE_PIPE_MESSAGE_MODE = 1;
export const FILE_PIPE_MESSAGE_TYPE = 1;
export const FILE_PIPE_SERVER_END = 1;

// In no header: SECTION_INFORMATION_CLASS ("NtQuerySection function")
export const SectionBasicInformation = 0;
