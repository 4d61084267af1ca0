/*
 * Prints size, alignment and field offsets of the structs that src and user_structs.ts
 * declare, as the C compiler has them: one JSON object.
 */

#include "ntdll_structs.h"
#include "user_structs.h"
#include <stdalign.h>
#include <stdio.h>

static const char *comma = "";
static const char *field_comma = "";

static void begin_struct(const char *name, size_t size, size_t align) {
  printf("%s\n\"%s\":{\"size\":%u,\"align\":%u,\"fields\":{", comma, name, (unsigned)size,
         (unsigned)align);
  comma = "}},";
  field_comma = "";
}

static void field(const char *name, size_t offset, size_t size) {
  printf("%s\"%s\":{\"offset\":%u,\"size\":%u}", field_comma, name, (unsigned)offset,
         (unsigned)size);
  field_comma = ",";
}

#define STRUCT(type) begin_struct(#type, sizeof(type), alignof(type))
#define NAMED(type, name, member)                                                                  \
  field(name, offsetof(type, member), sizeof(((type *)0)->member))
#define F(type, member) NAMED(type, #member, member)

/* A struct that is given a value for each field that src/win32 has compiles only if it has no more. */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Wmissing-braces"
#define ALL_FIELDS(type, ...) (void)sizeof((type){__VA_ARGS__})

static void core_structs(void) {
#include "tests/abi/win32_structs.h"
}
#pragma GCC diagnostic pop

static void mechanism_structs(void) {
  STRUCT(SECURITY_ATTRIBUTES);
  F(SECURITY_ATTRIBUTES, nLength);
  F(SECURITY_ATTRIBUTES, lpSecurityDescriptor);
  F(SECURITY_ATTRIBUTES, bInheritHandle);

  STRUCT(FILETIME);
  F(FILETIME, dwLowDateTime);
  F(FILETIME, dwHighDateTime);

  STRUCT(SYSTEM_INFO);
  F(SYSTEM_INFO, wProcessorArchitecture);
  F(SYSTEM_INFO, wReserved);
  F(SYSTEM_INFO, dwPageSize);
  F(SYSTEM_INFO, lpMinimumApplicationAddress);
  F(SYSTEM_INFO, lpMaximumApplicationAddress);
  F(SYSTEM_INFO, dwActiveProcessorMask);
  F(SYSTEM_INFO, dwNumberOfProcessors);
  F(SYSTEM_INFO, dwProcessorType);
  F(SYSTEM_INFO, dwAllocationGranularity);
  F(SYSTEM_INFO, wProcessorLevel);
  F(SYSTEM_INFO, wProcessorRevision);

  STRUCT(MEMORY_BASIC_INFORMATION);
  F(MEMORY_BASIC_INFORMATION, BaseAddress);
  F(MEMORY_BASIC_INFORMATION, AllocationBase);
  F(MEMORY_BASIC_INFORMATION, AllocationProtect);
  F(MEMORY_BASIC_INFORMATION, RegionSize);
  F(MEMORY_BASIC_INFORMATION, State);
  F(MEMORY_BASIC_INFORMATION, Protect);
  F(MEMORY_BASIC_INFORMATION, Type);

  STRUCT(SECTION_BASIC_INFORMATION);
  F(SECTION_BASIC_INFORMATION, BaseAddress);
  F(SECTION_BASIC_INFORMATION, AllocationAttributes);
  F(SECTION_BASIC_INFORMATION, MaximumSize);

  STRUCT(EVENT_BASIC_INFORMATION);
  F(EVENT_BASIC_INFORMATION, EventType);
  F(EVENT_BASIC_INFORMATION, EventState);

  STRUCT(SEMAPHORE_BASIC_INFORMATION);
  F(SEMAPHORE_BASIC_INFORMATION, CurrentCount);
  F(SEMAPHORE_BASIC_INFORMATION, MaximumCount);

  STRUCT(MUTANT_BASIC_INFORMATION);
  F(MUTANT_BASIC_INFORMATION, CurrentCount);
  F(MUTANT_BASIC_INFORMATION, OwnedByCaller);
  F(MUTANT_BASIC_INFORMATION, AbandonedState);

  STRUCT(SID_AND_ATTRIBUTES);
  F(SID_AND_ATTRIBUTES, Sid);
  F(SID_AND_ATTRIBUTES, Attributes);

  STRUCT(TOKEN_USER);
  F(TOKEN_USER, User);

  STRUCT(PROCESS_INFORMATION);
  F(PROCESS_INFORMATION, hProcess);
  F(PROCESS_INFORMATION, hThread);
  F(PROCESS_INFORMATION, dwProcessId);
  F(PROCESS_INFORMATION, dwThreadId);

  STRUCT(STARTUPINFOW);
  F(STARTUPINFOW, cb);
  F(STARTUPINFOW, lpReserved);
  F(STARTUPINFOW, lpDesktop);
  F(STARTUPINFOW, lpTitle);
  F(STARTUPINFOW, dwX);
  F(STARTUPINFOW, dwY);
  F(STARTUPINFOW, dwXSize);
  F(STARTUPINFOW, dwYSize);
  F(STARTUPINFOW, dwXCountChars);
  F(STARTUPINFOW, dwYCountChars);
  F(STARTUPINFOW, dwFillAttribute);
  F(STARTUPINFOW, dwFlags);
  F(STARTUPINFOW, wShowWindow);
  F(STARTUPINFOW, cbReserved2);
  F(STARTUPINFOW, lpReserved2);
  F(STARTUPINFOW, hStdInput);
  F(STARTUPINFOW, hStdOutput);
  F(STARTUPINFOW, hStdError);

  STRUCT(STARTUPINFOEXW);
  F(STARTUPINFOEXW, StartupInfo);
  F(STARTUPINFOEXW, lpAttributeList);

  STRUCT(JOBOBJECT_BASIC_LIMIT_INFORMATION);
  F(JOBOBJECT_BASIC_LIMIT_INFORMATION, PerProcessUserTimeLimit);
  F(JOBOBJECT_BASIC_LIMIT_INFORMATION, PerJobUserTimeLimit);
  F(JOBOBJECT_BASIC_LIMIT_INFORMATION, LimitFlags);
  F(JOBOBJECT_BASIC_LIMIT_INFORMATION, MinimumWorkingSetSize);
  F(JOBOBJECT_BASIC_LIMIT_INFORMATION, MaximumWorkingSetSize);
  F(JOBOBJECT_BASIC_LIMIT_INFORMATION, ActiveProcessLimit);
  F(JOBOBJECT_BASIC_LIMIT_INFORMATION, Affinity);
  F(JOBOBJECT_BASIC_LIMIT_INFORMATION, PriorityClass);
  F(JOBOBJECT_BASIC_LIMIT_INFORMATION, SchedulingClass);

  STRUCT(IO_COUNTERS);
  F(IO_COUNTERS, ReadOperationCount);
  F(IO_COUNTERS, WriteOperationCount);
  F(IO_COUNTERS, OtherOperationCount);
  F(IO_COUNTERS, ReadTransferCount);
  F(IO_COUNTERS, WriteTransferCount);
  F(IO_COUNTERS, OtherTransferCount);

  STRUCT(JOBOBJECT_EXTENDED_LIMIT_INFORMATION);
  F(JOBOBJECT_EXTENDED_LIMIT_INFORMATION, BasicLimitInformation);
  F(JOBOBJECT_EXTENDED_LIMIT_INFORMATION, IoInfo);
  F(JOBOBJECT_EXTENDED_LIMIT_INFORMATION, ProcessMemoryLimit);
  F(JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobMemoryLimit);
  F(JOBOBJECT_EXTENDED_LIMIT_INFORMATION, PeakProcessMemoryUsed);
  F(JOBOBJECT_EXTENDED_LIMIT_INFORMATION, PeakJobMemoryUsed);
}

static void user_structs(void) {
  STRUCT(Point);
  F(Point, x);
  F(Point, y);

  STRUCT(Row);
  F(Row, name);
  F(Row, code);
  F(Row, position);
  F(Row, inner);

  STRUCT(Scalars);
  F(Scalars, a);
  F(Scalars, u64);
  F(Scalars, b);
  F(Scalars, i16);
  F(Scalars, c);
  F(Scalars, u32);
  F(Scalars, i8);
  F(Scalars, f32);
  F(Scalars, u16);
  F(Scalars, f64);
  F(Scalars, bool8);
  F(Scalars, i64);
  F(Scalars, d);
  F(Scalars, i32);
  F(Scalars, e);
  F(Scalars, bool32);
  F(Scalars, f);
  F(Scalars, usize);
  F(Scalars, g);
  F(Scalars, pointer);

  STRUCT(Packed1);
  F(Packed1, tag);
  F(Packed1, tick);
  F(Packed1, flags);
  F(Packed1, value);
  F(Packed1, text);
  F(Packed1, samples);

  STRUCT(PackedAround);
  F(PackedAround, first);
  F(PackedAround, point);
  F(PackedAround, second);
  F(PackedAround, scalars);

  STRUCT(Packed2);
  F(Packed2, a);
  F(Packed2, b);
  F(Packed2, c);
  F(Packed2, d);
  F(Packed2, e);

  STRUCT(Packed4);
  F(Packed4, gear);
  F(Packed4, speed);
  F(Packed4, laps);
  F(Packed4, lights);
  F(Packed4, wheels);
  F(Packed4, last);
  F(Packed4, end);

  STRUCT(Packed8);
  F(Packed8, a);
  F(Packed8, b);
  F(Packed8, c);

  STRUCT(AroundPacked);
  F(AroundPacked, first);
  F(AroundPacked, packed);
  F(AroundPacked, second);
  F(AroundPacked, list);
  F(AroundPacked, last);

  STRUCT(Matrix);
  F(Matrix, pose);
  F(Matrix, flags);
  F(Matrix, grid);
  F(Matrix, last);

  STRUCT(Reading);
  F(Reading, value);
  F(Reading, unit);

  STRUCT(Readings);
  F(Readings, count);
  F(Readings, readings);
  F(Readings, after);

  STRUCT(Variant);
  F(Variant, kind);
  NAMED(Variant, "number", value.number);
  NAMED(Variant, "cell", value.cell);
  NAMED(Variant, "bytes", value.bytes);
  F(Variant, after);

  STRUCT(Texts);
  F(Texts, utf8);
  F(Texts, wide);
  F(Texts, latin1);
  F(Texts, full);
  F(Texts, title);
  F(Texts, names);

  STRUCT(Booleans);
  F(Booleans, first);
  F(Booleans, list);
  F(Booleans, small);
  F(Booleans, last);

  STRUCT(Header);
  F(Header, magic);
  F(Header, sequence);

  STRUCT(Offsets);
  F(Offsets, misaligned);
  F(Offsets, value);

  STRUCT(Nested);
  F(Nested, middle);
  F(Nested, last);
}

int main(void) {
  printf("{");
  core_structs();
  mechanism_structs();
  user_structs();
  printf("}}\n}\n");
  return 0;
}
