// Constants of the Windows headers by their names there (winnt.h, winbase.h, fileapi.h, memoryapi.h, synchapi.h,
// handleapi.h, sddl.h). Unsigned 32-bit values, as the functions take them.

// handleapi.h
export const DUPLICATE_SAME_ACCESS = 0x2;
export const HANDLE_FLAG_INHERIT = 0x1;

// winnt.h: access rights
export const READ_CONTROL = 0x20000;
export const WRITE_DAC = 0x40000;
export const SYNCHRONIZE = 0x100000;
export const GENERIC_READ = 0x80000000;
export const GENERIC_WRITE = 0x40000000;
export const PROCESS_DUP_HANDLE = 0x40;
export const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;
export const THREAD_TERMINATE = 0x1;

// fileapi.h
export const FILE_SHARE_READ = 0x1;
export const FILE_SHARE_WRITE = 0x2;
export const FILE_SHARE_DELETE = 0x4;
export const OPEN_EXISTING = 3;
export const OPEN_ALWAYS = 4;
export const FILE_ATTRIBUTE_NORMAL = 0x80;
export const FILE_ATTRIBUTE_DIRECTORY = 0x10;
export const INVALID_FILE_ATTRIBUTES = 0xffffffff;
export const FILE_TYPE_PIPE = 0x3;

// memoryapi.h, winnt.h: sections and pages
export const PAGE_READONLY = 0x02;
export const PAGE_READWRITE = 0x04;
export const PAGE_WRITECOPY = 0x08;
export const SEC_COMMIT = 0x8000000;
export const SEC_RESERVE = 0x4000000;
export const SEC_FILE = 0x800000;
export const SECTION_QUERY = 0x1;
export const FILE_MAP_COPY = 0x1;
export const FILE_MAP_WRITE = 0x2;
export const FILE_MAP_READ = 0x4;
export const MEM_COMMIT = 0x1000;

// winternl.h: SECTION_INFORMATION_CLASS
export const SectionBasicInformation = 0;

// synchapi.h, winbase.h
export const INFINITE = 0xffffffff;
export const WAIT_OBJECT_0 = 0x0;
export const WAIT_ABANDONED_0 = 0x80;
export const WAIT_FAILED = 0xffffffff;
export const MAXIMUM_WAIT_OBJECTS = 64;
export const CREATE_EVENT_MANUAL_RESET = 0x1;
export const CREATE_EVENT_INITIAL_SET = 0x2;
export const CREATE_WAITABLE_TIMER_MANUAL_RESET = 0x1;
export const CREATE_WAITABLE_TIMER_HIGH_RESOLUTION = 0x2;
export const EVENT_QUERY_STATE = 0x1; // wdm.h
export const EVENT_MODIFY_STATE = 0x2;
export const MUTEX_MODIFY_STATE = 0x1;
export const SEMAPHORE_QUERY_STATE = 0x1; // wdm.h
export const SEMAPHORE_MODIFY_STATE = 0x2;
export const TIMER_QUERY_STATE = 0x1;
export const TIMER_MODIFY_STATE = 0x2;

// winbase.h: FormatMessageW
export const FORMAT_MESSAGE_IGNORE_INSERTS = 0x200;
export const FORMAT_MESSAGE_FROM_SYSTEM = 0x1000;

// sddl.h, winnt.h: security
export const SDDL_REVISION_1 = 1;
export const OWNER_SECURITY_INFORMATION = 0x1;
export const GROUP_SECURITY_INFORMATION = 0x2;
export const DACL_SECURITY_INFORMATION = 0x4;
export const SECURITY_MAX_SID_STRING_CHARACTERS = 187;
export const TOKEN_QUERY = 0x8;
export const TokenUser = 1;

// winbase.h, namedpipeapi.h: named pipes
export const PIPE_ACCESS_INBOUND = 0x1;
export const PIPE_ACCESS_OUTBOUND = 0x2;
export const PIPE_ACCESS_DUPLEX = 0x3;
export const FILE_FLAG_OVERLAPPED = 0x40000000;
export const FILE_FLAG_FIRST_PIPE_INSTANCE = 0x80000;
export const PIPE_TYPE_MESSAGE = 0x4;
export const PIPE_READMODE_MESSAGE = 0x2;
export const PIPE_REJECT_REMOTE_CLIENTS = 0x8;
export const PIPE_UNLIMITED_INSTANCES = 255;
export const FILE_SKIP_COMPLETION_PORT_ON_SUCCESS = 0x1;

// winbase.h: mailslots
export const MAILSLOT_NO_MESSAGE = 0xffffffff;
export const MAILSLOT_WAIT_FOREVER = 0xffffffff;

// winbase.h, processthreadsapi.h: processes
export const STARTF_USESTDHANDLES = 0x100;
export const CREATE_UNICODE_ENVIRONMENT = 0x400;
export const EXTENDED_STARTUPINFO_PRESENT = 0x80000;
export const PROC_THREAD_ATTRIBUTE_HANDLE_LIST = 0x20002;
export const STD_INPUT_HANDLE = 0xfffffff6;
export const STD_OUTPUT_HANDLE = 0xfffffff5;
export const STD_ERROR_HANDLE = 0xfffffff4;

// ntifs.h: control codes of the named pipe file system ("Named Pipe FSCTL Structures")
export const FSCTL_PIPE_LISTEN = 0x110008;
export const FSCTL_PIPE_TRANSCEIVE = 0x11c017;
export const FSCTL_PIPE_WAIT = 0x110018;

// winternl.h, wdm.h: NtCreateFile
export const FILE_OPEN = 0x1;
export const FILE_CREATE = 0x2;
export const FILE_NON_DIRECTORY_FILE = 0x40;
export const FILE_SYNCHRONOUS_IO_ALERT = 0x10;
export const FILE_SYNCHRONOUS_IO_NONALERT = 0x20;
export const FileModeInformation = 16;
export const FILE_READ_ATTRIBUTES = 0x80;
export const FILE_WRITE_ATTRIBUTES = 0x100;
export const OBJ_CASE_INSENSITIVE = 0x40;
