/** The kinds of typed arrays that travel, by the names that messages call them. */
export const typedArrays = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const;

export type TypedArrayName = keyof typeof typedArrays;

export type TypedArray = InstanceType<(typeof typedArrays)[TypedArrayName]>;

export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** The array of a kind that a buffer is, whose length must be a multiple of its elements'. */
export function typedArrayOf(name: TypedArrayName, buffer: ArrayBuffer): TypedArray {
  return new typedArrays[name](buffer);
}
