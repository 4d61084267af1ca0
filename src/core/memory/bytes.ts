// JavaScript can override `byteLength` of an array. If it says more than there is, native code
// would be handed memory beyond the array. So what goes to native code is measured by the getters
// that no program can replace.

const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype);
const bufferOf = intrinsicGetter<ArrayBufferLike>("buffer");
const byteOffsetOf = intrinsicGetter<number>("byteOffset");
const byteLengthOf = intrinsicGetter<number>("byteLength");

function intrinsicGetter<T>(name: string): (array: Uint8Array) => T {
  const { get } = Object.getOwnPropertyDescriptor(typedArrayPrototype, name)!;
  return (array) => Reflect.apply(get!, array, []);
}

/**
 * Checks an argument that is to be bytes, and gives them as an array whose size can be trusted.
 *
 * @param what What the bytes are for, as the message begins: `A message`.
 * @throws {TypeError} If it is not a Uint8Array.
 */
export function checkBytes(value: Uint8Array, what: string): Uint8Array {
  if (!(value instanceof Uint8Array)) {
    throw new TypeError(`${what} must be a Uint8Array, not ${Deno.inspect(value, { depth: 0 })}`);
  }
  const isPlain = Object.getPrototypeOf(value) === Uint8Array.prototype &&
    !Object.hasOwn(value, "byteLength");
  if (isPlain) return value;
  return new Uint8Array(bufferOf(value), byteOffsetOf(value), byteLengthOf(value));
}
