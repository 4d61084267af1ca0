/* What engine.c and engine.ts agree on. */
#ifndef ENGINE_H
#define ENGINE_H

#include <stdint.h>
#include <wchar.h>

/* Written by the C program. The sequence is odd while a frame is being written. */
typedef struct {
  volatile int32_t sequence;
  uint32_t frame;
  double rpm;
  float temperature[4]; /* of each cylinder, in degrees Celsius */
  char state[16];
} Telemetry;

/* Written by the TypeScript program, which then sets the event. */
typedef struct {
  double throttle; /* 0 to 1 */
  int32_t gear;
  wchar_t driver[32];
} Command;

typedef struct {
  Telemetry telemetry;
  Command command;
} Engine;

#endif
