import type { Security } from "../security/attributes.ts";

/** What every kind of object is made with. */
export interface CreateOptions {
  /**
   * The name by which other processes open it: plain or in `Local\` for programs of the same session, in `Global\` for all (for which
   * only services and administrators may make some kinds). All kinds of objects share one set of names, which are
   * compared with case. Without a name the object is reached by inheritance and by `duplicateTo()` only.
   */
  readonly name?: string;
  /**
   * Whether it is an error that an object of this name is there already; otherwise that one is opened, and
   * `existed` tells.
   *
   * @default {false}
   */
  readonly exclusive?: boolean;
  /**
   * Whether child processes that inherit handles get this one.
   *
   * @default {false}
   */
  readonly inheritable?: boolean;
  /**
   * Who may use it; without effect on an object that is there already.
   *
   * @default {"currentUser"}
   */
  readonly security?: Security;
}

/** What every kind of object is opened with. */
export interface OpenOptions {
  /** Its name, as it was created. */
  readonly name: string;
  /**
   * Whether child processes that inherit handles get this one.
   *
   * @default {false}
   */
  readonly inheritable?: boolean;
}

/** What an object is opened with that is signaled by one side and waited for by another. */
export interface OpenSignalOptions extends OpenOptions {
  /**
   * Asks for the right to wait only. For the objects of a program that grants no more, such as one that runs as
   * administrator; what changes the object then throws `Deno.errors.PermissionDenied`.
   *
   * @default {false}
   */
  readonly waitOnly?: boolean;
}
