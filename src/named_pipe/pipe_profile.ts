import { type FailureContext, ntStatusError } from "../core/error/windows_error.ts";
import { interruptedError } from "../core/handle/closed.ts";
import type { Deadline } from "../core/io/deadline.ts";
import type { CallErrors } from "../core/io/io_direction.ts";
import { STATUS_CANCELLED } from "../win32/status_codes.ts";
import type { NamedPipeDirection, NamedPipeMode } from "./options.ts";

/** What a connection knows of its end of the pipe. */
export interface PipeProfile {
  readonly path: string;
  readonly mode: NamedPipeMode;
  readonly direction: NamedPipeDirection;
  readonly end: "server" | "client";
  /** Whether a message of no bytes ends the stream. */
  readonly halfClose: boolean;
}

/** The errors of one kind of call on a pipe. */
export class PipeErrors implements CallErrors {
  /** What the call does, for errors. */
  readonly context: FailureContext;

  /**
   * @param operation The Windows function behind the call.
   * @param verb What the call does to the pipe: `Cannot <verb> pipe "…"`.
   */
  constructor({ path }: PipeProfile, operation: string, verb: string) {
    this.context = { operation, object: path, doing: `Cannot ${verb} pipe "${path}"` };
  }

  timedOut(deadline: Deadline): Error {
    return deadline.timedOut(this.context);
  }

  interrupted(): Error {
    return interruptedError(this.context);
  }

  /** The error for an NTSTATUS. */
  failed(status: number): Error {
    const hint = status === STATUS_CANCELLED ? "the connection is being closed" : undefined;
    return ntStatusError(status | 0, { ...this.context, hint });
  }
}
