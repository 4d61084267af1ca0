// Serves and opens pipes and mailslots by the names that it is given, as C programs do.
//
// Commands, a line each, with a path in UTF-8 as the rest of the line. Each is answered by a line with an error code:
//   serve pipe PATH       CreateNamedPipeW, in place of what was served before
//   serve mailslot PATH   CreateMailslotW
//   open PATH             CreateFileW to write, and close
//   end                   serves nothing more

#include <windows.h>
#include <stdio.h>
#include <string.h>

static HANDLE served = INVALID_HANDLE_VALUE;

static void end(void) {
    if (served != INVALID_HANDLE_VALUE) CloseHandle(served);
    served = INVALID_HANDLE_VALUE;
}

static const char *after(const char *line, const char *command) {
    size_t length = strlen(command);
    return strncmp(line, command, length) == 0 ? line + length : NULL;
}

static const wchar_t *wide(const char *text) {
    static wchar_t buffer[1000];
    MultiByteToWideChar(CP_UTF8, 0, text, -1, buffer, 1000);
    return buffer;
}

static DWORD code_of(HANDLE handle) {
    return handle == INVALID_HANDLE_VALUE ? GetLastError() : ERROR_SUCCESS;
}

static DWORD run(const char *line) {
    const char *path;
    if ((path = after(line, "serve pipe ")) != NULL) {
        end();
        served = CreateNamedPipeW(wide(path), PIPE_ACCESS_DUPLEX, 0, 1, 0, 0, 0, NULL);
        return code_of(served);
    }
    if ((path = after(line, "serve mailslot ")) != NULL) {
        end();
        served = CreateMailslotW(wide(path), 0, 0, NULL);
        return code_of(served);
    }
    if ((path = after(line, "open ")) != NULL) {
        HANDLE file = CreateFileW(wide(path), GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
                                  0, NULL);
        DWORD code = code_of(file);
        if (file != INVALID_HANDLE_VALUE) CloseHandle(file);
        return code;
    }
    end();
    return strcmp(line, "end") == 0 ? ERROR_SUCCESS : ERROR_INVALID_FUNCTION;
}

int main(void) {
    static char line[4000];
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\r\n")] = 0;
        printf("%lu\n", run(line));
        fflush(stdout);
    }
    return 0;
}
