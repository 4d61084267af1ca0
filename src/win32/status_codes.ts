// NTSTATUS values by their names in ntstatus.h ("NTSTATUS Values"), as unsigned 32-bit numbers.

export const STATUS_SUCCESS = 0x0;
export const STATUS_PENDING = 0x103;
export const STATUS_BUFFER_OVERFLOW = 0x80000005;
export const STATUS_HANDLES_CLOSED = 0x8000000a;
export const STATUS_INVALID_DEVICE_REQUEST = 0xc0000010;
export const STATUS_END_OF_FILE = 0xc0000011;
export const STATUS_ACCESS_DENIED = 0xc0000022;
export const STATUS_BUFFER_TOO_SMALL = 0xc0000023;
export const STATUS_OBJECT_NAME_NOT_FOUND = 0xc0000034;
export const STATUS_PIPE_NOT_AVAILABLE = 0xc00000ac;
export const STATUS_PIPE_BUSY = 0xc00000ae;
export const STATUS_INVALID_PIPE_STATE = 0xc00000ad;
export const STATUS_PIPE_DISCONNECTED = 0xc00000b0;
export const STATUS_PIPE_CLOSING = 0xc00000b1;
export const STATUS_PIPE_CONNECTED = 0xc00000b2;
export const STATUS_IO_TIMEOUT = 0xc00000b5;
export const STATUS_FILE_FORCED_CLOSED = 0xc00000b6;
export const STATUS_NOT_SUPPORTED = 0xc00000bb;
export const STATUS_CANCELLED = 0xc0000120;
export const STATUS_PIPE_BROKEN = 0xc000014b;
