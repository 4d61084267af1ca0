import { type FailureContext, lastErrorCode, win32Error } from "../core/error/windows_error.ts";
import { OwnedHandle } from "../core/handle/owned_handle.ts";
import {
  currentUserSid,
  openProcessToken,
  ownerSid,
  tokenOwnerSid,
  tokenUserSid,
} from "../security/sid.ts";
import { ERROR_ACCESS_DENIED } from "../win32/error_codes.ts";
import { kernel32, PROCESS_QUERY_LIMITED_INFORMATION } from "../win32/kernel32.ts";
import { PipePeer } from "./peer.ts";

/**
 * Checks that a pipe is one of this user, and its server a process of this user.
 *
 * It takes both. Nobody can make another user the owner of what he creates, but if the access list
 * lets other users make instances, one of them may serve a pipe that he does not own.
 *
 * @throws {Deno.errors.PermissionDenied} If it is not, or if Windows does not tell.
 */
export function checkServerUser(pipe: OwnedHandle, context: FailureContext): void {
  const owner = asked(context, "the owner of the pipe", () => ownerSid({ handle: pipe.number }));
  if (owner !== currentUserSid() && owner !== currentOwnerSid()) {
    throw refused(context, `the pipe belongs to ${owner ?? "nobody"}`);
  }
  const user = asked(context, "the user of the server", () => {
    return processUserSid(new PipePeer(pipe, "client").processId);
  });
  if (user !== currentUserSid()) throw refused(context, `the server runs as ${user}`);
}

/** Who owns what this process makes: its user, or for an elevated one the administrators. */
function currentOwnerSid(): string {
  using token = openProcessToken();
  return tokenOwnerSid(token);
}

function processUserSid(processId: number): string {
  const value = kernel32().OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, processId);
  if (value === null) {
    throw win32Error(lastErrorCode(), {
      operation: "OpenProcess",
      doing: `Cannot open process ${processId}`,
    });
  }
  using process = new OwnedHandle(value, `process ${processId}`);
  using token = openProcessToken(process.value);
  return tokenUserSid(token);
}

/** What cannot be asked counts as refused. */
function asked<T>({ doing }: FailureContext, what: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Deno.errors.PermissionDenied(
      `${doing}, as currentUserOnly is set and ${what} cannot be queried: ${message}`,
      { cause: error instanceof Error ? error.cause ?? error : error },
    );
  }
}

function refused(context: FailureContext, why: string): Error {
  return win32Error(ERROR_ACCESS_DENIED, {
    ...context,
    operation: "GetKernelObjectSecurity",
    doing: `${context.doing}, as currentUserOnly is set and ${why}`,
  });
}
