/*
 * The functions of src/win32 that the Windows SDK does not declare, each as the documentation
 * gives it. A function that is neither here nor in the SDK does not compile, and one that is in
 * both must be the same.
 */

#ifndef WINIPC_NTDLL_DECLARATIONS_H
#define WINIPC_NTDLL_DECLARATIONS_H

#include "ntdll_structs.h"

/* "NtCreateNamedPipeFile function" */
NTSTATUS NTAPI NtCreateNamedPipeFile(PHANDLE FileHandle, ULONG DesiredAccess,
                                     POBJECT_ATTRIBUTES ObjectAttributes,
                                     PIO_STATUS_BLOCK IoStatusBlock, ULONG ShareAccess,
                                     ULONG CreateDisposition, ULONG CreateOptions,
                                     ULONG NamedPipeType, ULONG ReadMode, ULONG CompletionMode,
                                     ULONG MaximumInstances, ULONG InboundQuota,
                                     ULONG OutboundQuota, PLARGE_INTEGER DefaultTimeout);

/* "NtReadFile function (ntifs.h)" */
NTSTATUS NTAPI NtReadFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                          PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
                          ULONG Length, PLARGE_INTEGER ByteOffset, PULONG Key);

/* "NtWriteFile function (ntifs.h)" */
NTSTATUS NTAPI NtWriteFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                           PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
                           ULONG Length, PLARGE_INTEGER ByteOffset, PULONG Key);

/* "ZwFlushBuffersFile function (ntifs.h)" */
NTSTATUS NTAPI NtFlushBuffersFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock);

/* "NtQuerySection function" */
NTSTATUS NTAPI NtQuerySection(HANDLE SectionHandle, SECTION_INFORMATION_CLASS InformationClass,
                              PVOID InformationBuffer, SIZE_T InformationBufferSize,
                              PSIZE_T ResultLength);

/* Microsoft has no page for these: they are as in phnt, the headers of System Informer. */

/* "NtCreateMailslotFile" (phnt, ntioapi.h) */
NTSTATUS NTAPI NtCreateMailslotFile(PHANDLE FileHandle, ULONG DesiredAccess,
                                    POBJECT_ATTRIBUTES ObjectAttributes,
                                    PIO_STATUS_BLOCK IoStatusBlock, ULONG CreateOptions,
                                    ULONG MailslotQuota, ULONG MaximumMessageSize,
                                    PLARGE_INTEGER ReadTimeout);

/* "NtQueryEvent" (phnt, ntexapi.h) */
NTSTATUS NTAPI NtQueryEvent(HANDLE EventHandle, EVENT_INFORMATION_CLASS EventInformationClass,
                            PVOID EventInformation, ULONG EventInformationLength,
                            PULONG ReturnLength);

/* "NtQueryMutant" (phnt, ntexapi.h) */
NTSTATUS NTAPI NtQueryMutant(HANDLE MutantHandle, MUTANT_INFORMATION_CLASS MutantInformationClass,
                             PVOID MutantInformation, ULONG MutantInformationLength,
                             PULONG ReturnLength);

/* "NtQuerySemaphore" (phnt, ntexapi.h) */
NTSTATUS NTAPI NtQuerySemaphore(HANDLE SemaphoreHandle,
                                SEMAPHORE_INFORMATION_CLASS SemaphoreInformationClass,
                                PVOID SemaphoreInformation, ULONG SemaphoreInformationLength,
                                PULONG ReturnLength);

#endif
