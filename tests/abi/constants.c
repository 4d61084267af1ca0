/*
 * Prints every constant that src/win32 exports with its value in the Windows headers: one JSON
 * object. Only the lower 32 bits, which all of them fit into.
 */

#include "missing_constants.h"
#include <stdio.h>

static const char *comma = "";

static void print(const char *name, ULONG value) {
  printf("%s\n\"%s\":%lu", comma, name, value);
  comma = ",";
}

#define C(name) print(#name, (ULONG)(ULONG_PTR)(name));

int main(void) {
  printf("{");

#include "tests/abi/win32_constants.h"
  printf("\n}\n");
  return 0;
}
