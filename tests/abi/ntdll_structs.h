/*
 * ntdll types for which the Windows SDK has no declaration, as the Windows Driver Kit and the
 * documentation of the kernel's system calls (ntexapi.h, ntmmapi.h of phnt) give them.
 */

#ifndef WINIPC_NTDLL_STRUCTS_H
#define WINIPC_NTDLL_STRUCTS_H

#include "windows_headers.h"

typedef enum { SectionBasicInformation } SECTION_INFORMATION_CLASS;
typedef enum { EventBasicInformation } EVENT_INFORMATION_CLASS;
typedef enum { MutantBasicInformation } MUTANT_INFORMATION_CLASS;
typedef enum { SemaphoreBasicInformation } SEMAPHORE_INFORMATION_CLASS;

typedef struct {
  PVOID BaseAddress;
  ULONG AllocationAttributes;
  LARGE_INTEGER MaximumSize;
} SECTION_BASIC_INFORMATION;

typedef struct {
  int EventType; /* enum _EVENT_TYPE { NotificationEvent, SynchronizationEvent } */
  LONG EventState;
} EVENT_BASIC_INFORMATION;

typedef struct {
  LONG CurrentCount;
  LONG MaximumCount;
} SEMAPHORE_BASIC_INFORMATION;

typedef struct {
  LONG CurrentCount;
  BOOLEAN OwnedByCaller;
  BOOLEAN AbandonedState;
} MUTANT_BASIC_INFORMATION;

#endif
