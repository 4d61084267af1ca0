/*
 * Prints which descriptors from 0 to 9 are open, then copies descriptor 3 to descriptor 4.
 */

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <sys/stat.h>

int main(void) {
  for (int descriptor = 0; descriptor < 10; descriptor++) {
    struct _stat64 status;
    if (_fstat64(descriptor, &status) == 0) printf("%d ", descriptor);
  }
  printf("\n");
  fflush(stdout);
  char buffer[4096];
  int length;
  while ((length = _read(3, buffer, sizeof buffer)) > 0) {
    if (_write(4, buffer, (unsigned)length) != length) return 2;
  }
  return length == 0 ? 0 : 1;
}
