/*
 * Proves the C declarations in the comments of src/win32: it compiles only if each is what the
 * Windows headers say. Prints what the types of the result and of the parameters are, for each
 * declaration: one JSON object.
 */

#include "missing_constants.h"
#include "ntdll_declarations.h"
#include <stdio.h>

static const char *function_comma = "";
static const char *value_comma = "";

static void begin_function(const char *key) {
  printf("%s\n\"%s\":[", function_comma, key);
  function_comma = "],";
  value_comma = "";
}

static void print_value(const char *kind, size_t size) {
  printf("%s{\"kind\":\"%s\",\"size\":%u}", value_comma, kind, (unsigned)size);
  value_comma = ",";
}

static void void_value(void) {
  print_value("void", 0);
}

/* What __builtin_classify_type() returns, from typeclass.h of GCC. */
enum { INTEGER_CLASS = 1, ENUMERAL_CLASS = 3, POINTER_CLASS = 5, REAL_CLASS = 8 };

#define CLASS(type) __builtin_classify_type(*(type *)0)
#define IS_POINTER(type) (CLASS(type) == POINTER_CLASS)
#define IS_INTEGER(type) (CLASS(type) == INTEGER_CLASS || CLASS(type) == ENUMERAL_CLASS)
/* The type itself where the condition holds, else one that what follows compiles with. */
#define TYPE_IF(condition, type, other)                                                            \
  __typeof__(*__builtin_choose_expr(condition, (type *)0, (other *)0))

#define IS_SIGNED(type) ((TYPE_IF(IS_INTEGER(type), type, unsigned)) - 1 < 0)
#define IS_CONST_VOID_POINTER(type) __builtin_types_compatible_p(type, const void *)
#define POINTER_TYPE(type) TYPE_IF(IS_POINTER(type) && !IS_CONST_VOID_POINTER(type), type, void *)
/* A parameter that is declared as a function is the pointer to it, and nothing else is. */
#define IS_FUNCTION_POINTER(type)                                                                  \
  __builtin_types_compatible_p(void (*)(__typeof__(*(POINTER_TYPE(type))0)), void (*)(type))

#define KIND(type)                                                                                 \
  (IS_POINTER(type)            ? IS_FUNCTION_POINTER(type) ? "function pointer" : "pointer"        \
   : IS_INTEGER(type)          ? IS_SIGNED(type) ? "signed" : "unsigned"                           \
   : CLASS(type) == REAL_CLASS ? "float"                                                           \
                               : "struct")
#define VALUE(type) print_value(KIND(type), sizeof(type))

#include "tests/abi/win32_functions.h"

int main(void) {
  printf("{");
  functions();
  printf("]\n}\n");
  return 0;
}
