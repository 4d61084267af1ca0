/*
 * What src/core/callback/thunk_code.ts has the machine code of. It includes no header, as compilers
 * for arm64 Windows come without.
 */

typedef void *HANDLE;
typedef int BOOL;
typedef unsigned int DWORD;
typedef unsigned long long ULONG_PTR;

struct completion {
  HANDLE port;
  ULONG_PTR key;
  void *overlapped;
  BOOL (*post)(HANDLE port, DWORD bytes, ULONG_PTR key, void *overlapped);
};

struct call {
  void (*function)(void *a, void *b, void *c);
  void *a, *b, *c;
};

struct chunk {
  struct chunk *next;
  unsigned long long count;
  struct call calls[];
};

void postCompletion(void *instance, struct completion *context, void *wait, DWORD result) {
  context->post(context->port, result, context->key, context->overlapped);
}

void runCalls(void *instance, struct chunk *first, void *wait, DWORD result) {
  for (struct chunk *chunk = first; chunk; chunk = chunk->next) {
    struct call *end = chunk->calls + chunk->count;
    for (struct call *call = chunk->calls; call != end; call++) {
      if (call->function) call->function(call->a, call->b, call->c);
    }
  }
}
