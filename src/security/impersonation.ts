import { lastWin32Error } from "../core/error/windows_error.ts";
import { OwnedHandle } from "../core/handle/owned_handle.ts";
import { advapi32 } from "../win32/advapi32.ts";
import { TOKEN_QUERY } from "../win32/advapi32.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { tokenUserSid } from "./sid.ts";

/**
 * Runs `action` as the client at the other end of a pipe ("ImpersonateNamedPipeClient function").
 *
 * Impersonation belongs to the thread, and JavaScript shares its thread with everything else that
 * waits: so `action` may not be asynchronous, and the thread is its own again before this returns
 * or throws.
 */
export function impersonatePipeClient<T>(pipe: OwnedHandle, action: () => T): T {
  if (advapi32().ImpersonateNamedPipeClient(pipe.value) === 0) {
    throw lastWin32Error({
      operation: "ImpersonateNamedPipeClient",
      doing: `Cannot act as the client of ${pipe.label}`,
    });
  }
  let result: T;
  try {
    result = action();
  } finally {
    revertToSelf();
  }
  if (isPromiseLike(result)) {
    // Whatever it still does, it does as this process; that it fails is of no interest beside this
    // mistake.
    Promise.resolve(result).catch(() => {});
    throw new TypeError(
      "A function run as the client must not be asynchronous: it would go on as this process",
    );
  }
  return result;
}

function revertToSelf(): void {
  if (advapi32().RevertToSelf() === 0) {
    throw lastWin32Error({ operation: "RevertToSelf", doing: "Cannot stop acting as the client" });
  }
}

/** The SID of the user the calling thread acts as now. */
export function impersonatedUserSid(): string {
  const token = new BigUint64Array(1);
  const asSelf = 1;
  const { OpenThreadToken } = advapi32();
  if (OpenThreadToken(kernel32().GetCurrentThread(), TOKEN_QUERY, asSelf, token) === 0) {
    throw lastWin32Error({ operation: "OpenThreadToken", doing: "Cannot open the client's token" });
  }
  using owned = OwnedHandle.fromNumber(token[0], "client's token");
  return tokenUserSid(owned);
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}
