import { OwnedHandle } from "../core/handle/owned_handle.ts";
import { processPath } from "../core/handle/process_path.ts";
import { checkInteger } from "../core/options/check_options.ts";
import { tokenIntegrity } from "../security/sid.ts";
import { advapi32, TOKEN_QUERY } from "../win32/advapi32.ts";
import { kernel32, PROCESS_QUERY_LIMITED_INFORMATION } from "../win32/kernel32.ts";

/**
 * How much Windows trusts a process: it may not send to windows of a higher level ("Mandatory
 * Integrity Control"). A program that was started as administrator has `"high"`, a service
 * `"system"`, and a usual program `"medium"`.
 */
export type IntegrityLevel = "untrusted" | "low" | "medium" | "high" | "system";

/** What is known of a process. What Windows does not tell is left out. */
export interface WindowProcess {
  /** Its id. */
  readonly processId: number;
  /** The file it runs, as a path of Windows. */
  readonly path?: string;
  /** How much Windows trusts it. */
  readonly integrity?: IntegrityLevel;
}

/**
 * Tells the file and the integrity level of a process, such as the one that a window belongs to.
 *
 * It may have ended, or be one that this user may not look at: then there is the id alone.
 *
 * @param processId The id, as in {@linkcode WindowInfo}.
 * @throws {TypeError | RangeError} If it is no id.
 *
 * @example
 * ```ts
 * import { describeProcess, findWindows } from "@winipc/winipc/window-message";
 *
 * for (const { title, processId } of findWindows({ visible: true })) {
 *   console.log(title, describeProcess(processId).path);
 * }
 * ```
 */
export function describeProcess(processId: number): WindowProcess {
  checkInteger("processId", processId, 0, 0xffff_ffff);
  const value = kernel32().OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, processId);
  if (value === null) return { processId };
  using process = new OwnedHandle(value, `process ${processId}`);
  return { processId, path: processPath(process.value), integrity: integrityOf(process.value) };
}

/** The integrity level of a process, if this user may know it. */
function integrityOf(process: Deno.PointerObject): IntegrityLevel | undefined {
  const token = new BigUint64Array(1);
  if (advapi32().OpenProcessToken(process, TOKEN_QUERY, token) === 0) return undefined;
  using owned = OwnedHandle.fromNumber(token[0], "process token");
  return integrityLevel(tokenIntegrity(owned));
}

/** SECURITY_MANDATORY_LOW_RID and the following ones of winnt.h. */
function integrityLevel(rid: number): IntegrityLevel {
  if (rid >= 0x4000) return "system";
  if (rid >= 0x3000) return "high";
  if (rid >= 0x2000) return "medium";
  return rid >= 0x1000 ? "low" : "untrusted";
}

const RANK: readonly IntegrityLevel[] = ["untrusted", "low", "medium", "high", "system"];

/** Whether a process is known to have a higher level than this one. */
export function isMoreTrusted(processId: number): boolean {
  const other = describeProcess(processId).integrity;
  const own = integrityOf(kernel32().GetCurrentProcess() as Deno.PointerObject);
  return other !== undefined && own !== undefined && RANK.indexOf(other) > RANK.indexOf(own);
}
