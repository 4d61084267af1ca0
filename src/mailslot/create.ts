import { checkBoolean, checkOptions, type OptionNames } from "../core/options/check_options.ts";
import { checkWait, closeOnAbort } from "../core/io/deadline.ts";
import { windowsTimeout } from "../core/options/wait_options.ts";
import { securityAttributes } from "../security/attributes.ts";
import { type Mailslot, makeMailslot } from "./mailslot.ts";
import { type CreateMailslotOptions, windowsMessageSize } from "./options.ts";
import { parseLocalMailslotPath } from "./path.ts";
import { createMailslotHandle } from "./reader_handle.ts";

const CREATE_OPTIONS: OptionNames<CreateMailslotOptions> = {
  name: true,
  maxMessageSize: true,
  readTimeout: true,
  security: true,
  blocking: true,
  inheritable: true,
  signal: true,
};

/**
 * Creates a mailslot, which any number of writers can send messages to. They find it by its name
 * until it is closed.
 *
 * Windows documentation: "CreateMailslotW function (winbase.h)", "Mailslots".
 *
 * @param options Its name, limits and security.
 * @returns The mailslot, to be read from.
 * @throws {TypeError | RangeError} If an option is not valid; nothing has been created then.
 * @throws {Deno.errors.AlreadyExists} If there is a mailslot of this name.
 * @throws {Deno.errors.NotSupported} If this is not Windows.
 *
 * @example Receive messages as they come
 * ```ts
 * import { createMailslot } from "@winipc/winipc/mailslot";
 *
 * using mailslot = createMailslot({ name: "readings", maxMessageSize: 424 });
 * for await (const message of mailslot) {
 *   console.log(new TextDecoder().decode(message));
 * }
 * ```
 */
export function createMailslot(options: CreateMailslotOptions): Mailslot {
  checkOptions(options, CREATE_OPTIONS, "createMailslot()");
  const { blocking = false, inheritable = false, signal } = options;
  checkBoolean("blocking", blocking);
  checkBoolean("inheritable", inheritable);
  const path = parseLocalMailslotPath(options.name);
  const maxMessageSize = windowsMessageSize(options.maxMessageSize);
  const readTimeout = windowsTimeout(options.readTimeout, "readTimeout");
  checkWait({ signal });
  const security = securityAttributes(options.security);
  const handle = createMailslotHandle({ path, maxMessageSize, readTimeout, security, blocking });
  try {
    if (inheritable) handle.setInheritable(true);
    const mailslot = makeMailslot(handle, path.full, blocking);
    const watch = closeOnAbort(signal, () => mailslot.close());
    if (watch !== undefined) handle.onRelinquish(() => watch[Symbol.dispose]());
    return mailslot;
  } catch (error) {
    handle.close();
    throw error;
  }
}
