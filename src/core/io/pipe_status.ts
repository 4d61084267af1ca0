import {
  STATUS_END_OF_FILE,
  STATUS_PIPE_BROKEN,
  STATUS_PIPE_CLOSING,
  STATUS_PIPE_DISCONNECTED,
} from "../../win32/status_codes.ts";

/**
 * Whether a status of a pipe says that the other end is gone and that nothing of it is left to
 * read.
 */
export function isEndStatus(status: number): boolean {
  return status === STATUS_PIPE_BROKEN || status === STATUS_PIPE_DISCONNECTED ||
    status === STATUS_PIPE_CLOSING || status === STATUS_END_OF_FILE;
}
