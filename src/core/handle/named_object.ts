import { ERROR_ALREADY_EXISTS, ERROR_INVALID_HANDLE } from "../../win32/error_codes.ts";
import { type FailureContext, win32Error } from "../error/windows_error.ts";
import { OwnedHandle } from "./owned_handle.ts";
import { quoteName } from "../text/object_name.ts";

/** A kernel object that is made or opened by name: what it is, for handles and messages. */
export interface NamedObject {
  /** The kind of object, in words: `mutex`. */
  readonly kind: string;
  /** Its name; an object without one can only be inherited or duplicated. */
  readonly name?: string;
}

/** A handle from a Create function, and whether the object was there before. */
export interface CreatedObject {
  readonly handle: OwnedHandle;
  readonly existed: boolean;
}

/**
 * Makes the result of a Create function an owned handle.
 *
 * @param value What the function returned.
 * @param code The last error straight after it: Create functions tell by it that the object
 * existed.
 * @param exclusive Whether an object that existed is an error.
 */
export function adoptCreated(
  value: Deno.PointerValue,
  code: number,
  object: NamedObject,
  operation: string,
  exclusive = false,
): CreatedObject {
  const context = namedContext(object, operation, "create");
  if (value === null) throw win32Error(code, withTakenName(code, context));
  const handle = new OwnedHandle(value, objectLabel(object));
  const existed = code === ERROR_ALREADY_EXISTS;
  if (existed && exclusive) {
    handle.close();
    throw win32Error(code, context);
  }
  return { handle, existed };
}

/**
 * Makes the result of an Open function an owned handle; `code` is the last error straight after it.
 */
export function adoptOpened(
  value: Deno.PointerValue,
  code: number,
  object: NamedObject,
  operation: string,
): OwnedHandle {
  if (value === null) {
    throw win32Error(code, withTakenName(code, namedContext(object, operation, "open")));
  }
  return new OwnedHandle(value, objectLabel(object));
}

/** `mutex "Local\\a"`, or `unnamed mutex`. */
export function objectLabel({ kind, name }: NamedObject): string {
  return name === undefined ? `unnamed ${kind}` : `${kind} ${quoteName(name)}`;
}

function namedContext(object: NamedObject, operation: string, verb: string): FailureContext {
  return { operation, object: object.name, doing: `Cannot ${verb} ${objectLabel(object)}` };
}

/**
 * ERROR_INVALID_HANDLE means here that the name belongs to an object of another kind ("Object
 * names").
 */
function withTakenName(code: number, context: FailureContext): FailureContext {
  if (code !== ERROR_INVALID_HANDLE) return context;
  return {
    ...context,
    errorClass: Deno.errors.AlreadyExists,
    hint: "an object of another kind has this name: all kinds share one set of names",
  };
}
