import { SecurityDescriptor } from "./descriptor.ts";
import { currentUserSid } from "./sid.ts";
import { bool32, defineStruct, pointer, u32 } from "../struct/mod.ts";

/** "SECURITY_ATTRIBUTES structure (wtypesbase.h)". `nLength` is the size of the struct. */
export const SECURITY_ATTRIBUTES = defineStruct({
  nLength: u32,
  lpSecurityDescriptor: pointer,
  bInheritHandle: bool32,
});

/**
 * Who may use an object that is made:
 *
 * - `"currentUser"`, the default: the user this process runs as, and SYSTEM, with all rights;
 *   nobody else, not even administrators (who can still take ownership). The access list is
 *   protected, so nothing is inherited into it.
 * - `"everyone"`: every user, with all rights. That is what programs of any age expect of a shared
 *   object, as CreateMutexW and similar functions ask for all rights when they open one that
 *   exists. All rights include changing the access list: give other users less with SDDL, such as
 *   `"D:P(A;;GA;;;SY)(A;;GA;;;BA)(A;;GRGWGX;;;AU)"`. Programs in an app container (sandboxed store
 *   apps and browser processes) are not among "everyone": they need an entry of their own in SDDL,
 *   such as `(A;;GA;;;AC)`.
 * - any other string: SDDL.
 * - a {@linkcode SecurityDescriptor}, made from SDDL or read from another object.
 *
 * Windows documentation: "Security Descriptor String Format", "SID Strings", "ACE Strings",
 * "AppContainer Isolation".
 */
export type Security =
  | "currentUser"
  | "everyone"
  | (string & Record<never, never>)
  | SecurityDescriptor;

/** What lpXxxAttributes parameters take. */
export interface SecurityAttributes {
  /** The SECURITY_ATTRIBUTES structure, for a `buffer` parameter. It holds all it points to. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What else SECURITY_ATTRIBUTES says. */
export interface SecurityAttributesOptions {
  /**
   * Whether child processes that inherit handles get the new one.
   *
   * @default {false}
   */
  readonly inheritable?: boolean;
}

let currentUserDescriptor: Uint8Array | undefined;
let everyoneDescriptor: Uint8Array | undefined;

/**
 * The security attributes for a Create function ("SECURITY_ATTRIBUTES structure").
 *
 * Structure and descriptor share one ArrayBuffer: who holds the bytes holds both, and the pointer
 * inside stays right.
 *
 * @throws {TypeError} If `security` is a string that is not SDDL, or of another type.
 */
export function securityAttributes(
  security: Security = "currentUser",
  { inheritable = false }: SecurityAttributesOptions = {},
): SecurityAttributes {
  const descriptor = descriptorBytes(security);
  const { size } = SECURITY_ATTRIBUTES;
  // An explicit ArrayBuffer is never moved, whereas V8 keeps small typed arrays in its moving heap.
  const buffer = new ArrayBuffer(size + descriptor.length);
  const ownDescriptor = new Uint8Array(buffer, size);
  ownDescriptor.set(descriptor);
  SECURITY_ATTRIBUTES.write(buffer, {
    nLength: size,
    lpSecurityDescriptor: Deno.UnsafePointer.value(Deno.UnsafePointer.of(ownDescriptor)),
    bInheritHandle: inheritable,
  });
  return { bytes: new Uint8Array(buffer) };
}

function descriptorBytes(security: Security): Uint8Array {
  if (security === "currentUser") {
    return currentUserDescriptor ??= sddlBytes(`D:P(A;;GA;;;SY)(A;;GA;;;${currentUserSid()})`);
  }
  if (security === "everyone") return everyoneDescriptor ??= sddlBytes("D:P(A;;GA;;;WD)");
  if (security instanceof SecurityDescriptor) return security.bytes;
  if (typeof security === "string") return sddlBytes(security);
  throw new TypeError(
    'security must be "currentUser", "everyone", an SDDL string or a SecurityDescriptor, ' +
      `not ${security === null ? "null" : typeof security}`,
  );
}

function sddlBytes(sddl: string): Uint8Array {
  return SecurityDescriptor.fromSddl(sddl).bytes;
}
