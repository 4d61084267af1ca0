import { lastErrorCode, lastWin32Error, win32Error } from "../core/error/windows_error.ts";
import { OwnedHandle } from "../core/handle/owned_handle.ts";
import { advapi32 } from "../win32/advapi32.ts";
import {
  SECURITY_MAX_SID_STRING_CHARACTERS,
  TOKEN_QUERY,
  TokenIntegrityLevel,
  TokenOwner,
  TokenUser,
} from "../win32/advapi32.ts";
import { ERROR_INSUFFICIENT_BUFFER } from "../win32/error_codes.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { SecurityDescriptor } from "./descriptor.ts";
import { takeLocalText } from "./local_memory.ts";
import { defineStruct, pointer, u32 } from "../struct/mod.ts";

/** "SID_AND_ATTRIBUTES structure (winnt.h)". */
export const SID_AND_ATTRIBUTES = defineStruct({ Sid: pointer, Attributes: u32 });

/** "TOKEN_USER structure (winnt.h)": what GetTokenInformation gives for TokenUser. */
export const TOKEN_USER = defineStruct({ User: SID_AND_ATTRIBUTES });

let cachedSid: string | undefined;

/**
 * The security identifier (SID) of the user this process runs as, such as
 * `"S-1-5-21-1004336348-1177238915-682003330-512"`, for use in SDDL strings.
 *
 * It is the user of the process, also while a thread impersonates somebody else: a process keeps
 * its user for life, so the answer is found once and kept. Needs only `--allow-ffi`.
 *
 * Windows documentation: "GetTokenInformation function", "ConvertSidToStringSidW function".
 *
 * @returns The SID in its string form.
 * @throws {Deno.errors.NotSupported} If this is not Windows.
 * @throws {Deno.errors.PermissionDenied} If the process may not query its own token.
 *
 * @example Let the current user write and every user read
 * ```ts
 * import { currentUserSid, SecurityDescriptor } from "@winipc/winipc/security";
 *
 * const descriptor = SecurityDescriptor.fromSddl(
 *   `D:P(A;;GA;;;${currentUserSid()})(A;;GR;;;WD)`,
 * );
 * console.log(descriptor.toSddl());
 * ```
 */
export function currentUserSid(): string {
  return cachedSid ??= queryUserSid();
}

function queryUserSid(): string {
  using token = openProcessToken();
  return tokenUserSid(token);
}

/** The token of a process, this one unless told, to be queried ("OpenProcessToken function"). */
export function openProcessToken(process?: Deno.PointerObject): OwnedHandle {
  const token = new BigUint64Array(1);
  const { OpenProcessToken } = advapi32();
  const target = process ?? kernel32().GetCurrentProcess();
  if (OpenProcessToken(target, TOKEN_QUERY, token) === 0) {
    throw lastWin32Error({ operation: "OpenProcessToken", doing: "Cannot open the process token" });
  }
  return OwnedHandle.fromNumber(token[0], "process token");
}

/** The SID of the owner of an object, if its descriptor names one. */
export function ownerSid(object: { readonly handle: bigint }): string | undefined {
  const { bytes } = SecurityDescriptor.of(object);
  // SECURITY_DESCRIPTOR_RELATIVE: the offset of the owner is at 4.
  const offset = new DataView(bytes.buffer).getUint32(4, true);
  return offset === 0 ? undefined : sidText(bytes.subarray(offset));
}

/** The string form of a SID in memory ("SID structure (winnt.h)", "SID Components"). */
export function sidText(sid: Uint8Array<ArrayBuffer>): string {
  const view = new DataView(sid.buffer, sid.byteOffset);
  const authority = BigInt(view.getUint16(2)) << 32n | BigInt(view.getUint32(4));
  const parts = Array.from({ length: sid[1] }, (_, i) => view.getUint32(8 + 4 * i, true));
  const identifier = authority < 1n << 32n ? `${authority}` : `0x${authority.toString(16)}`;
  return ["S", sid[0], identifier, ...parts].join("-");
}

/** The SID of the user a token stands for. */
export function tokenUserSid(token: OwnedHandle): string {
  return tokenSid(token, TokenUser);
}

/** The SID that a token gives to what is made with it: the user's, or a group's. */
export function tokenOwnerSid(token: OwnedHandle): string {
  return tokenSid(token, TokenOwner);
}

/**
 * The integrity level of a token: the last number of its SID ("Mandatory Integrity Control",
 * "Well-known SIDs").
 */
export function tokenIntegrity(token: OwnedHandle): number {
  const sid = tokenSid(token, TokenIntegrityLevel);
  return Number(sid.slice(sid.lastIndexOf("-") + 1));
}

/**
 * The SID of a TOKEN_USER, a TOKEN_OWNER or a TOKEN_MANDATORY_LABEL: all begin with its address.
 */
function tokenSid(token: OwnedHandle, informationClass: number): string {
  const information = queryToken(token, informationClass);
  const sid = Deno.UnsafePointer.create(new BigUint64Array(information.buffer, 0, 1)[0]);
  const text = new BigUint64Array(1);
  if (advapi32().ConvertSidToStringSidW(sid, text) === 0) {
    throw lastWin32Error({
      operation: "ConvertSidToStringSidW",
      doing: "Cannot write a SID as text",
    });
  }
  return takeLocalText(text[0], SECURITY_MAX_SID_STRING_CHARACTERS);
}

function queryToken(token: OwnedHandle, informationClass: number): Uint8Array<ArrayBuffer> {
  const context = { operation: "GetTokenInformation", doing: `Cannot query the ${token.label}` };
  const needed = new Uint32Array(1);
  const { GetTokenInformation } = advapi32();
  if (GetTokenInformation(token.value, informationClass, null, 0, needed) === 0) {
    const error = lastErrorCode();
    if (error !== ERROR_INSUFFICIENT_BUFFER) throw win32Error(error, context);
  }
  const information = new Uint8Array(new ArrayBuffer(needed[0]));
  if (
    GetTokenInformation(token.value, informationClass, information, needed[0], needed) === 0
  ) {
    throw lastWin32Error(context);
  }
  return information;
}
