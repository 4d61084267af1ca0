// A named pipe's other side in plain C, against the Windows headers.
//
//   named_pipe_peer server|client blocking|overlapped byte|message PATH TASK
//
// A server prints "listening" when clients can connect. Tasks:
//   echo      sends back what it receives with every bit inverted, to the end of the stream; prints the bytes
//   messages  sends "one", a message of no bytes and "three", and closes at once
//   stream    sends 1,000,000 bytes of a pattern and closes at once
//   transact  (client) asks by TransactNamedPipe with a reply buffer that is too small, and prints the reply
//   call      (client) asks by CallNamedPipe, and prints the reply

#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY (8 << 20)

static BOOL overlapped_mode, message_mode;
static unsigned char buffer[CAPACITY];

static void fail(const char *what) {
    fprintf(stderr, "%s failed: %lu\n", what, GetLastError());
    exit(1);
}

// The result of an overlapped operation that was started with `started` as its result.
static BOOL finish(HANDLE pipe, OVERLAPPED *operation, BOOL started, DWORD *bytes) {
    if (!started && GetLastError() != ERROR_IO_PENDING && GetLastError() != ERROR_MORE_DATA) return FALSE;
    // Wine's GetOverlappedResult takes a TransactNamedPipe that has not ended for one that has; the event is right.
    if (!started && GetLastError() == ERROR_IO_PENDING) WaitForSingleObject(operation->hEvent, INFINITE);
    return GetOverlappedResult(pipe, operation, bytes, TRUE);
}

static HANDLE event_of_thread(void) {
    static HANDLE event;
    if (event == NULL) event = CreateEventW(NULL, TRUE, FALSE, NULL);
    return event;
}

static BOOL read_some(HANDLE pipe, void *into, DWORD size, DWORD *bytes) {
    if (!overlapped_mode) return ReadFile(pipe, into, size, bytes, NULL);
    OVERLAPPED operation = {.hEvent = event_of_thread()};
    return finish(pipe, &operation, ReadFile(pipe, into, size, NULL, &operation), bytes);
}

static void write_all(HANDLE pipe, const void *from, DWORD size) {
    DWORD bytes = 0;
    BOOL done;
    if (overlapped_mode) {
        OVERLAPPED operation = {.hEvent = event_of_thread()};
        done = finish(pipe, &operation, WriteFile(pipe, from, size, NULL, &operation), &bytes);
    } else {
        done = WriteFile(pipe, from, size, &bytes, NULL);
    }
    if (!done || bytes != size) fail("WriteFile");
}

// Some bytes, or one whole message. Returns FALSE at the end of the stream.
static BOOL receive(HANDLE pipe, DWORD *size) {
    *size = 0;
    for (;;) {
        DWORD bytes = 0;
        // Small parts, so that messages have to be put together.
        BOOL done = read_some(pipe, buffer + *size, 1000, &bytes);
        DWORD error = done ? 0 : GetLastError();
        if (error == ERROR_BROKEN_PIPE) return FALSE;
        if (error != 0 && error != ERROR_MORE_DATA) fail("ReadFile");
        *size += bytes;
        if (error == 0) return TRUE;
        if (*size + 1000 > CAPACITY) fail("a message that is too large");
    }
}

static HANDLE serve(const char *path) {
    HANDLE pipe = CreateNamedPipeA(path, PIPE_ACCESS_DUPLEX | (overlapped_mode ? FILE_FLAG_OVERLAPPED : 0),
                                   message_mode ? PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE : 0, 1, 65536, 65536, 0,
                                   NULL);
    if (pipe == INVALID_HANDLE_VALUE) fail("CreateNamedPipe");
    puts("listening");
    fflush(stdout);
    BOOL connected;
    if (overlapped_mode) {
        DWORD bytes;
        OVERLAPPED operation = {.hEvent = event_of_thread()};
        connected = finish(pipe, &operation, ConnectNamedPipe(pipe, &operation), &bytes);
    } else {
        connected = ConnectNamedPipe(pipe, NULL);
    }
    if (!connected && GetLastError() != ERROR_PIPE_CONNECTED) fail("ConnectNamedPipe");
    return pipe;
}

static HANDLE connect_to(const char *path) {
    HANDLE pipe;
    for (;;) {
        pipe = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                           overlapped_mode ? FILE_FLAG_OVERLAPPED : 0, NULL);
        if (pipe != INVALID_HANDLE_VALUE) break;
        if (GetLastError() != ERROR_PIPE_BUSY) fail("CreateFile");
        if (!WaitNamedPipeA(path, 30000)) fail("WaitNamedPipe");
    }
    DWORD mode = PIPE_READMODE_MESSAGE;
    if (message_mode && !SetNamedPipeHandleState(pipe, &mode, NULL, NULL)) fail("SetNamedPipeHandleState");
    return pipe;
}

static void echo(HANDLE pipe) {
    unsigned long long total = 0;
    DWORD size;
    while (receive(pipe, &size)) {
        for (DWORD i = 0; i < size; i++) buffer[i] = ~buffer[i];
        write_all(pipe, buffer, size);
        total += size;
    }
    printf("%llu\n", total);
}

static void transact(HANDLE pipe) {
    DWORD bytes = 0;
    char request[] = "question";
    BOOL done;
    if (overlapped_mode) {
        OVERLAPPED operation = {.hEvent = event_of_thread()};
        done = finish(pipe, &operation, TransactNamedPipe(pipe, request, 8, buffer, 4, NULL, &operation), &bytes);
    } else {
        done = TransactNamedPipe(pipe, request, 8, buffer, 4, &bytes, NULL);
    }
    DWORD size = bytes;
    if (!done) {
        if (GetLastError() != ERROR_MORE_DATA) fail("TransactNamedPipe");
        if (!read_some(pipe, buffer + size, 1000, &bytes)) fail("ReadFile");
        size += bytes;
    }
    printf("%.*s\n", (int)size, buffer);
}

int main(int argc, char **argv) {
    if (argc != 6) return 2;
    overlapped_mode = strcmp(argv[2], "overlapped") == 0;
    message_mode = strcmp(argv[3], "message") == 0;
    const char *path = argv[4], *task = argv[5];
    if (strcmp(task, "call") == 0) {
        DWORD bytes = 0;
        char request[] = "question";
        if (!CallNamedPipeA(path, request, 8, buffer, CAPACITY, &bytes, 30000)) fail("CallNamedPipe");
        printf("%.*s\n", (int)bytes, buffer);
        return 0;
    }
    HANDLE pipe = strcmp(argv[1], "server") == 0 ? serve(path) : connect_to(path);
    if (strcmp(task, "echo") == 0) {
        echo(pipe);
    } else if (strcmp(task, "messages") == 0) {
        write_all(pipe, "one", 3);
        write_all(pipe, "", 0);
        write_all(pipe, "three", 5);
    } else if (strcmp(task, "stream") == 0) {
        for (int i = 0; i < 1000000; i++) buffer[i] = (unsigned char)(i % 251);
        write_all(pipe, buffer, 1000000);
    } else if (strcmp(task, "transact") == 0) {
        transact(pipe);
    } else {
        return 2;
    }
    CloseHandle(pipe);
    return 0;
}
