import { lastErrorCode, lastWin32Error, win32Error } from "../core/error/windows_error.ts";
import { OwnedHandle } from "../core/handle/owned_handle.ts";
import { advapi32 } from "../win32/advapi32.ts";
import { SECURITY_MAX_SID_STRING_CHARACTERS, TOKEN_QUERY, TokenUser } from "../win32/advapi32.ts";
import { ERROR_INSUFFICIENT_BUFFER } from "../win32/error_codes.ts";
import { kernel32 } from "../win32/kernel32.ts";
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
  const token = new BigUint64Array(1);
  if (advapi32().OpenProcessToken(kernel32().GetCurrentProcess(), TOKEN_QUERY, token) === 0) {
    throw lastWin32Error({ operation: "OpenProcessToken", doing: "Cannot open the process token" });
  }
  using owned = OwnedHandle.fromNumber(token[0], "process token");
  return tokenUserSid(owned);
}

/** The SID of the user a token stands for. */
export function tokenUserSid(token: OwnedHandle): string {
  const user = queryToken(token, TokenUser);
  const sid = Deno.UnsafePointer.create(TOKEN_USER.read(user).User.Sid);
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
