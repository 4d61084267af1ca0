import { lazyLibrary } from "./library.ts";

/** The functions of advapi32.dll that winipc calls, each under its C declaration. */
export const advapi32 = lazyLibrary("advapi32.dll", {
  // BOOL ConvertStringSecurityDescriptorToSecurityDescriptorW(LPCWSTR StringSecurityDescriptor, DWORD StringSDRevision,
  //   PSECURITY_DESCRIPTOR *SecurityDescriptor, PULONG SecurityDescriptorSize)
  ConvertStringSecurityDescriptorToSecurityDescriptorW: {
    parameters: ["buffer", "u32", "buffer", "buffer"],
    result: "i32",
  },
  // BOOL ConvertSecurityDescriptorToStringSecurityDescriptorW(PSECURITY_DESCRIPTOR SecurityDescriptor,
  //   DWORD RequestedStringSDRevision, SECURITY_INFORMATION SecurityInformation, LPWSTR *StringSecurityDescriptor,
  //   PULONG StringSecurityDescriptorLen)
  ConvertSecurityDescriptorToStringSecurityDescriptorW: {
    parameters: ["buffer", "u32", "u32", "buffer", "buffer"],
    result: "i32",
  },
  // BOOL GetKernelObjectSecurity(HANDLE Handle, SECURITY_INFORMATION RequestedInformation,
  //   PSECURITY_DESCRIPTOR pSecurityDescriptor, DWORD nLength, LPDWORD lpnLengthNeeded)
  GetKernelObjectSecurity: {
    parameters: ["pointer", "u32", "buffer", "u32", "buffer"],
    result: "i32",
  },
  // BOOL OpenProcessToken(HANDLE ProcessHandle, DWORD DesiredAccess, PHANDLE TokenHandle)
  OpenProcessToken: { parameters: ["pointer", "u32", "buffer"], result: "i32" },
  // BOOL GetTokenInformation(HANDLE TokenHandle, TOKEN_INFORMATION_CLASS TokenInformationClass, LPVOID TokenInformation,
  //   DWORD TokenInformationLength, PDWORD ReturnLength)
  GetTokenInformation: { parameters: ["pointer", "u32", "buffer", "u32", "buffer"], result: "i32" },
  // BOOL ConvertSidToStringSidW(PSID Sid, LPWSTR *StringSid)
  ConvertSidToStringSidW: { parameters: ["pointer", "buffer"], result: "i32" },
  // BOOL ImpersonateNamedPipeClient(HANDLE hNamedPipe)
  ImpersonateNamedPipeClient: { parameters: ["pointer"], result: "i32" },
  // BOOL RevertToSelf(void)
  RevertToSelf: { parameters: [], result: "i32" },
  // BOOL OpenThreadToken(HANDLE ThreadHandle, DWORD DesiredAccess, BOOL OpenAsSelf, PHANDLE TokenHandle)
  OpenThreadToken: { parameters: ["pointer", "u32", "i32", "buffer"], result: "i32" },
});

// Constants, by their names in the Windows headers. Unsigned 32-bit values, as the functions take
// them.

// sddl.h, winnt.h: descriptors and SIDs
export const SDDL_REVISION_1 = 1;
export const OWNER_SECURITY_INFORMATION = 0x1;
export const GROUP_SECURITY_INFORMATION = 0x2;
export const DACL_SECURITY_INFORMATION = 0x4;
export const SECURITY_MAX_SID_STRING_CHARACTERS = 187;

// winnt.h: tokens
export const TOKEN_QUERY = 0x8;
export const TokenOwner = 4;
export const TokenUser = 1;
export const TokenIntegrityLevel = 25;
