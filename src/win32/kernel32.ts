import { lazyLibrary } from "./library.ts";

/**
 * The functions of kernel32.dll that winipc calls, each under its C declaration. A name ending in
 * `Nonblocking` runs the same function on another thread, after which GetLastError is meaningless.
 */
export const kernel32 = lazyLibrary("kernel32.dll", {
  // ---- errors ----
  // void SetLastError(DWORD dwErrCode)
  SetLastError: { parameters: ["u32"], result: "void" },
  // DWORD FormatMessageW(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId, DWORD dwLanguageId, LPWSTR lpBuffer,
  //   DWORD nSize, va_list *Arguments)
  FormatMessageW: {
    parameters: ["u32", "pointer", "u32", "u32", "buffer", "u32", "pointer"],
    result: "u32",
  },
  // HANDLE HeapCreate(DWORD flOptions, SIZE_T dwInitialSize, SIZE_T dwMaximumSize)
  HeapCreate: { parameters: ["u32", "usize", "usize"], result: "pointer" },
  // HANDLE GetProcessHeap(void)
  GetProcessHeap: { parameters: [], result: "pointer" },
  // BOOL HeapDestroy(HANDLE hHeap)
  HeapDestroy: { parameters: ["pointer"], result: "i32" },
  // LPVOID HeapAlloc(HANDLE hHeap, DWORD dwFlags, SIZE_T dwBytes)
  HeapAlloc: { parameters: ["pointer", "u32", "usize"], result: "pointer" },
  // BOOL HeapFree(HANDLE hHeap, DWORD dwFlags, LPVOID lpMem)
  HeapFree: { parameters: ["pointer", "u32", "pointer"], result: "i32" },
  // HMODULE LoadLibraryExW(LPCWSTR lpLibFileName, HANDLE hFile, DWORD dwFlags)
  LoadLibraryExW: { parameters: ["buffer", "pointer", "u32"], result: "pointer" },
  // HGLOBAL GlobalAlloc(UINT uFlags, SIZE_T dwBytes)
  GlobalAlloc: { parameters: ["u32", "usize"], result: "pointer" },
  // LPVOID GlobalLock(HGLOBAL hMem)
  GlobalLock: { parameters: ["pointer"], result: "pointer" },
  // BOOL GlobalUnlock(HGLOBAL hMem)
  GlobalUnlock: { parameters: ["pointer"], result: "i32" },
  // SIZE_T GlobalSize(HGLOBAL hMem)
  GlobalSize: { parameters: ["pointer"], result: "usize" },
  // HGLOBAL GlobalFree(HGLOBAL hMem)
  GlobalFree: { parameters: ["pointer"], result: "pointer" },
  // HLOCAL LocalFree(HLOCAL hMem)
  LocalFree: { parameters: ["pointer"], result: "pointer" },

  // ---- code pages ----
  // int MultiByteToWideChar(UINT CodePage, DWORD dwFlags, LPCSTR lpMultiByteStr, int cbMultiByte, LPWSTR lpWideCharStr,
  //   int cchWideChar)
  MultiByteToWideChar: {
    parameters: ["u32", "u32", "buffer", "i32", "buffer", "i32"],
    result: "i32",
  },
  // int WideCharToMultiByte(UINT CodePage, DWORD dwFlags, LPCWSTR lpWideCharStr, int cchWideChar, LPSTR lpMultiByteStr,
  //   int cbMultiByte, LPCSTR lpDefaultChar, LPBOOL lpUsedDefaultChar)
  WideCharToMultiByte: {
    parameters: ["u32", "u32", "buffer", "i32", "buffer", "i32", "buffer", "buffer"],
    result: "i32",
  },

  // ---- modules and atoms ----
  // HMODULE GetModuleHandleW(LPCWSTR lpModuleName)
  GetModuleHandleW: { parameters: ["buffer"], result: "pointer" },
  // FARPROC GetProcAddress(HMODULE hModule, LPCSTR lpProcName)
  GetProcAddress: { parameters: ["pointer", "buffer"], result: "pointer" },
  // ATOM AddAtomW(LPCWSTR lpString)
  AddAtomW: { parameters: ["buffer"], result: "u16" },
  // UINT GetAtomNameW(ATOM nAtom, LPWSTR lpBuffer, int nSize)
  GetAtomNameW: { parameters: ["u16", "buffer", "i32"], result: "u32" },

  // ---- handles and processes ----
  // BOOL CloseHandle(HANDLE hObject)
  CloseHandle: { parameters: ["pointer"], result: "i32" },
  // BOOL DuplicateHandle(HANDLE hSourceProcessHandle, HANDLE hSourceHandle, HANDLE hTargetProcessHandle,
  //   LPHANDLE lpTargetHandle, DWORD dwDesiredAccess, BOOL bInheritHandle, DWORD dwOptions)
  DuplicateHandle: {
    parameters: ["pointer", "pointer", "pointer", "buffer", "u32", "i32", "u32"],
    result: "i32",
  },
  // BOOL GetHandleInformation(HANDLE hObject, LPDWORD lpdwFlags)
  GetHandleInformation: { parameters: ["pointer", "buffer"], result: "i32" },
  // BOOL SetHandleInformation(HANDLE hObject, DWORD dwMask, DWORD dwFlags)
  SetHandleInformation: { parameters: ["pointer", "u32", "u32"], result: "i32" },
  // HANDLE GetCurrentProcess(void)
  GetCurrentProcess: { parameters: [], result: "pointer" },
  // HANDLE GetCurrentThread(void)
  GetCurrentThread: { parameters: [], result: "pointer" },
  // void GetCurrentThreadStackLimits(PULONG_PTR LowLimit, PULONG_PTR HighLimit)
  GetCurrentThreadStackLimits: { parameters: ["buffer", "buffer"], result: "void" },
  // DWORD GetCurrentThreadId(void)
  GetCurrentThreadId: { parameters: [], result: "u32" },
  // HANDLE OpenProcess(DWORD dwDesiredAccess, BOOL bInheritHandle, DWORD dwProcessId)
  OpenProcess: { parameters: ["u32", "i32", "u32"], result: "pointer" },
  // BOOL ProcessIdToSessionId(DWORD dwProcessId, DWORD *pSessionId)
  ProcessIdToSessionId: { parameters: ["u32", "buffer"], result: "i32" },
  // BOOL QueryFullProcessImageNameW(HANDLE hProcess, DWORD dwFlags, LPWSTR lpExeName, PDWORD lpdwSize)
  QueryFullProcessImageNameW: { parameters: ["pointer", "u32", "buffer", "buffer"], result: "i32" },
  // DWORD GetFileType(HANDLE hFile)
  GetFileType: { parameters: ["pointer"], result: "u32" },
  // HANDLE GetStdHandle(DWORD nStdHandle)
  GetStdHandle: { parameters: ["u32"], result: "pointer" },
  // BOOL CreateProcessW(LPCWSTR lpApplicationName, LPWSTR lpCommandLine, LPSECURITY_ATTRIBUTES lpProcessAttributes,
  //   LPSECURITY_ATTRIBUTES lpThreadAttributes, BOOL bInheritHandles, DWORD dwCreationFlags, LPVOID lpEnvironment,
  //   LPCWSTR lpCurrentDirectory, LPSTARTUPINFOW lpStartupInfo, LPPROCESS_INFORMATION lpProcessInformation)
  CreateProcessW: {
    parameters: [
      "buffer",
      "buffer",
      "pointer",
      "pointer",
      "i32",
      "u32",
      "buffer",
      "buffer",
      "buffer",
      "buffer",
    ],
    result: "i32",
  },
  // BOOL InitializeProcThreadAttributeList(LPPROC_THREAD_ATTRIBUTE_LIST lpAttributeList, DWORD dwAttributeCount,
  //   DWORD dwFlags, PSIZE_T lpSize)
  InitializeProcThreadAttributeList: {
    parameters: ["buffer", "u32", "u32", "buffer"],
    result: "i32",
  },
  // BOOL UpdateProcThreadAttribute(LPPROC_THREAD_ATTRIBUTE_LIST lpAttributeList, DWORD dwFlags, DWORD_PTR Attribute,
  //   PVOID lpValue, SIZE_T cbSize, PVOID lpPreviousValue, PSIZE_T lpReturnSize)
  UpdateProcThreadAttribute: {
    parameters: ["buffer", "u32", "usize", "buffer", "usize", "pointer", "pointer"],
    result: "i32",
  },
  // void DeleteProcThreadAttributeList(LPPROC_THREAD_ATTRIBUTE_LIST lpAttributeList)
  DeleteProcThreadAttributeList: { parameters: ["buffer"], result: "void" },
  // HANDLE CreateJobObjectW(LPSECURITY_ATTRIBUTES lpJobAttributes, LPCWSTR lpName)
  CreateJobObjectW: { parameters: ["buffer", "buffer"], result: "pointer" },
  // BOOL SetInformationJobObject(HANDLE hJob, JOBOBJECTINFOCLASS JobObjectInformationClass,
  //   LPVOID lpJobObjectInformation, DWORD cbJobObjectInformationLength)
  SetInformationJobObject: { parameters: ["pointer", "u32", "buffer", "u32"], result: "i32" },
  // BOOL TerminateProcess(HANDLE hProcess, UINT uExitCode)
  TerminateProcess: { parameters: ["pointer", "u32"], result: "i32" },
  // BOOL GetExitCodeProcess(HANDLE hProcess, LPDWORD lpExitCode)
  GetExitCodeProcess: { parameters: ["pointer", "buffer"], result: "i32" },
  // DWORD GetProcessId(HANDLE Process)
  GetProcessId: { parameters: ["pointer"], result: "u32" },
  // BOOL GetProcessTimes(HANDLE hProcess, LPFILETIME lpCreationTime, LPFILETIME lpExitTime, LPFILETIME lpKernelTime,
  //   LPFILETIME lpUserTime)
  GetProcessTimes: {
    parameters: ["pointer", "buffer", "buffer", "buffer", "buffer"],
    result: "i32",
  },
  // LPWCH GetEnvironmentStringsW(void)
  GetEnvironmentStringsW: { parameters: [], result: "pointer" },
  // BOOL FreeEnvironmentStringsW(LPWCH penv)
  FreeEnvironmentStringsW: { parameters: ["pointer"], result: "i32" },
  // BOOL GetProcessHandleCount(HANDLE hProcess, PDWORD pdwHandleCount)
  GetProcessHandleCount: { parameters: ["pointer", "buffer"], result: "i32" },

  // ---- files ----
  // HANDLE CreateFileW(LPCWSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
  //   LPSECURITY_ATTRIBUTES lpSecurityAttributes, DWORD dwCreationDisposition, DWORD dwFlagsAndAttributes,
  //   HANDLE hTemplateFile)
  CreateFileW: {
    parameters: ["buffer", "u32", "u32", "buffer", "u32", "u32", "pointer"],
    result: "pointer",
  },
  // DWORD GetFileAttributesW(LPCWSTR lpFileName)
  GetFileAttributesW: { parameters: ["buffer"], result: "u32" },
  // DWORD GetFullPathNameW(LPCWSTR lpFileName, DWORD nBufferLength, LPWSTR lpBuffer, LPWSTR *lpFilePart)
  GetFullPathNameW: { parameters: ["buffer", "u32", "buffer", "pointer"], result: "u32" },
  // BOOL GetFileSizeEx(HANDLE hFile, PLARGE_INTEGER lpFileSize)
  GetFileSizeEx: { parameters: ["pointer", "buffer"], result: "i32" },
  // BOOL FlushFileBuffers(HANDLE hFile)
  FlushFileBuffers: { parameters: ["pointer"], result: "i32" },
  // BOOL ReadFile(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead, LPDWORD lpNumberOfBytesRead,
  //   LPOVERLAPPED lpOverlapped)
  ReadFile: { parameters: ["pointer", "buffer", "u32", "buffer", "pointer"], result: "i32" },
  // BOOL WriteFile(HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite, LPDWORD lpNumberOfBytesWritten,
  //   LPOVERLAPPED lpOverlapped)
  WriteFile: { parameters: ["pointer", "buffer", "u32", "buffer", "pointer"], result: "i32" },

  // ---- asynchronous I/O ----
  // HANDLE CreateIoCompletionPort(HANDLE FileHandle, HANDLE ExistingCompletionPort, ULONG_PTR CompletionKey,
  //   DWORD NumberOfConcurrentThreads)
  CreateIoCompletionPort: { parameters: ["pointer", "pointer", "usize", "u32"], result: "pointer" },
  // BOOL GetQueuedCompletionStatusEx(HANDLE CompletionPort, LPOVERLAPPED_ENTRY lpCompletionPortEntries, ULONG ulCount,
  //   PULONG ulNumEntriesRemoved, DWORD dwMilliseconds, BOOL fAlertable)
  GetQueuedCompletionStatusEx: {
    parameters: ["pointer", "buffer", "u32", "buffer", "u32", "i32"],
    result: "i32",
  },
  GetQueuedCompletionStatusExNonblocking: {
    name: "GetQueuedCompletionStatusEx",
    parameters: ["pointer", "buffer", "u32", "buffer", "u32", "i32"],
    result: "i32",
    nonblocking: true,
  },
  // BOOL PostQueuedCompletionStatus(HANDLE CompletionPort, DWORD dwNumberOfBytesTransferred,
  //   ULONG_PTR dwCompletionKey, LPOVERLAPPED lpOverlapped)
  PostQueuedCompletionStatus: { parameters: ["pointer", "u32", "usize", "pointer"], result: "i32" },
  // BOOL SetFileCompletionNotificationModes(HANDLE FileHandle, UCHAR Flags)
  SetFileCompletionNotificationModes: { parameters: ["pointer", "u8"], result: "i32" },
  // BOOL CancelIoEx(HANDLE hFile, LPOVERLAPPED lpOverlapped)
  CancelIoEx: { parameters: ["pointer", "buffer"], result: "i32" },
  // BOOL CancelSynchronousIo(HANDLE hThread)
  CancelSynchronousIo: { parameters: ["pointer"], result: "i32" },
  // BOOL CreateTimerQueueTimer(PHANDLE phNewTimer, HANDLE TimerQueue, WAITORTIMERCALLBACK Callback, PVOID Parameter,
  //   DWORD DueTime, DWORD Period, ULONG Flags)
  CreateTimerQueueTimer: {
    parameters: ["buffer", "pointer", "pointer", "pointer", "u32", "u32", "u32"],
    result: "i32",
  },
  // BOOL DeleteTimerQueueTimer(HANDLE TimerQueue, HANDLE Timer, HANDLE CompletionEvent)
  DeleteTimerQueueTimer: { parameters: ["pointer", "pointer", "pointer"], result: "i32" },
  // HANDLE OpenThread(DWORD dwDesiredAccess, BOOL bInheritHandle, DWORD dwThreadId)
  OpenThread: { parameters: ["u32", "i32", "u32"], result: "pointer" },

  // ---- named pipes ----
  // HANDLE CreateNamedPipeW(LPCWSTR lpName, DWORD dwOpenMode, DWORD dwPipeMode, DWORD nMaxInstances,
  //   DWORD nOutBufferSize, DWORD nInBufferSize, DWORD nDefaultTimeOut, LPSECURITY_ATTRIBUTES lpSecurityAttributes)
  CreateNamedPipeW: {
    parameters: ["buffer", "u32", "u32", "u32", "u32", "u32", "u32", "buffer"],
    result: "pointer",
  },
  // BOOL ConnectNamedPipe(HANDLE hNamedPipe, LPOVERLAPPED lpOverlapped)
  ConnectNamedPipe: { parameters: ["pointer", "pointer"], result: "i32" },
  // BOOL TransactNamedPipe(HANDLE hNamedPipe, LPVOID lpInBuffer, DWORD nInBufferSize, LPVOID lpOutBuffer,
  //   DWORD nOutBufferSize, LPDWORD lpBytesRead, LPOVERLAPPED lpOverlapped)
  TransactNamedPipe: {
    parameters: ["pointer", "buffer", "u32", "buffer", "u32", "buffer", "pointer"],
    result: "i32",
  },
  // BOOL DisconnectNamedPipe(HANDLE hNamedPipe)
  DisconnectNamedPipe: { parameters: ["pointer"], result: "i32" },
  // BOOL WaitNamedPipeW(LPCWSTR lpNamedPipeName, DWORD nTimeOut)
  WaitNamedPipeW: { parameters: ["buffer", "u32"], result: "i32" },
  // BOOL PeekNamedPipe(HANDLE hNamedPipe, LPVOID lpBuffer, DWORD nBufferSize, LPDWORD lpBytesRead,
  //   LPDWORD lpTotalBytesAvail, LPDWORD lpBytesLeftThisMessage)
  PeekNamedPipe: {
    parameters: ["pointer", "pointer", "u32", "pointer", "buffer", "buffer"],
    result: "i32",
  },
  // BOOL SetNamedPipeHandleState(HANDLE hNamedPipe, LPDWORD lpMode, LPDWORD lpMaxCollectionCount,
  //   LPDWORD lpCollectDataTimeout)
  SetNamedPipeHandleState: {
    parameters: ["pointer", "buffer", "pointer", "pointer"],
    result: "i32",
  },
  // BOOL GetNamedPipeClientProcessId(HANDLE Pipe, PULONG ClientProcessId)
  GetNamedPipeClientProcessId: { parameters: ["pointer", "buffer"], result: "i32" },
  // BOOL GetNamedPipeServerProcessId(HANDLE Pipe, PULONG ServerProcessId)
  GetNamedPipeServerProcessId: { parameters: ["pointer", "buffer"], result: "i32" },
  // BOOL GetNamedPipeClientSessionId(HANDLE Pipe, PULONG ClientSessionId)
  GetNamedPipeClientSessionId: { parameters: ["pointer", "buffer"], result: "i32" },
  // BOOL GetNamedPipeServerSessionId(HANDLE Pipe, PULONG ServerSessionId)
  GetNamedPipeServerSessionId: { parameters: ["pointer", "buffer"], result: "i32" },

  // ---- mailslots ----
  // BOOL GetMailslotInfo(HANDLE hMailslot, LPDWORD lpMaxMessageSize, LPDWORD lpNextSize, LPDWORD lpMessageCount,
  //   LPDWORD lpReadTimeout)
  GetMailslotInfo: {
    parameters: ["pointer", "buffer", "buffer", "buffer", "buffer"],
    result: "i32",
  },
  // BOOL SetMailslotInfo(HANDLE hMailslot, DWORD lReadTimeout)
  SetMailslotInfo: { parameters: ["pointer", "u32"], result: "i32" },

  // ---- shared memory ----
  // HANDLE CreateFileMappingW(HANDLE hFile, LPSECURITY_ATTRIBUTES lpFileMappingAttributes, DWORD flProtect,
  //   DWORD dwMaximumSizeHigh, DWORD dwMaximumSizeLow, LPCWSTR lpName)
  CreateFileMappingW: {
    parameters: ["pointer", "buffer", "u32", "u32", "u32", "buffer"],
    result: "pointer",
  },
  // HANDLE OpenFileMappingW(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpName)
  OpenFileMappingW: { parameters: ["u32", "i32", "buffer"], result: "pointer" },
  // LPVOID MapViewOfFileEx(HANDLE hFileMappingObject, DWORD dwDesiredAccess, DWORD dwFileOffsetHigh,
  //   DWORD dwFileOffsetLow, SIZE_T dwNumberOfBytesToMap, LPVOID lpBaseAddress)
  MapViewOfFileEx: {
    parameters: ["pointer", "u32", "u32", "u32", "usize", "pointer"],
    result: "pointer",
  },
  // BOOL UnmapViewOfFile(LPCVOID lpBaseAddress)
  UnmapViewOfFile: { parameters: ["pointer"], result: "i32" },
  // BOOL FlushViewOfFile(LPCVOID lpBaseAddress, SIZE_T dwNumberOfBytesToFlush)
  FlushViewOfFile: { parameters: ["pointer", "usize"], result: "i32" },
  // LPVOID VirtualAlloc(LPVOID lpAddress, SIZE_T dwSize, DWORD flAllocationType, DWORD flProtect)
  VirtualAlloc: { parameters: ["pointer", "usize", "u32", "u32"], result: "pointer" },
  // BOOL VirtualFree(LPVOID lpAddress, SIZE_T dwSize, DWORD dwFreeType)
  VirtualFree: { parameters: ["pointer", "usize", "u32"], result: "i32" },
  // BOOL VirtualProtect(LPVOID lpAddress, SIZE_T dwSize, DWORD flNewProtect, PDWORD lpflOldProtect)
  VirtualProtect: { parameters: ["pointer", "usize", "u32", "buffer"], result: "i32" },
  // BOOL FlushInstructionCache(HANDLE hProcess, LPCVOID lpBaseAddress, SIZE_T dwSize)
  FlushInstructionCache: { parameters: ["pointer", "pointer", "usize"], result: "i32" },
  // SIZE_T VirtualQuery(LPCVOID lpAddress, PMEMORY_BASIC_INFORMATION lpBuffer, SIZE_T dwLength)
  VirtualQuery: { parameters: ["pointer", "buffer", "usize"], result: "usize" },
  // BOOL K32QueryWorkingSetEx(HANDLE hProcess, PVOID pv, DWORD cb)
  K32QueryWorkingSetEx: { parameters: ["pointer", "buffer", "u32"], result: "i32" },
  // void GetSystemInfo(LPSYSTEM_INFO lpSystemInfo)
  GetSystemInfo: { parameters: ["buffer"], result: "void" },

  // ---- synchronization ----
  // HANDLE CreateEventExW(LPSECURITY_ATTRIBUTES lpEventAttributes, LPCWSTR lpName, DWORD dwFlags, DWORD dwDesiredAccess)
  CreateEventExW: { parameters: ["buffer", "buffer", "u32", "u32"], result: "pointer" },
  // HANDLE OpenEventW(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpName)
  OpenEventW: { parameters: ["u32", "i32", "buffer"], result: "pointer" },
  // BOOL SetEvent(HANDLE hEvent)
  SetEvent: { parameters: ["pointer"], result: "i32" },
  // BOOL ResetEvent(HANDLE hEvent)
  ResetEvent: { parameters: ["pointer"], result: "i32" },
  // HANDLE CreateMutexExW(LPSECURITY_ATTRIBUTES lpMutexAttributes, LPCWSTR lpName, DWORD dwFlags, DWORD dwDesiredAccess)
  CreateMutexExW: { parameters: ["buffer", "buffer", "u32", "u32"], result: "pointer" },
  // HANDLE OpenMutexW(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpName)
  OpenMutexW: { parameters: ["u32", "i32", "buffer"], result: "pointer" },
  // BOOL ReleaseMutex(HANDLE hMutex)
  ReleaseMutex: { parameters: ["pointer"], result: "i32" },
  // HANDLE CreateSemaphoreExW(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount, LONG lMaximumCount,
  //   LPCWSTR lpName, DWORD dwFlags, DWORD dwDesiredAccess)
  CreateSemaphoreExW: {
    parameters: ["buffer", "i32", "i32", "buffer", "u32", "u32"],
    result: "pointer",
  },
  // HANDLE OpenSemaphoreW(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpName)
  OpenSemaphoreW: { parameters: ["u32", "i32", "buffer"], result: "pointer" },
  // BOOL ReleaseSemaphore(HANDLE hSemaphore, LONG lReleaseCount, LPLONG lpPreviousCount)
  ReleaseSemaphore: { parameters: ["pointer", "i32", "buffer"], result: "i32" },
  // HANDLE CreateWaitableTimerExW(LPSECURITY_ATTRIBUTES lpTimerAttributes, LPCWSTR lpTimerName, DWORD dwFlags,
  //   DWORD dwDesiredAccess)
  CreateWaitableTimerExW: { parameters: ["buffer", "buffer", "u32", "u32"], result: "pointer" },
  // HANDLE OpenWaitableTimerW(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpTimerName)
  OpenWaitableTimerW: { parameters: ["u32", "i32", "buffer"], result: "pointer" },
  // BOOL SetWaitableTimer(HANDLE hTimer, const LARGE_INTEGER *lpDueTime, LONG lPeriod,
  //   PTIMERAPCROUTINE pfnCompletionRoutine, LPVOID lpArgToCompletionRoutine, BOOL fResume)
  SetWaitableTimer: {
    parameters: ["pointer", "buffer", "i32", "pointer", "pointer", "i32"],
    result: "i32",
  },
  // BOOL CancelWaitableTimer(HANDLE hTimer)
  CancelWaitableTimer: { parameters: ["pointer"], result: "i32" },
  // DWORD WaitForSingleObject(HANDLE hHandle, DWORD dwMilliseconds)
  WaitForSingleObject: { parameters: ["pointer", "u32"], result: "u32" },
  // DWORD WaitForMultipleObjects(DWORD nCount, const HANDLE *lpHandles, BOOL bWaitAll, DWORD dwMilliseconds)
  WaitForMultipleObjects: { parameters: ["u32", "buffer", "i32", "u32"], result: "u32" },
  // PTP_POOL CreateThreadpool(PVOID reserved)
  CreateThreadpool: { parameters: ["pointer"], result: "pointer" },
  // void SetThreadpoolThreadMaximum(PTP_POOL ptpp, DWORD cthrdMost)
  SetThreadpoolThreadMaximum: { parameters: ["pointer", "u32"], result: "void" },
  // PTP_WAIT CreateThreadpoolWait(PTP_WAIT_CALLBACK pfnwa, PVOID pv, PTP_CALLBACK_ENVIRON pcbe)
  // pv as usize: it is what the callback gets, and here a number.
  CreateThreadpoolWait: { parameters: ["function", "usize", "buffer"], result: "pointer" },
  // void SetThreadpoolWait(PTP_WAIT pwa, HANDLE h, PFILETIME pftTimeout)
  SetThreadpoolWait: { parameters: ["pointer", "pointer", "buffer"], result: "void" },
  // BOOL SetThreadpoolWaitEx(PTP_WAIT pwa, HANDLE h, PFILETIME pftTimeout, PVOID Reserved)
  SetThreadpoolWaitEx: {
    parameters: ["pointer", "pointer", "buffer", "pointer"],
    result: "i32",
    optional: true,
  },
  // void WaitForThreadpoolWaitCallbacks(PTP_WAIT pwa, BOOL fCancelPendingCallbacks)
  WaitForThreadpoolWaitCallbacks: { parameters: ["pointer", "i32"], result: "void" },
  // PTP_CLEANUP_GROUP CreateThreadpoolCleanupGroup(void)
  CreateThreadpoolCleanupGroup: { parameters: [], result: "pointer" },
  // void CloseThreadpoolWait(PTP_WAIT pwa)
  CloseThreadpoolWait: { parameters: ["pointer"], result: "void" },
});

// Constants, by their names in the Windows headers. Unsigned 32-bit values, as the functions take
// them.

// winbase.h: FormatMessageW
export const FORMAT_MESSAGE_IGNORE_INSERTS = 0x200;
export const FORMAT_MESSAGE_FROM_HMODULE = 0x800;
export const FORMAT_MESSAGE_FROM_SYSTEM = 0x1000;

// winbase.h: GlobalAlloc
export const GMEM_MOVEABLE = 0x2;

// winnls.h: code pages
export const CP_ACP = 0;
export const WC_NO_BEST_FIT_CHARS = 0x400;

// winnt.h: access rights of any object, of files, processes and threads
export const READ_CONTROL = 0x20000;
export const WRITE_DAC = 0x40000;
export const SYNCHRONIZE = 0x100000;
export const GENERIC_READ = 0x80000000;
export const GENERIC_WRITE = 0x40000000;
export const FILE_READ_ATTRIBUTES = 0x80;
export const FILE_READ_DATA = 0x1;
export const FILE_WRITE_DATA = 0x2;
export const FILE_WRITE_ATTRIBUTES = 0x100;
export const PROCESS_DUP_HANDLE = 0x40;
export const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;
export const THREAD_TERMINATE = 0x1;
export const WT_EXECUTEINTIMERTHREAD = 0x20;

// winnt.h, winbase.h: handles and processes
export const DUPLICATE_SAME_ACCESS = 0x2;
export const HANDLE_FLAG_INHERIT = 0x1;
export const STARTF_USESTDHANDLES = 0x100;
export const CREATE_UNICODE_ENVIRONMENT = 0x400;
export const EXTENDED_STARTUPINFO_PRESENT = 0x80000;
export const PROC_THREAD_ATTRIBUTE_HANDLE_LIST = 0x20002;
export const PROC_THREAD_ATTRIBUTE_JOB_LIST = 0x2000d;
export const JobObjectExtendedLimitInformation = 9;
export const JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE = 0x2000;
export const STD_INPUT_HANDLE = 0xfffffff6;
export const STD_OUTPUT_HANDLE = 0xfffffff5;
export const STD_ERROR_HANDLE = 0xfffffff4;

// winnt.h, fileapi.h, winbase.h: files
export const FILE_SHARE_READ = 0x1;
export const FILE_SHARE_WRITE = 0x2;
export const FILE_SHARE_DELETE = 0x4;
export const OPEN_EXISTING = 3;
export const OPEN_ALWAYS = 4;
export const FILE_ATTRIBUTE_NORMAL = 0x80;
export const FILE_ATTRIBUTE_DIRECTORY = 0x10;
export const INVALID_FILE_ATTRIBUTES = 0xffffffff;
export const FILE_TYPE_DISK = 0x1;
export const FILE_TYPE_PIPE = 0x3;

// winbase.h: asynchronous I/O
export const FILE_FLAG_OVERLAPPED = 0x40000000;
export const FILE_SKIP_COMPLETION_PORT_ON_SUCCESS = 0x1;

// winbase.h: named pipes
export const PIPE_ACCESS_INBOUND = 0x1;
export const PIPE_ACCESS_OUTBOUND = 0x2;
export const PIPE_ACCESS_DUPLEX = 0x3;
export const FILE_FLAG_FIRST_PIPE_INSTANCE = 0x80000;
export const PIPE_NOWAIT = 0x1;
export const PIPE_TYPE_MESSAGE = 0x4;
export const PIPE_READMODE_MESSAGE = 0x2;
export const PIPE_REJECT_REMOTE_CLIENTS = 0x8;
export const PIPE_UNLIMITED_INSTANCES = 255;
export const NMPWAIT_USE_DEFAULT_WAIT = 0x0;

// winnt.h: mailslots
export const MAILSLOT_NO_MESSAGE = 0xffffffff;
export const MAILSLOT_WAIT_FOREVER = 0xffffffff;

// winnt.h, memoryapi.h: shared memory
export const PAGE_READONLY = 0x02;
export const PAGE_READWRITE = 0x04;
export const PAGE_WRITECOPY = 0x08;
export const PAGE_EXECUTE_READ = 0x20;
export const SEC_COMMIT = 0x8000000;
export const SEC_RESERVE = 0x4000000;
export const SEC_FILE = 0x800000;
export const SECTION_QUERY = 0x1;
export const FILE_MAP_COPY = 0x1;
export const FILE_MAP_WRITE = 0x2;
export const FILE_MAP_READ = 0x4;
export const MEM_COMMIT = 0x1000;
export const MEM_RESERVE = 0x2000;
export const HEAP_ZERO_MEMORY = 0x8;
export const MEM_RELEASE = 0x8000;

// winbase.h, winnt.h, synchapi.h: synchronization
export const INFINITE = 0xffffffff;
export const WAIT_OBJECT_0 = 0x0;
export const WAIT_ABANDONED_0 = 0x80;
export const WAIT_FAILED = 0xffffffff;
export const MAXIMUM_WAIT_OBJECTS = 64;
export const CREATE_EVENT_MANUAL_RESET = 0x1;
export const CREATE_EVENT_INITIAL_SET = 0x2;
export const CREATE_WAITABLE_TIMER_MANUAL_RESET = 0x1;
export const CREATE_WAITABLE_TIMER_HIGH_RESOLUTION = 0x2;
export const EVENT_MODIFY_STATE = 0x2;
export const MUTEX_MODIFY_STATE = 0x1;
export const SEMAPHORE_MODIFY_STATE = 0x2;
export const TIMER_QUERY_STATE = 0x1;
export const TIMER_MODIFY_STATE = 0x2;

// libloaderapi.h: LoadLibraryExW
export const LOAD_LIBRARY_AS_DATAFILE = 0x2;
export const LOAD_LIBRARY_SEARCH_SYSTEM32 = 0x800;

// wdm.h: synchronization
export const EVENT_QUERY_STATE = 0x1;
export const SEMAPHORE_QUERY_STATE = 0x1;
