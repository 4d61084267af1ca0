import { OBJ_CASE_INSENSITIVE } from "../../win32/ntdll.ts";
import { encodeWide } from "../text/wide_string.ts";
import {
  OBJECT_ATTRIBUTES,
  SECURITY_QUALITY_OF_SERVICE,
  UNICODE_STRING,
} from "../../win32/structs.ts";

/** What goes with a name into the native calls that open or create by it. */
export interface ObjectAttributesOptions {
  /** How far a server may act as this client: SECURITY_IMPERSONATION_LEVEL. */
  readonly impersonationLevel?: number;
  /** The address of a security descriptor, which the caller keeps alive. */
  readonly securityDescriptor?: bigint;
  /** The handle of the object that the name is relative to. */
  readonly root?: bigint;
}

/**
 * OBJECT_ATTRIBUTES for a name of the object manager, such as `\??\pipe\demo` ("OBJECT_ATTRIBUTES
 * structure").
 *
 * Everything the structure points to, except the security descriptor, lies in the same ArrayBuffer:
 * keep the bytes, and all of it is kept.
 *
 * @param place The address that the bytes are copied to before they are used, if they are.
 */
export function objectAttributes(
  name: string,
  options: ObjectAttributesOptions = {},
  place?: bigint,
): Uint8Array<ArrayBuffer> {
  const { impersonationLevel, securityDescriptor = 0n, root = 0n } = options;
  const text = encodeWide(name);
  const stringAt = OBJECT_ATTRIBUTES.size;
  const qualityAt = stringAt + UNICODE_STRING.size;
  const textAt = qualityAt + SECURITY_QUALITY_OF_SERVICE.size;
  const buffer = new ArrayBuffer(textAt + text.byteLength);
  const bytes = new Uint8Array(buffer);
  const view = new DataView(buffer);
  const address = place ?? Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));

  const attributes = OBJECT_ATTRIBUTES.fields;
  view.setUint32(attributes.Length.offset, OBJECT_ATTRIBUTES.size, true);
  view.setBigUint64(attributes.RootDirectory.offset, root, true);
  view.setBigUint64(attributes.ObjectName.offset, address + BigInt(stringAt), true);
  view.setUint32(attributes.Attributes.offset, OBJ_CASE_INSENSITIVE, true);
  view.setBigUint64(attributes.SecurityDescriptor.offset, securityDescriptor, true);

  const string = UNICODE_STRING.fields;
  view.setUint16(stringAt + string.Length.offset, text.byteLength - 2, true);
  view.setUint16(stringAt + string.MaximumLength.offset, text.byteLength, true);
  view.setBigUint64(stringAt + string.Buffer.offset, address + BigInt(textAt), true);
  bytes.set(text, textAt);

  if (impersonationLevel !== undefined) {
    const quality = SECURITY_QUALITY_OF_SERVICE.fields;
    const qualityAddress = address + BigInt(qualityAt);
    view.setBigUint64(attributes.SecurityQualityOfService.offset, qualityAddress, true);
    view.setUint32(qualityAt + quality.Length.offset, SECURITY_QUALITY_OF_SERVICE.size, true);
    view.setInt32(qualityAt + quality.ImpersonationLevel.offset, impersonationLevel, true);
  }
  return bytes;
}
