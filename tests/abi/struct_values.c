/*
 * struct_values write   writes the structs of user_structs.h, filled with values, to stdout
 * struct_values check   reads the same from stdin, and names every value that is different
 *
 * The values are those of user_structs.ts.
 */

/* strcpy and wcscpy: the texts are constants that fit. */
#define _CRT_SECURE_NO_WARNINGS

#include "user_structs.h"
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <string.h>

static bool writing;
static int wrong;
static const char *current;

static void compare(bool same, const char *place) {
  if (same) return;
  wrong++;
  fprintf(stderr, "%s: %s is different\n", current, place);
}

/* Sets a place to a value, or compares it. */
#define V(place, value)                                                                            \
  do {                                                                                             \
    if (writing)                                                                                   \
      (place) = (value);                                                                           \
    else                                                                                           \
      compare((place) == (value), #place);                                                         \
  } while (0)
#define S(place, text)                                                                             \
  do {                                                                                             \
    if (writing)                                                                                   \
      strcpy(place, text);                                                                         \
    else                                                                                           \
      compare(strcmp(place, text) == 0 && zero_after(place, sizeof(place), sizeof(text)), #place); \
  } while (0)
#define W(place, text)                                                                             \
  do {                                                                                             \
    if (writing)                                                                                   \
      wcscpy(place, text);                                                                         \
    else                                                                                           \
      compare(wcscmp(place, text) == 0 && zero_after(place, sizeof(place), sizeof(text)), #place); \
  } while (0)

/* Whether all behind the text and its NUL is zero, for C programs that compare whole fields. */
static bool zero_after(const void *field, size_t size, size_t from) {
  const unsigned char *bytes = field;
  for (; from < size; from++) {
    if (bytes[from] != 0) return false;
  }
  return true;
}

static void point(Point *s) {
  V(s->x, -0.5);
  V(s->y, 1e300);
}

static void row(Row *s) {
  S(s->name, "Malm\xc3\xb6");
  V(s->code, -46);
  V(s->position[0], 1);
  V(s->position[1], 2.5);
  V(s->position[2], -3);
  point(&s->inner);
}

static void scalars(Scalars *s) {
  V(s->a, 1);
  V(s->u64, UINT64_MAX);
  V(s->b, 2);
  V(s->i16, INT16_MIN);
  V(s->c, 3);
  V(s->u32, UINT32_MAX);
  V(s->i8, INT8_MIN);
  V(s->f32, 0.15625f);
  V(s->u16, UINT16_MAX);
  V(s->f64, 3.141592653589793);
  V(s->bool8, true);
  V(s->i64, INT64_MIN);
  V(s->d, 4);
  V(s->i32, INT32_MIN);
  V(s->e, 5);
  V(s->bool32, TRUE);
  V(s->f, 6);
  V(s->usize, 0x1122334455667788);
  V(s->g, 7);
  V(s->pointer, (void *)0x7fffdeadbeef);
}

/* By value: the address of a packed member must not be taken. */
static Packed1 packed1(Packed1 s) {
  V(s.tag, '!');
  V(s.tick, 9007199254740993);
  V(s.flags, 0x8001);
  V(s.value, -2.5);
  W(s.text, L"\u6771\u4eac!");
  V(s.samples[0], 1.5f);
  V(s.samples[1], -2.25f);
  V(s.samples[2], 0);
  return s;
}

static void packed_around(PackedAround *s) {
  Point p = s->point;
  Scalars all = s->scalars;
  V(s->first, 11);
  point(&p);
  V(s->second, 22);
  scalars(&all);
  s->point = p;
  s->scalars = all;
}

static void packed2(Packed2 *s) {
  V(s->a, 1);
  V(s->b, 0xdeadbeef);
  V(s->c, 3);
  V(s->d, 4.5);
  V(s->e, 5);
}

static void packed4(Packed4 *s) {
  V(s->gear, 6);
  V(s->speed, 88.75);
  V(s->laps, -2);
  V(s->lights, 255);
  for (int i = 0; i < 4; i++) V(s->wheels[i], (float)(i + 1));
  V(s->last, 0.5);
  V(s->end, 9);
}

static void packed8(Packed8 *s) {
  V(s->a, 1);
  V(s->b, 2.5);
  V(s->c, 3);
}

static void around_packed(AroundPacked *s) {
  V(s->first, 1);
  s->packed = packed1(s->packed);
  V(s->second, 2);
  for (int i = 0; i < 2; i++) {
    V(s->list[i].a, 5 * i + 1);
    V(s->list[i].b, (uint32_t)(5 * i + 2));
    V(s->list[i].c, 5 * i + 3);
    V(s->list[i].d, 5 * i + 4);
    V(s->list[i].e, 5 * i + 5);
  }
  V(s->last, 0x01020304);
}

static void matrix(Matrix *s) {
  for (int i = 0; i < 4; i++) {
    for (int j = 0; j < 4; j++) V(s->pose[i][j], (float)(10 * i + j));
  }
  for (int i = 0; i < 3; i++) V(s->flags[i], 7 + i);
  for (int i = 0; i < 2; i++) {
    for (int j = 0; j < 3; j++) V(s->grid[i][j], 10 * i - j);
  }
  V(s->last[0], 1);
  V(s->last[1], 1ull << 63);
}

static void reading(Reading *s) {
  V(s->value, 21.5);
  V(s->unit, 'C');
}

static void readings(Readings *s) {
  V(s->count, 3);
  for (int i = 0; i < 3; i++) {
    V(s->readings[i].value, i + 1);
    V(s->readings[i].unit, "AVW"[i]);
  }
  V(s->after, 77);
}

static void variant(Variant *s) {
  V(s->kind, 2);
  V(s->value.cell.x, -1);
  V(s->value.cell.y, 0x40000000);
  V(s->value.cell.z, 7);
  for (int i = 0; i < 6; i++) V(s->value.bytes[12 + i], i + 1);
  V(s->after, 99);
}

static void texts(Texts *s) {
  S(s->utf8, "na\xc3\xafv\xe2\x82\xac");
  W(s->wide, L"wide\xd83d\xde00");
  S(s->latin1, "\x80\xff\xe9");
  for (int i = 0; i < 3; i++) V(s->full[i], "abc"[i]);
  W(s->title, L"");
  S(s->names[0], "first");
  S(s->names[1], "2nd");
}

static void booleans(Booleans *s) {
  V(s->first, TRUE);
  V(s->list[0], FALSE);
  V(s->list[1], TRUE);
  V(s->list[2], TRUE);
  V(s->small[0], true);
  V(s->small[1], false);
  V(s->small[2], true);
  V(s->last, FALSE);
}

static void header(Header *s) {
  V(s->magic, 0x4d454d53);
  V(s->sequence, 0x0102030405060708);
}

static void offsets(Offsets *s) {
  V(s->misaligned, 0xa1b2c3d4);
  V(s->value, 1.25);
}

static void nested(Nested *s) {
  for (int i = 0; i < 2; i++) {
    for (int j = 0; j < 2; j++) {
      V(s->middle[i].inner[j].deep, 5 * i + 2 * j + 1);
      V(s->middle[i].inner[j].deeper, (uint64_t)(5 * i + 2 * j + 2));
    }
    V(s->middle[i].count, 5 * i + 5);
  }
  V(s->last, 11);
}

static void begin(const char *name, void *bytes, size_t size) {
  current = name;
  if (writing) {
    /* Padding, and what lies behind the NUL of a string, is anything but zero. */
    memset(bytes, 0xcd, size);
  } else if (fread(bytes, size, 1, stdin) != 1) {
    compare(false, "the input: it is too short, and so everything");
  }
}

static void end(const void *bytes, size_t size) {
  if (writing) fwrite(bytes, size, 1, stdout);
}

#define STRUCT(type, fill)                                                                         \
  do {                                                                                             \
    type value;                                                                                    \
    begin(#type, &value, sizeof(value));                                                           \
    fill;                                                                                          \
    end(&value, sizeof(value));                                                                    \
  } while (0)

int main(int argc, char **argv) {
  writing = argc == 2 && strcmp(argv[1], "write") == 0;
  if (!writing && !(argc == 2 && strcmp(argv[1], "check") == 0)) return 2;
  _setmode(_fileno(stdin), _O_BINARY);
  _setmode(_fileno(stdout), _O_BINARY);

  STRUCT(Point, point(&value));
  STRUCT(Row, row(&value));
  STRUCT(Scalars, scalars(&value));
  STRUCT(Packed1, value = packed1(value));
  STRUCT(PackedAround, packed_around(&value));
  STRUCT(Packed2, packed2(&value));
  STRUCT(Packed4, packed4(&value));
  STRUCT(Packed8, packed8(&value));
  STRUCT(AroundPacked, around_packed(&value));
  STRUCT(Matrix, matrix(&value));
  STRUCT(Reading, reading(&value));
  STRUCT(Readings, readings(&value));
  STRUCT(Variant, variant(&value));
  STRUCT(Texts, texts(&value));
  STRUCT(Booleans, booleans(&value));
  STRUCT(Header, header(&value));
  STRUCT(Offsets, offsets(&value));
  STRUCT(Nested, nested(&value));

  if (!writing && getchar() != EOF) compare(false, "the input: it is too long, and so something");
  return wrong == 0 ? 0 : 1;
}
