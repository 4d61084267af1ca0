/** The method that console.log() and Deno.inspect() call ("Deno.customInspect"). */
const INSPECT: unique symbol = Symbol.for("Deno.customInspect");

/** A class, whatever its constructor is. */
interface InspectedClass<Instance> {
  readonly name: string;
  readonly prototype: Instance;
}

/**
 * Has `console.log()` and `Deno.inspect()` show objects of a class by what they are, such as
 * `Semaphore { name: "Local\\demo", count: 2, state: "open" }`. Without this, a class
 * whose state is private shows nothing.
 *
 * @param describe What is shown, the state last; what is undefined is left out. It must neither
 * block nor have an effect on the object.
 */
export function defineInspect<Instance extends object>(
  { name, prototype }: InspectedClass<Instance>,
  describe: (object: Instance) => Record<string, unknown>,
): void {
  // Not a method of the class, as it would be part of its public surface then.
  Object.defineProperty(prototype, INSPECT, {
    configurable: true,
    value(this: Instance, inspect: typeof Deno.inspect, options: Deno.InspectOptions): string {
      return `${name} ${inspect(fieldsOf(this, describe), options)}`;
    },
  });
}

function fieldsOf<Instance>(
  object: Instance,
  describe: (object: Instance) => Record<string, unknown>,
): Record<string, unknown> {
  try {
    const fields = Object.entries(describe(object));
    return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  } catch {
    // It is the prototype, or what it asks Windows for cannot be had. To log an object never fails.
    return {};
  }
}

/** The state of what can be closed. */
export function openState({ closed }: { readonly closed: boolean }): "open" | "closed" {
  return closed ? "closed" : "open";
}
