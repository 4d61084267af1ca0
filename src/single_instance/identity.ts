import { lastWin32Error } from "../core/error/windows_error.ts";
import { currentUserSid, ownerSid } from "../security/sid.ts";
import { kernel32 } from "../win32/kernel32.ts";

/** Among which processes there is one instance. */
export type SingleInstanceScope = "session" | "user";

/** By which objects the processes of one program find each other. */
export interface Identity {
  /** The name as the program has it, for messages. */
  readonly name: string;
  readonly mutexName: string;
  readonly pipePath: string;
}

/**
 * The objects of a program, for this user.
 *
 * Their names are a hash, as pipes have one namespace for all sessions and users and do not tell
 * capital letters from small ones, and as any text may be the name of a program.
 */
export async function identityOf(name: string, scope: SingleInstanceScope): Promise<Identity> {
  const parts = [name, scope, currentUserSid(), scope === "session" ? currentSession() : ""];
  const digest = await crypto.subtle.digest("SHA-256", utf16Of(parts.join("\0")));
  const id = `winipc-instance-${new Uint8Array(digest).toHex()}`;
  return {
    name,
    mutexName: `${scope === "session" ? "Local" : "Global"}\\${id}`,
    pipePath: `\\\\.\\pipe\\${id}`,
  };
}

/** As UTF-16, in which lone surrogates differ too. */
function utf16Of(text: string): Uint16Array<ArrayBuffer> {
  const units = new Uint16Array(text.length);
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
  return units;
}

/** The session of Remote Desktop Services that this process runs in. */
function currentSession(): number {
  const session = new Uint32Array(1);
  if (kernel32().ProcessIdToSessionId(Deno.pid, session) === 0) {
    throw lastWin32Error({
      operation: "ProcessIdToSessionId",
      doing: "Cannot find the session of this process",
    });
  }
  return session[0];
}

/**
 * What lets only this user and the system in. It names the owner, as the default one of a program
 * that runs as administrator is a group.
 */
export function ownSecurity(): string {
  const user = currentUserSid();
  return `O:${user}D:P(A;;GA;;;SY)(A;;GA;;;${user})`;
}

/**
 * Whether an object was made by this user with {@linkcode ownSecurity}, and not by another user to
 * deceive: only an administrator could name somebody else as the owner.
 */
export function isOwn(object: { readonly handle: bigint }): boolean {
  return ownerSid(object) === currentUserSid();
}
