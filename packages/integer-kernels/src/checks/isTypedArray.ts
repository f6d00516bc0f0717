interface TypedArrays {
  readonly Int8Array: Int8Array;
  readonly Uint8Array: Uint8Array;
  readonly Int32Array: Int32Array;
}

/**
 * Whether a value is a typed array of the named kind, or of a subclass of it.
 *
 * Unlike `instanceof` it knows arrays of other realms: frames, Node's vm contexts, test runners.
 */
export function isTypedArray<Name extends keyof TypedArrays>(
  value: unknown,
  name: Name,
): value is TypedArrays[Name] {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === `[object ${name}]`;
}
