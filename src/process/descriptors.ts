import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { FILE_TYPE_DISK, FILE_TYPE_PIPE, kernel32 } from "../win32/kernel32.ts";

// The block by which a C run-time library tells the one of a child which descriptors it has, and by
// which handles. No documentation of Windows has it; _spawn(), libuv (so Node), Python and Chromium
// rely on it. The Windows SDK has both ends in its source of the Universal C Runtime:
// exec\spawnv.cpp writes the block, and lowio\ioinit.cpp reads it.
//
//     int count; unsigned char flags[count]; HANDLE handles[count];
//
// without padding.

/** The first descriptor after standard input, output and error. */
const FIRST = 3;
const SIZE_OF_COUNT = 4;
const SIZE_OF_HANDLE = 8;

/** The descriptor is open. */
const FOPEN = 0x01;
/** It is a pipe. */
const FPIPE = 0x08;
/** It is a device, such as a console. */
const FDEV = 0x40;
/** What a descriptor that is not open has for a handle. */
const NO_HANDLE = 0xffff_ffff_ffff_ffffn;

/** `cbReserved2` has 16 bits. */
const LARGEST_BLOCK = 0xffff;
/** The most descriptors from 3 on that fit into a block. */
export const MOST_DESCRIPTORS = Math.floor((LARGEST_BLOCK - SIZE_OF_COUNT) / (1 + SIZE_OF_HANDLE)) -
  FIRST;

/**
 * The block for the descriptors from 3 on. The standard ones are left out: a run-time library takes
 * those from the standard handles.
 *
 * @param handles Inheritable handles of files; a number without one stays free.
 */
export function descriptorBlock(
  handles: readonly (OwnedHandle | undefined)[],
): Uint8Array<ArrayBuffer> {
  const count = FIRST + handles.length;
  const block = new Uint8Array(
    new ArrayBuffer(SIZE_OF_COUNT + count * (1 + SIZE_OF_HANDLE)),
  );
  const view = new DataView(block.buffer);
  view.setInt32(0, count, true);
  for (let descriptor = 0; descriptor < count; descriptor++) {
    const handle = handles[descriptor - FIRST];
    view.setUint8(SIZE_OF_COUNT + descriptor, handle === undefined ? 0 : flagsOf(handle));
    const place = SIZE_OF_COUNT + count + descriptor * SIZE_OF_HANDLE;
    view.setBigUint64(place, handle?.number ?? NO_HANDLE, true);
  }
  return block;
}

function flagsOf(handle: OwnedHandle): number {
  switch (kernel32().GetFileType(handle.value)) {
    case FILE_TYPE_DISK:
      return FOPEN;
    case FILE_TYPE_PIPE:
      return FOPEN | FPIPE;
    default:
      return FOPEN | FDEV;
  }
}
