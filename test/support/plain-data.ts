import fc from "fast-check";

const arrays: fc.Arbitrary<unknown> = fc.oneof(
  fc.uint8Array({ maxLength: 9 }),
  fc.uint8ClampedArray({ maxLength: 3 }),
  fc.int8Array({ maxLength: 3 }),
  fc.int16Array({ maxLength: 3 }),
  fc.uint16Array({ maxLength: 3 }),
  fc.int32Array({ maxLength: 3 }),
  fc.uint32Array({ maxLength: 3 }),
  fc.float32Array({ maxLength: 5 }),
  fc.float64Array({ maxLength: 3 }),
  fc.bigInt64Array({ maxLength: 3 }),
  fc.bigUint64Array({ maxLength: 3 }),
);
const key = fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom("$", "$$", "$a", "constructor", "toString"));

/** What messages between machines may hold. */
export const plainData: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(null, undefined, true, false, 0, -0),
    fc.double(),
    fc.string({ unit: "binary", maxLength: 6 }),
    arrays,
    fc.array(tie("any"), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie("any")), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
})).any;
