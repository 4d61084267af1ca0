/* What goes between the programs: order.ts says the same to TypeScript. */

#include <stdint.h>

#define ORDER_TAG 1
#define RECEIPT_TAG 2

struct order {
  uint32_t id;
  wchar_t customer[32];
  double price;
  uint32_t count;
};

struct receipt {
  uint32_t id;
  double total;
};
