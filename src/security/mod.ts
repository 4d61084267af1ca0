/**
 * Who may use an object: the `security` option of everything that is created.
 *
 * The default, `"currentUser"`, lets in the user this process runs as, and SYSTEM. To widen it,
 * give `"everyone"`, a string in the security descriptor definition language (SDDL), or a
 * {@linkcode SecurityDescriptor}. Needs only `--allow-ffi`.
 *
 * Windows documentation: "Securable Objects", "Security Descriptor Definition Language".
 *
 * @example See who may use a mutex
 * ```ts
 * import { currentUserSid, SecurityDescriptor } from "@winipc/winipc/security";
 * import { Mutex } from "@winipc/winipc/sync";
 *
 * using mutex = Mutex.create({ name: "Local\\table-lock" });
 * console.log(SecurityDescriptor.of(mutex).toSddl({ owner: false, group: false }));
 * console.log(`${currentUserSid()} is me`);
 * ```
 *
 * @module
 */

export {
  Win32Error,
  type Win32ErrorContext,
  WindowsError,
  type WindowsErrorContext,
  type WindowsErrorInit,
} from "../core/error/windows_error.ts";
export type { Security } from "./attributes.ts";
export { type SddlOptions, SecurityDescriptor } from "./descriptor.ts";
export { currentUserSid } from "./sid.ts";
