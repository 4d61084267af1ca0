/* A native program with shared memory of its own: publishes telemetry, and obeys one command.
 *
 *     engine.exe NAME        makes Local\NAME.memory and Local\NAME.command, and ends after the command
 */
#include <stdio.h>
#include <string.h>
#include <windows.h>

#include "engine.h"

static const DWORD FRAME_MS = 5;
static const DWORD LONGEST_MS = 30000;

static int fail(const char *what) {
  fprintf(stderr, "%s failed: %lu\n", what, GetLastError());
  return 1;
}

static void publish(Telemetry *telemetry, uint32_t frame) {
  InterlockedIncrement((volatile LONG *)&telemetry->sequence);
  telemetry->frame = frame;
  telemetry->rpm = 800.0 + frame;
  for (int i = 0; i < 4; i++) telemetry->temperature[i] = 90.0f + (float)frame + (float)i;
  strcpy(telemetry->state, frame % 2 == 0 ? "even" : "odd");
  InterlockedIncrement((volatile LONG *)&telemetry->sequence);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: engine NAME\n");
    return 2;
  }
  char name[256];
  snprintf(name, sizeof name, "Local\\%s.memory", argv[1]);
  HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, sizeof(Engine), name);
  if (section == NULL) return fail("CreateFileMapping");
  Engine *engine = MapViewOfFile(section, FILE_MAP_ALL_ACCESS, 0, 0, sizeof(Engine));
  if (engine == NULL) return fail("MapViewOfFile");
  snprintf(name, sizeof name, "Local\\%s.command", argv[1]);
  HANDLE commanded = CreateEventA(NULL, FALSE, FALSE, name);
  if (commanded == NULL) return fail("CreateEvent");

  printf("running: Engine has %u bytes\n", (unsigned)sizeof(Engine));
  fflush(stdout);
  for (uint32_t frame = 1; frame < LONGEST_MS / FRAME_MS; frame++) {
    publish(&engine->telemetry, frame);
    if (WaitForSingleObject(commanded, FRAME_MS) == WAIT_OBJECT_0) {
      char driver[128];
      WideCharToMultiByte(CP_UTF8, 0, engine->command.driver, -1, driver, sizeof driver, NULL, NULL);
      printf("command after frame %u: throttle %.2f, gear %d, driver %s\n", frame,
             engine->command.throttle, (int)engine->command.gear, driver);
      return 0;
    }
  }
  fprintf(stderr, "no command came\n");
  return 1;
}
