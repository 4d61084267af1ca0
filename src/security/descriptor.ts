import { lastErrorCode, lastWin32Error, win32Error } from "../core/error/windows_error.ts";
import { checkBoolean, checkOptions, type OptionNames } from "../core/options/check_options.ts";
import { encodeWide } from "../core/text/wide_string.ts";
import { defineInspect } from "../core/text/inspect.ts";
import { advapi32 } from "../win32/advapi32.ts";
import {
  DACL_SECURITY_INFORMATION,
  GROUP_SECURITY_INFORMATION,
  OWNER_SECURITY_INFORMATION,
  SDDL_REVISION_1,
} from "../win32/advapi32.ts";
import {
  ERROR_INSUFFICIENT_BUFFER,
  ERROR_NOT_ENOUGH_MEMORY,
  ERROR_OUTOFMEMORY,
} from "../win32/error_codes.ts";
import { takeLocalBytes, takeLocalText } from "./local_memory.ts";

const READABLE_PARTS = OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION |
  DACL_SECURITY_INFORMATION;

/** Options for {@linkcode SecurityDescriptor.toSddl}: which parts of the descriptor are written. */
export interface SddlOptions {
  /**
   * The owner, `O:`.
   *
   * @default {true}
   */
  readonly owner?: boolean;
  /**
   * The primary group, `G:`.
   *
   * @default {true}
   */
  readonly group?: boolean;
  /**
   * Who may do what (the discretionary access control list), `D:`.
   *
   * @default {true}
   */
  readonly dacl?: boolean;
}

const SDDL_OPTIONS: OptionNames<SddlOptions> = { owner: true, group: true, dacl: true };

/**
 * Who owns a kernel object and who may do what with it.
 *
 * Every `security` option takes one. It is a plain value in memory: nothing to close, and safe to
 * use for many objects.
 * Needs only `--allow-ffi`.
 *
 * Windows documentation: "Security Descriptors", "Security Descriptor Definition Language".
 *
 * @example Give two objects the same rights
 * ```ts
 * import { SecurityDescriptor } from "@winipc/winipc/security";
 * import { EventObject, Mutex } from "@winipc/winipc/sync";
 *
 * // SYSTEM and administrators: everything; users who are logged on at this machine: use, not change.
 * const security = SecurityDescriptor.fromSddl("D:P(A;;GA;;;SY)(A;;GA;;;BA)(A;;GRGWGX;;;IU)");
 * using mutex = Mutex.create({ name: "Local\\table-lock", security });
 * using changed = EventObject.create({ name: "Local\\table-changed", security });
 * console.log(SecurityDescriptor.of(mutex).toSddl(), changed.handle);
 * ```
 */
export class SecurityDescriptor {
  /**
   * Self-relative: its parts are found by offsets, so a copy of the bytes is a copy of the
   * descriptor.
   */
  readonly #bytes: Uint8Array<ArrayBuffer>;

  static {
    defineInspect(this, (descriptor) => ({ sddl: descriptor.toSddl() }));
  }

  private constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
  }

  /**
   * Reads a descriptor from a string in SDDL.
   *
   * A string without a `D:` part gives an object the default access list of its creator's token;
   * `D:` with no entry lets nobody in; `D:NO_ACCESS_CONTROL` lets everybody do everything. `S:`
   * parts are kept, and some of them need a privilege when the descriptor is used.
   *
   * Windows documentation: "Security Descriptor String Format",
   * "ConvertStringSecurityDescriptorToSecurityDescriptorW function".
   *
   * @param sddl The string, such as `"D:P(A;;GA;;;SY)(A;;GR;;;BU)"`.
   * @returns The descriptor.
   * @throws {TypeError} If the string is empty or not valid SDDL; `cause` has Windows' code.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example
   * ```ts
   * import { SecurityDescriptor } from "@winipc/winipc/security";
   *
   * const descriptor = SecurityDescriptor.fromSddl("D:P(A;;GA;;;SY)(A;;GR;;;BU)");
   * console.log(descriptor.bytes.length);
   * ```
   */
  static fromSddl(sddl: string): SecurityDescriptor {
    if (typeof sddl !== "string") {
      throw new TypeError(
        `An SDDL string is a string, not ${sddl === null ? "null" : typeof sddl}`,
      );
    }
    const doing = `Cannot read ${quoteSddl(sddl)} as SDDL (such as "D:P(A;;GA;;;SY)")`;
    // Windows reads up to a NUL, and an empty string as a descriptor that says nothing.
    if (sddl.trim() === "") throw new TypeError(`${doing}: it is empty`);
    if (sddl.includes("\0")) throw new TypeError(`${doing}: it contains NUL`);
    const address = new BigUint64Array(1);
    const size = new Uint32Array(1);
    const done = advapi32().ConvertStringSecurityDescriptorToSecurityDescriptorW(
      encodeWide(sddl),
      SDDL_REVISION_1,
      address,
      size,
    );
    if (done === 0) {
      const code = lastErrorCode();
      const lacksMemory = code === ERROR_NOT_ENOUGH_MEMORY || code === ERROR_OUTOFMEMORY;
      throw win32Error(code, {
        operation: "ConvertStringSecurityDescriptorToSecurityDescriptorW",
        doing,
        errorClass: lacksMemory ? undefined : TypeError,
      });
    }
    return new SecurityDescriptor(takeLocalBytes(address[0], size[0]));
  }

  /**
   * Reads owner, group and access list of an object back from a handle to it.
   *
   * The handle needs the right READ_CONTROL, which a handle from `create` has.
   *
   * Windows documentation: "GetKernelObjectSecurity function".
   *
   * @param object What has the handle: a `Mutex`, a `SharedMemory`, …
   * @returns The object's descriptor as it is now.
   * @throws {TypeError} If it is not an object with a handle.
   * @throws {Deno.errors.PermissionDenied} If the handle has no right to read it.
   * @throws {Deno.errors.BadResource} If the object is closed or its handle is not valid.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example
   * ```ts
   * import { SecurityDescriptor } from "@winipc/winipc/security";
   * import { Mutex } from "@winipc/winipc/sync";
   *
   * using mutex = Mutex.create({ name: "Local\\table-lock" });
   * console.log(SecurityDescriptor.of(mutex).toSddl({ owner: false, group: false }));
   * ```
   */
  static of(object: { readonly handle: bigint }): SecurityDescriptor {
    if (typeof object !== "object" || object === null) {
      throw new TypeError(
        `SecurityDescriptor.of() takes an object with a handle, not ${Deno.inspect(object)}`,
      );
    }
    const { handle } = object;
    const pointer = handlePointer(handle);
    const { GetKernelObjectSecurity } = advapi32();
    const needed = new Uint32Array(1);
    // Somebody may lengthen the descriptor between two calls; an access list has at most 64 KiB, so
    // this ends.
    let bytes = new Uint8Array(new ArrayBuffer(256));
    while (GetKernelObjectSecurity(pointer, READABLE_PARTS, bytes, bytes.length, needed) === 0) {
      const code = lastErrorCode();
      if (code !== ERROR_INSUFFICIENT_BUFFER || needed[0] <= bytes.length) {
        throw win32Error(code, {
          operation: "GetKernelObjectSecurity",
          doing: `Cannot read the security descriptor of handle ${handle}`,
        });
      }
      bytes = new Uint8Array(new ArrayBuffer(needed[0]));
    }
    return new SecurityDescriptor(bytes.slice(0, needed[0]));
  }

  /**
   * The descriptor as an SDDL string. Parts that it does not have are left out, as are `S:` parts.
   *
   * Windows documentation: "ConvertSecurityDescriptorToStringSecurityDescriptorW function".
   *
   * @param options Which parts to write; all three unless told.
   * @returns The string; empty if the descriptor has none of the parts.
   * @throws {TypeError} If an option does not exist, or is not a boolean.
   *
   * @example
   * ```ts
   * import { SecurityDescriptor } from "@winipc/winipc/security";
   *
   * const descriptor = SecurityDescriptor.fromSddl("O:SYG:SYD:P(A;;GA;;;SY)");
   * console.log(descriptor.toSddl({ owner: false, group: false })); // D:P(A;;GA;;;SY)
   * ```
   */
  toSddl(options: SddlOptions = {}): string {
    checkOptions(options, SDDL_OPTIONS, "SecurityDescriptor.toSddl()");
    const { owner = true, group = true, dacl = true } = options;
    checkBoolean("owner", owner);
    checkBoolean("group", group);
    checkBoolean("dacl", dacl);
    const parts = (owner ? OWNER_SECURITY_INFORMATION : 0) |
      (group ? GROUP_SECURITY_INFORMATION : 0) |
      (dacl ? DACL_SECURITY_INFORMATION : 0);
    const address = new BigUint64Array(1);
    const length = new Uint32Array(1);
    const done = advapi32().ConvertSecurityDescriptorToStringSecurityDescriptorW(
      this.#bytes,
      SDDL_REVISION_1,
      parts,
      address,
      length,
    );
    if (done === 0) {
      throw lastWin32Error({
        operation: "ConvertSecurityDescriptorToStringSecurityDescriptorW",
        doing: "Cannot write the security descriptor as SDDL",
      });
    }
    return takeLocalText(address[0], length[0]);
  }

  /**
   * A copy of the descriptor in its self-relative binary form ("SECURITY_DESCRIPTOR structure").
   */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice();
  }
}

function handlePointer(handle: unknown): Deno.PointerObject {
  const pointer = typeof handle === "bigint" && handle > 0n && handle < 1n << 63n
    ? Deno.UnsafePointer.create(handle)
    : null;
  if (pointer === null) {
    throw new TypeError(`An object's handle is a positive bigint below 2^63: ${handle} is not`);
  }
  return pointer;
}

function quoteSddl(sddl: string): string {
  return JSON.stringify(sddl.length <= 200 ? sddl : `${sddl.slice(0, 199)}…`);
}
