import type { PipeProfile } from "./pipe_profile.ts";
import type { ErrorParts } from "../core/worker/error_parts.ts";

// What a thread server and its threads say to each other.

/** To a thread. */
export type ToThread =
  | {
    readonly type: "start";
    readonly handler: string;
    readonly profile: PipeProfile;
    /** Not 0 when the server is being closed. */
    readonly stop: Int32Array;
  }
  | {
    readonly type: "serve";
    /** The instance to wait on and to serve; it belongs to the thread from now on. */
    readonly handle: bigint;
    /**
     * Two flags that the thread sets, readable also when it has died: see `CONNECTED` and `OWNED`.
     */
    readonly state: Int32Array;
    /**
     * Whether it is the only instance, which the server uses again: the thread disconnects it when
     * its client has read everything.
     */
    readonly isOnlyOne: boolean;
  };

/** Index of the flag that says that a client has connected. */
export const CONNECTED = 0;
/**
 * Index of the flag that says that the thread owns the instance, which is closed when the thread
 * ends.
 */
export const OWNED = 1;

/** From a thread. */
export type FromThread =
  /** It is there, and gives a handle of the system's thread away. */
  | { readonly type: "started"; readonly thread: bigint }
  | { readonly type: "connected" }
  | { readonly type: "ended"; readonly connected: boolean; readonly error?: ErrorParts }
  | { readonly type: "unusable"; readonly error: ErrorParts };
