import type { Security } from "../../security/attributes.ts";

/** What {@linkcode SharedQueue.create} and {@linkcode SharedQueue.open} have in common. */
export interface SharedQueueOptions {
  /**
   * The name that all participants use: up to 238 characters, without a backslash. It is what the other implementations of the protocol
   * call the queue's name, not the name of a kernel object, so it has no namespace.
   */
  readonly name: string;
  /**
   * Who may use the kernel objects that this participant makes: the queue itself if it is new, and always the mark by which others tell
   * that this participant lives.
   *
   * @default {"currentUser"}
   */
  readonly security?: Security;
}

/** What {@linkcode SharedQueue.create} makes. */
export interface SharedQueueCreateOptions extends SharedQueueOptions {
  /**
   * The size of the ring in bytes: a multiple of 8, 24 or more. All participants must give the same. A message takes its length rounded up
   * to a multiple of 8, and 8 bytes.
   */
  readonly capacity: number;
  /**
   * Whether it is an error if the queue exists, instead of joining it.
   *
   * @default {false}
   */
  readonly exclusive?: boolean;
}

/** What {@linkcode SharedQueue.open} joins. */
export interface SharedQueueOpenOptions extends SharedQueueOptions {
  /**
   * The capacity that the queue must have.
   *
   * @default {whatever it has}
   */
  readonly capacity?: number;
}
