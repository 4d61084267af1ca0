import { lastErrorCode } from "../core/error/windows_error.ts";
import { adoptCreated, adoptOpened, objectLabel } from "../core/handle/named_object.ts";
import { OwnedHandle } from "../core/handle/owned_handle.ts";
import {
  checkBoolean,
  checkOptions,
  OPEN_WAIT_OPTIONS,
  OPEN_WAIT_SYNC_OPTIONS,
  type OptionNames,
} from "../core/options/check_options.ts";
import type { MayWaitOptions, WaitSyncOptions } from "../core/options/wait_options.ts";
import { checkObjectName, withArticle } from "../core/text/object_name.ts";
import { encodeWide } from "../core/text/wide_string.ts";
import { type Opening, openOrWait, openOrWaitSync } from "../core/wait/open_when_exists.ts";
import { type Security, securityAttributes } from "../security/attributes.ts";
import { ERROR_ACCESS_DENIED } from "../win32/error_codes.ts";
import { kernel32, READ_CONTROL, SYNCHRONIZE } from "../win32/kernel32.ts";
import { objectType } from "./kernel_object.ts";

/** Options for creating any synchronization object, such as {@linkcode Mutex.create}. */
export interface SyncCreateOptions {
  /**
   * The name by which other processes open the object. It is plain or in `Local\` for programs of
   * the same session, or in `Global\` for all sessions, where only services and administrators may
   * create some kinds. Up to 260 characters, none of them a control character. All kinds of objects
   * share one set of names, which are case-sensitive. An object without a name is reached by
   * inheritance and by `duplicateTo()` only.
   */
  readonly name?: string;
  /**
   * Whether it is an error if an object of this name exists. Otherwise that object is opened, and
   * `existed` is `true`.
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
   * Who may use the object. Without effect on an object that exists.
   *
   * @default {"currentUser"}
   */
  readonly security?: Security;
}

/** Options for opening any synchronization object, such as {@linkcode Mutex.open}. */
export interface SyncOpenOptions {
  /** The name the object was created with. */
  readonly name: string;
  /**
   * Whether child processes that inherit handles get this one.
   *
   * @default {false}
   */
  readonly inheritable?: boolean;
}

/**
 * Options for opening an event, a semaphore or a waitable timer, such as {@linkcode
 * EventObject.open}.
 */
export interface WaitableOpenOptions extends SyncOpenOptions {
  /**
   * Whether to ask for the right to wait only. Use it for objects of a program that grants no more,
   * such as one that runs as administrator. Methods that change the object then throw
   * `Deno.errors.PermissionDenied`.
   *
   * @default {false}
   */
  readonly waitOnly?: boolean;
}

/** The names of the options that creating any kind takes. */
export const SYNC_CREATE_OPTIONS: OptionNames<SyncCreateOptions> = {
  name: true,
  exclusive: true,
  inheritable: true,
  security: true,
};
const SYNC_OPEN_OPTIONS: OptionNames<SyncOpenOptions> = { name: true, inheritable: true };
const WAITABLE_OPEN_OPTIONS: OptionNames<WaitableOpenOptions> = {
  ...SYNC_OPEN_OPTIONS,
  waitOnly: true,
};

/** What tells one kind of object from another. */
export interface KindDescription<Options extends SyncCreateOptions> {
  /** The public class: `EventObject`. */
  readonly className: string;
  /** What messages call an object: `event`. */
  readonly noun: string;
  /** What the kernel calls the type of an object: `Event`. */
  readonly types: readonly string[];
  /** The rights for all methods of the class. */
  readonly fullAccess: number;
  /** The rights for `waitOnly`; absent if `open()` has no such option. */
  readonly waitAccess?: number;
  readonly createOptions: OptionNames<Options>;
  /** Checks the options that this kind alone has. */
  checkCreate?(options: Options): void;
  readonly createOperation: string;
  /** Calls the Create function. */
  create(
    attributes: Uint8Array<ArrayBuffer>,
    name: Uint8Array<ArrayBuffer> | null,
    access: number,
    options: Options,
  ): Deno.PointerValue;
  /** The Open function; all kinds have the same parameters. */
  readonly openOperation: "OpenEventW" | "OpenMutexW" | "OpenSemaphoreW" | "OpenWaitableTimerW";
}

/** A kernel object by a handle that one public object of this program owns. */
export interface OwnedObject {
  readonly className: string;
  readonly handle: OwnedHandle;
  readonly name: string | undefined;
  readonly existed: boolean;
  /**
   * Whether others may have a handle: the object has a name, can be inherited, or its handle was
   * asked for.
   */
  shared: boolean;
}

/** A kind of kernel object: how it is created, opened by name and taken over by handle. */
export class ObjectKind<Options extends SyncCreateOptions> {
  readonly #kind: KindDescription<Options>;

  constructor(description: KindDescription<Options>) {
    this.#kind = description;
  }

  /** What `create()` of the public class does. */
  create(options: Options): OwnedObject {
    const { className, noun, createOptions, createOperation, fullAccess } = this.#kind;
    checkOptions(options, createOptions, `${className}.create()`);
    const { name, exclusive, inheritable = false, security } = options;
    checkBoolean("exclusive", exclusive);
    checkBoolean("inheritable", inheritable);
    if (name !== undefined) checkObjectName(name, noun);
    this.#kind.checkCreate?.(options);
    const attributes = securityAttributes(security, { inheritable }).bytes;
    const wideName = name === undefined ? null : encodeWide(name);
    const value = this.#kind.create(attributes, wideName, fullAccess | READ_CONTROL, options);
    const code = lastErrorCode();
    const created = adoptCreated(value, code, { kind: noun, name }, createOperation, exclusive);
    return { className, name, shared: name !== undefined || inheritable, ...created };
  }

  /** What `open()` of the public class does; `make` makes its object. */
  open<T>(
    options: WaitableOpenOptions & MayWaitOptions,
    make: (object: OwnedObject) => T,
  ): T | Promise<T> {
    const call = `${this.#kind.className}.open()`;
    return openOrWait(call, options, () => this.#opening(call, OPEN_WAIT_OPTIONS, options, make));
  }

  /** What `openSync()` of the public class does. */
  openSync<T>(
    options: WaitableOpenOptions & MayWaitOptions,
    make: (object: OwnedObject) => T,
  ): T {
    const call = `${this.#kind.className}.openSync()`;
    const prepare = () => this.#opening(call, OPEN_WAIT_SYNC_OPTIONS, options, make);
    return openOrWaitSync(call, options, prepare);
  }

  #opening<T>(
    call: string,
    waitNames: OptionNames<WaitSyncOptions>,
    options: WaitableOpenOptions,
    make: (object: OwnedObject) => T,
  ): Opening<T> {
    const { noun, waitAccess } = this.#kind;
    const names = waitAccess === undefined ? SYNC_OPEN_OPTIONS : WAITABLE_OPEN_OPTIONS;
    checkOptions<SyncOpenOptions>(options, { ...names, ...waitNames }, call);
    const { name, inheritable, waitOnly } = options;
    checkBoolean("inheritable", inheritable);
    checkBoolean("waitOnly", waitOnly);
    checkObjectName(name, noun);
    const label = objectLabel({ kind: noun, name });
    return { label, open: () => make(this.#open(options)) };
  }

  #open({ name, inheritable = false, waitOnly = false }: WaitableOpenOptions): OwnedObject {
    const { className, noun, openOperation, fullAccess, waitAccess } = this.#kind;
    const open = (access: number) =>
      kernel32()[openOperation](access, inheritable ? 1 : 0, encodeWide(name));
    let value = open(waitOnly ? waitAccess ?? fullAccess : fullAccess);
    let code = lastErrorCode();
    // An object may grant the right to wait but not the right to query: the class works without it.
    if (value === null && waitOnly && code === ERROR_ACCESS_DENIED) {
      value = open(SYNCHRONIZE);
      code = lastErrorCode();
    }
    const handle = adoptOpened(value, code, { kind: noun, name }, openOperation);
    return { className, handle, name, existed: true, shared: true };
  }

  /** What `fromHandle()` of the public class does. A handle that is refused stays the caller's. */
  fromHandle(number: bigint): OwnedObject {
    const { className, noun, types } = this.#kind;
    const handle = OwnedHandle.fromNumber(number, `unnamed ${noun}`);
    const type = objectType(handle);
    if (!types.includes(type)) {
      throw new TypeError(`Handle ${number} is not ${withArticle(noun)}: it is of type ${type}`);
    }
    return { className, handle, name: undefined, existed: true, shared: true };
  }
}
