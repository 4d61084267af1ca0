/*
 * The headers that declare the functions and constants of src/win32. A new DLL's header is
 * included here, and nowhere else. (winsock2.h must come before windows.h.)
 */

#ifndef WINIPC_WINDOWS_HEADERS_H
#define WINIPC_WINDOWS_HEADERS_H

/* winnt.h has some of the status codes, ntstatus.h all of them. */
#define WIN32_NO_STATUS
#include <windows.h>
#undef WIN32_NO_STATUS
#include <ddeml.h>
#include <mq.h>
#include <ntstatus.h>
#include <olectl.h>
#include <psapi.h>
#include <sddl.h>
#include <winioctl.h>
#include <winternl.h>

#endif
