/* Structs as users have them, for the ABI tests. Every one has its twin in user_structs.ts. */

#ifndef WINIPC_USER_STRUCTS_H
#define WINIPC_USER_STRUCTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>
#include <windows.h>

typedef struct {
  double x, y;
} Point;

typedef struct {
  char name[32];
  int32_t code;
  double position[3];
  Point inner;
} Row;

/* Every scalar, each behind a byte, so that its alignment shows. */
typedef struct {
  uint8_t a;
  uint64_t u64;
  uint8_t b;
  int16_t i16;
  uint8_t c;
  uint32_t u32;
  int8_t i8;
  float f32;
  uint16_t u16;
  double f64;
  bool bool8;
  int64_t i64;
  uint8_t d;
  int32_t i32;
  uint8_t e;
  BOOL bool32;
  uint8_t f;
  size_t usize;
  uint8_t g;
  void *pointer;
} Scalars;

#pragma pack(push, 1)
typedef struct {
  char tag;
  uint64_t tick;
  uint16_t flags;
  double value;
  wchar_t text[5];
  float samples[3];
} Packed1;

/* A struct with natural alignment keeps its own padding inside of a packed one. */
typedef struct {
  uint8_t first;
  Point point;
  uint8_t second;
  Scalars scalars;
} PackedAround;
#pragma pack(pop)

#pragma pack(push, 2)
typedef struct {
  uint8_t a;
  uint32_t b;
  uint8_t c;
  double d;
  uint8_t e;
} Packed2;
#pragma pack(pop)

#pragma pack(push, 4)
typedef struct {
  uint8_t gear;
  double speed;
  int64_t laps;
  uint8_t lights;
  float wheels[4];
  double last;
  uint8_t end;
} Packed4;
#pragma pack(pop)

#pragma pack(push, 8)
typedef struct {
  uint8_t a;
  double b;
  uint8_t c;
} Packed8;
#pragma pack(pop)

/* A packed struct has an alignment of 1 wherever it is. */
typedef struct {
  uint8_t first;
  Packed1 packed;
  uint8_t second;
  Packed2 list[2];
  uint32_t last;
} AroundPacked;

typedef struct {
  float pose[4][4];
  uint8_t flags[3];
  int16_t grid[2][3];
  uint64_t last[2];
} Matrix;

typedef struct {
  double value;
  char unit;
} Reading;

typedef struct {
  uint8_t count;
  Reading readings[3];
  uint8_t after;
} Readings;

typedef struct {
  uint32_t kind;
  union {
    double number;
    struct {
      int32_t x, y, z;
    } cell;
    uint8_t bytes[18];
  } value;
  uint8_t after;
} Variant;

typedef struct {
  char utf8[9];
  wchar_t wide[7];
  char latin1[4];
  char full[3];
  wchar_t title[40];
  char names[2][6];
} Texts;

typedef struct {
  BOOL first;
  BOOL list[3];
  bool small[3];
  BOOL last;
} Booleans;

/* A page layout given as a table of offsets, with room for later versions. */
typedef struct {
  uint32_t magic;
  uint8_t reserved1[12];
  uint64_t sequence;
  uint8_t reserved2[41];
} Header;

#pragma pack(push, 1)
typedef struct {
  uint8_t start[3];
  uint32_t misaligned;
  uint8_t unused[6];
  double value;
  uint8_t rest[43];
} Offsets;
#pragma pack(pop)

typedef struct {
  struct {
    struct {
      uint8_t deep;
      uint64_t deeper;
    } inner[2];
    uint16_t count;
  } middle[2];
  uint8_t last;
} Nested;

#endif
