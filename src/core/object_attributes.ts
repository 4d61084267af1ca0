import { OBJ_CASE_INSENSITIVE } from "../win32/constants.ts";
import { encodeWide } from "./wide_string.ts";
import { OBJECT_ATTRIBUTES, SECURITY_QUALITY_OF_SERVICE, UNICODE_STRING } from "./win32_structs.ts";

/** What goes with a name into the native calls that open or create by it. */
export interface ObjectAttributesOptions {
  /** How far a server may act as this client: SECURITY_IMPERSONATION_LEVEL. */
  readonly impersonationLevel?: number;
  /** The address of a security descriptor; who passes it keeps the descriptor. */
  readonly securityDescriptor?: bigint;
}

/**
 * OBJECT_ATTRIBUTES for a name of the object manager, such as `\??\pipe\demo` ("OBJECT_ATTRIBUTES structure").
 *
 * All that the structure points to, save the descriptor, lies in the same ArrayBuffer: who holds the bytes holds it all.
 */
export function objectAttributes(
  name: string,
  options: ObjectAttributesOptions = {},
): Uint8Array<ArrayBuffer> {
  const text = encodeWide(name);
  const stringAt = OBJECT_ATTRIBUTES.size;
  const qualityAt = stringAt + UNICODE_STRING.size;
  const textAt = qualityAt + SECURITY_QUALITY_OF_SERVICE.size;
  const buffer = new ArrayBuffer(textAt + text.byteLength);
  const bytes = new Uint8Array(buffer);
  const address = Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
  const { impersonationLevel, securityDescriptor = 0n } = options;
  OBJECT_ATTRIBUTES.write(bytes, {
    Length: OBJECT_ATTRIBUTES.size,
    RootDirectory: 0n,
    ObjectName: address + BigInt(stringAt),
    Attributes: OBJ_CASE_INSENSITIVE,
    SecurityDescriptor: securityDescriptor,
    SecurityQualityOfService: impersonationLevel === undefined ? 0n : address + BigInt(qualityAt),
  });
  UNICODE_STRING.write(bytes, {
    Length: text.byteLength - 2,
    MaximumLength: text.byteLength,
    Buffer: address + BigInt(textAt),
  }, stringAt);
  SECURITY_QUALITY_OF_SERVICE.write(bytes, {
    Length: SECURITY_QUALITY_OF_SERVICE.size,
    ImpersonationLevel: impersonationLevel ?? 0,
    ContextTrackingMode: 0,
    EffectiveOnly: false,
  }, qualityAt);
  bytes.set(text, textAt);
  return bytes;
}
