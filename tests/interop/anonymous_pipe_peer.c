/* The other side of anonymous pipes: a child, and a parent.
 *
 *     anonymous_pipe_peer arguments ARG...        writes its arguments as the C library and as Windows have them
 *     anonymous_pipe_peer environment             writes its environment block
 *     anonymous_pipe_peer upper                   a filter: capital letters from stdin to stdout
 *     anonymous_pipe_peer parent COMMANDLINE      starts a child over two pipes, and sends it a line
 */
#include <ctype.h>
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>

/* mingw-w64 links wmain only on request, so the wide arguments are taken from the library's own variables. */
int __wgetmainargs(int *argc, wchar_t ***argv, wchar_t ***env, int expand, int *info);

static int fail(const char *what) {
  fprintf(stderr, "%s failed: %lu\n", what, GetLastError());
  return 1;
}

static void write_wide(const wchar_t *text, size_t units) {
  fwrite(text, sizeof(wchar_t), units, stdout);
}

static int print_arguments(void) {
  int count, library_count, info = 0;
  wchar_t **library, **environment;
  __wgetmainargs(&library_count, &library, &environment, 0, &info);
  wchar_t **system = CommandLineToArgvW(GetCommandLineW(), &count);
  if (system == NULL) return fail("CommandLineToArgvW");
  if (count != library_count) return 3;
  for (int i = 2; i < count; i++) {
    if (wcscmp(system[i], library[i]) != 0) return 4;
    write_wide(system[i], wcslen(system[i]) + 1);
  }
  return 0;
}

static int print_environment(void) {
  wchar_t *block = GetEnvironmentStringsW();
  size_t units = 0;
  while (block[units] != 0) units += wcslen(block + units) + 1;
  write_wide(block, units);
  return 0;
}

static int upper(void) {
  for (int c = getchar(); c != EOF; c = getchar()) putchar(toupper(c));
  return 0;
}

/* What every textbook does: CreatePipe, inheritable handles, and their numbers on the command line. */
static int parent(const char *command) {
  SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
  HANDLE to_read, to_write, back_read, back_write;
  if (!CreatePipe(&to_read, &to_write, &inheritable, 0)) return fail("CreatePipe");
  if (!CreatePipe(&back_read, &back_write, &inheritable, 0)) return fail("CreatePipe");
  SetHandleInformation(to_write, HANDLE_FLAG_INHERIT, 0);
  SetHandleInformation(back_read, HANDLE_FLAG_INHERIT, 0);
  char line[4096];
  snprintf(line, sizeof line, "%s %llu %llu", command, (unsigned long long)(ULONG_PTR)to_read,
           (unsigned long long)(ULONG_PTR)back_write);
  STARTUPINFOA startup = {sizeof startup};
  PROCESS_INFORMATION process;
  if (!CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process))
    return fail("CreateProcess");
  CloseHandle(to_read);
  CloseHandle(back_write);
  DWORD count;
  if (!WriteFile(to_write, "from the parent", 15, &count, NULL)) return fail("WriteFile");
  CloseHandle(to_write);
  char buffer[100];
  while (ReadFile(back_read, buffer, sizeof buffer, &count, NULL)) fwrite(buffer, 1, count, stdout);
  return GetLastError() == ERROR_BROKEN_PIPE ? 0 : fail("ReadFile");
}

int main(int argc, char **argv) {
  _setmode(_fileno(stdin), _O_BINARY);
  _setmode(_fileno(stdout), _O_BINARY);
  if (argc >= 2 && strcmp(argv[1], "arguments") == 0) return print_arguments();
  if (argc == 2 && strcmp(argv[1], "environment") == 0) return print_environment();
  if (argc == 2 && strcmp(argv[1], "upper") == 0) return upper();
  if (argc == 3 && strcmp(argv[1], "parent") == 0) return parent(argv[2]);
  fprintf(stderr, "usage: anonymous_pipe_peer arguments|environment|upper|parent ...\n");
  return 2;
}
