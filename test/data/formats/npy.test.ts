import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readNpy, writeNpy } from "../../../src/data/formats/npy.js";
import { ArgumentError } from "../../../src/errors.js";
import { damaged, expectDataError } from "../../support/damage.js";

// python3 -c "import numpy as np, sys; np.save(sys.stdout.buffer, ARRAY)" | base64, NumPy 1.24.2, with ARRAY =
const golden = {
  // np.arange(6, dtype="<f4").reshape(2, 3) / 4
  float32:
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAACAPgAAAD8AAEA/AACAPwAAoD8=",
  // np.asfortranarray(np.arange(24.0).reshape(2, 3, 4))
  fortranFloat64:
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMywgNCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAAAAAAAAAChAAAAAAAAAEEAAAAAAAAAwQAAAAAAAACBAAAAAAAAANEAAAAAAAADwPwAAAAAAACpAAAAAAAAAFEAAAAAAAAAxQAAAAAAAACJAAAAAAAAANUAAAAAAAAAAQAAAAAAAACxAAAAAAAAAGEAAAAAAAAAyQAAAAAAAACRAAAAAAAAANkAAAAAAAAAIQAAAAAAAAC5AAAAAAAAAHEAAAAAAAAAzQAAAAAAAACZAAAAAAAAAN0A=",
  // np.array([3, -1, 2**40])
  int64:
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoDAAAAAAAAAP//////////AAAAAAABAAA=",
  // np.array([[0, 255], [7, 8]], dtype="u1")
  uint8:
    "k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDIpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoA/wcI",
  // np.lib.format.write_array(sys.stdout.buffer, np.arange(3, dtype="<i2"), version=(2, 0))
  int16Version2:
    "k05VTVBZAgB0AAAAeydkZXNjcic6ICc8aTInLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMywpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAEAAgA=",
};
const bytesOf = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
const read = (text: string) => readNpy(bytesOf(text), "golden.npy");

/** A file with a header of one's own; version 1. */
function npy(header: string, data = new Uint8Array(0)): Uint8Array {
  const text = `\x93NUMPY\x01\0${String.fromCharCode(header.length & 255, header.length >> 8)}${header}`;
  return Uint8Array.from([...Array.from(text, (character) => character.charCodeAt(0)), ...data]);
}

describe("readNpy", () => {
  it("reads what NumPy wrote", () => {
    expect(read(golden.float32)).toEqual({ shape: [2, 3], values: Float32Array.of(0, 0.25, 0.5, 0.75, 1, 1.25) });
    expect(read(golden.fortranFloat64)).toEqual({
      shape: [2, 3, 4],
      values: Float64Array.from({ length: 24 }, (_, i) => i),
    });
    expect(read(golden.int64)).toEqual({ shape: [3], values: Float64Array.of(3, -1, 2 ** 40) });
    expect(read(golden.uint8)).toEqual({ shape: [2, 2], values: Float64Array.of(0, 255, 7, 8) });
    expect(read(golden.int16Version2)).toEqual({ shape: [3], values: Float64Array.of(0, 1, 2) });
  });

  it("reads part of a larger buffer, as Node hands small files out", () => {
    const pool = Buffer.alloc(1000, 0xff);
    const file = bytesOf(golden.float32);
    pool.set(file, 37);
    expect(readNpy(pool.subarray(37, 37 + file.length), "pooled.npy").values).toEqual(read(golden.float32).values);
  });

  it.each([
    ["not an .npy file", Uint8Array.of(1, 2, 3), "a.npy, byte 0: expected the magic string"],
    ["a future version", bytesOf(golden.int64).fill(9, 6, 7), "a.npy, byte 6: expected format version 1 or 2, found 9"],
    ["no header", bytesOf(golden.int64).subarray(0, 8), "a.npy, byte 8: expected a header length, found"],
    [
      "a cut header",
      bytesOf(golden.int64).subarray(0, 60),
      "a.npy, byte 8: expected a header length of at most 50, found 118",
    ],
    [
      "cut data",
      bytesOf(golden.int64).subarray(0, 140),
      "a.npy, byte 128: expected 24 bytes of data for shape (3) of <i8, found 12",
    ],
    [
      "big-endian data",
      npy("{'descr': '>f4', 'fortran_order': False, 'shape': (0,), }"),
      "a.npy, header key 'descr': expected one of <f4",
    ],
    ["Python objects", npy("{'descr': '|O', 'fortran_order': False, 'shape': (0,), }"), "header key 'descr'"],
    [
      "a scalar",
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (), }"),
      "header key 'shape': expected 1 to 3 dimensions, found 0",
    ],
    ["a missing key", npy("{'descr': '<f4', 'shape': (1,), }"), "a header dictionary with the key 'fortran_order'"],
    [
      "a shape beyond all memory",
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 9), }"),
      "expected Infinity bytes",
    ],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => readNpy(bytes, "a.npy")).toThrow(message);
  });

  it("reads an empty array of any shape at once", () => {
    const { values } = readNpy(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (9999999999, 0), }"), "a.npy");
    expect(values).toHaveLength(0);
  });

  it("names the element that is not finite, in C and Fortran order", () => {
    const file = writeNpy(Float32Array.of(0, 1, 2, Number.NaN, 4, 5), [2, 3]);
    expect(() => readNpy(file, "a.npy")).toThrow(
      'a.npy, byte 140: expected finite numbers, found "NaN (element [1, 0])"',
    );
    const header = "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }";
    const data = new Uint8Array(Float32Array.of(0, 1, 2, Infinity, 4, 5).buffer);
    expect(() => readNpy(npy(header, data), "a.npy")).toThrow("Infinity (element [1, 1])");
  });

  it("refuses integers that a number cannot hold", () => {
    const data = new Uint8Array(BigInt64Array.of(1n, -(2n ** 53n)).buffer);
    const file = npy("{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }", data);
    expect(() => readNpy(file, "a.npy")).toThrow("expected integers below 2^53, found -9007199254740992");
  });

  it("throws FEDSCORE_INVALID_DATA or reads, whatever happened to the file", () => {
    const files = Object.values(golden).map((text) => damaged(bytesOf(text)));
    fc.assert(
      fc.property(fc.oneof(...files), (bytes) => {
        try {
          const { shape, values } = readNpy(bytes, "broken.npy");
          expect(values.every(Number.isFinite)).toBe(true);
          expect(shape.reduce((product, length) => product * length, 1)).toBe(values.length);
        } catch (error) {
          expectDataError(error, "broken.npy");
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("writeNpy", () => {
  it("writes the bytes that NumPy writes", () => {
    expect(writeNpy(Float32Array.of(0, 0.25, 0.5, 0.75, 1, 1.25), [2, 3])).toEqual(bytesOf(golden.float32));
  });

  it("is read back with the same shape and values", () => {
    const shapes = fc.array(fc.nat(7), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, seed) => {
        const count = shape.reduce((product, length) => product * length, 1);
        const values = Float32Array.from({ length: count }, (_, i) => Math.fround((seed % 97) * 0.37 - i * 1.1));
        expect(readNpy(writeNpy(values, shape), "a.npy")).toEqual({ shape, values });
      }),
    );
  });

  it("refuses a shape that does not fit", () => {
    expect(() => writeNpy(new Float32Array(6), [2, 4])).toThrow(ArgumentError);
    expect(() => writeNpy(new Float32Array(1), [])).toThrow("shape must have 1 to 3 lengths, got 0");
    expect(() => writeNpy(new Float32Array(1), [-1, -1])).toThrow("shape[0] must be an integer >= 0, got -1");
  });
});
