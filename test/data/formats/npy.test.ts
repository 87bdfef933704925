import { describe, expect, it } from "vitest";
import { readNpy, writeNpy } from "../../../src/data/formats/npy.js";
import { ArgumentError, ArgumentTypeError } from "../../../src/errors.js";
import golden from "../../golden/arrays.json" with { type: "json" };

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const [first] = golden.npyWritten;
const float32 = bytesOf(first?.file ?? "");

/** A file with a header of one's own; version 1. */
function npy(header: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = `\x93NUMPY\x01\0${String.fromCharCode(header.length & 255, header.length >> 8)}${header}`;
  return Uint8Array.from([...Array.from(text, (character) => character.charCodeAt(0)), ...data]);
}
const described = (descr: string, shape: string, data?: Uint8Array) =>
  npy(`{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }`, data);

describe("readNpy", () => {
  it.each(golden.npy)("gives what NumPy gives: $name", ({ file, shape, values }) => {
    const read = readNpy(bytesOf(file), "golden.npy");
    expect(read.shape).toEqual(shape);
    expect(Array.from(read.values)).toEqual(values.map((value) => value + 0));
  });

  it("keeps floats of at most 32 bits as float32", () => {
    const types = golden.npy
      .filter(({ name }) => /^[<>]/.test(name))
      .map(({ name, file }) => [name, readNpy(bytesOf(file), "a").values]);
    for (const [name, values] of types) {
      expect(values).toBeInstanceOf(/f[24]$/.test(String(name)) ? Float32Array : Float64Array);
    }
    expect(types).toHaveLength(24);
  });

  it("reads part of a larger buffer, as Node hands small files out", () => {
    const pool = Buffer.alloc(1000, 0xff);
    pool.set(float32, 37);
    expect(readNpy(pool.subarray(37, 37 + float32.length), "pooled.npy")).toEqual(readNpy(float32, "a.npy"));
  });

  it.each([
    ["structured", `header key 'descr': expected numbers of a type of b1 i1 i2`],
    ["structured", `found "a structured array, [('a', '<f4'), ('b', '<i4')]"; save its fields as columns: np.save(`],
    ["nested structure", "a structured array, [('a', [('x', '<f4')], (2,)), ('b', '<i4…"],
    ["objects", `found "|O, Python objects"; save numbers: np.save("rows.npy", array.astype("float32"))`],
    ["complex", `found "<c8, complex numbers"; save real ones`],
    ["text", `found "<U2, texts"`],
    ["bytes", `found "|S2, texts"`],
    ["dates", `found "<M8[D], dates"; save numbers: np.save("rows.npy", array.astype("int64"))`],
    ["spans", `found "<m8[s], time spans"`],
    ["long double", `found "<f16, a float type that only some machines have"`],
    ["raw bytes", `found "|V2, raw bytes, as NumPy saves bfloat16`],
    ["scalar", "header key 'shape': expected 1 to 4 dimensions, found 0"],
    ["five dimensions", "header key 'shape': expected 1 to 4 dimensions, found 5"],
    [
      "npz",
      `a.npy, byte 0: expected an .npy file, found "a zip archive of NumPy arrays (.npz)"; save the array alone: np.save(`,
    ],
    ["npz, compressed", `found "a zip archive of NumPy arrays (.npz)"`],
    ["gzip", `found "gzip-compressed data"; decompress it first`],
  ])("says what a file of NumPy is that has no array of numbers: %s", (name, message) => {
    const file = golden.npyRefused.find((each) => each.name === name)?.file ?? "";
    expect(() => readNpy(bytesOf(file), "a.npy")).toThrow(message);
  });

  it("every file that is refused is in the list above", () => {
    for (const { file } of golden.npyRefused) expect(() => readNpy(bytesOf(file), "a.npy")).toThrow(/^a\.npy, /);
    expect(golden.npyRefused).toHaveLength(15);
  });

  it.each([
    ["not an .npy file", Uint8Array.of(1, 2, 3), 'a.npy, byte 0: expected an .npy file, found "01 02 03"'],
    ["nothing", new Uint8Array(0), 'a.npy, byte 0: expected an .npy file, found "an empty file"'],
    ["a future version", float32.slice().fill(9, 6, 7), "a.npy, byte 6: expected format version 1, 2 or 3, found 9"],
    ["no header", float32.subarray(0, 8), "a.npy, byte 8: expected a header length, found"],
    ["a cut header", float32.subarray(0, 60), "a.npy, byte 8: expected a header length of at most 50, found 118"],
    [
      "cut data",
      float32.subarray(0, 140),
      "a.npy, byte 128: expected 24 bytes of data for shape (2, 3) of <f4, found 12",
    ],
    ["no dictionary", npy("[1, 2]"), `a.npy, byte 10: expected a header that is a dictionary, found "[1, 2]"`],
    [
      "a cut dictionary",
      npy("{'descr': '<f4'"),
      `byte 25: expected "," or "}" in the header, found "the end of the header"`,
    ],
    [
      "code",
      npy("{'descr': __import__('os')}"),
      `a.npy, byte 20: expected a value in the header, found "__import__('os')}"`,
    ],
    ["a key twice", npy("{'descr': '<f4', 'descr': '<f8'}"), "expected another key than those before it in the header"],
    [
      "a missing key",
      npy("{'descr': '<f4', 'shape': (1,), }"),
      `byte 10: expected a header dictionary with the key 'fortran_order', found "descr, shape"`,
    ],
    [
      "an unknown key",
      npy("{'descr': '<f4', 'shape': (1,), 'fortran_order': False, 'x': 1}"),
      `expected no header keys but descr, fortran_order, shape, found "x"`,
    ],
    [
      "a shape that is no tuple",
      described("'<f4'", "[2]"),
      `header key 'shape': expected a tuple of lengths, found "[2]"`,
    ],
    [
      "one length without its comma",
      described("'<f4'", "(2)"),
      "header key 'shape': expected a tuple of lengths, found 2",
    ],
    ["a negative length", described("'<f4'", "(2, -3)"), "expected lengths that are integers >= 0, found -3"],
    ["a length that is none", described("'<f4'", "(2, None)"), `expected lengths that are integers >= 0, found "None"`],
    [
      "an order that is none",
      npy("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}"),
      "header key 'fortran_order': expected True or False, found 0",
    ],
    ["an unknown type", described("'<x4'", "(1,)"), `header key 'descr': expected numbers of a type of`],
    ["booleans beyond 1", described("'|b1'", "(2,)", Uint8Array.of(1, 2)), `booleans, 0 or 1, found "2 (element [1])"`],
    [
      "a shape beyond all memory",
      described("'<f4'", "(99999999999999999999, 9)"),
      `expected at most 1073741824 numbers, found "100000000000000000000 x 9"`,
    ],
    [
      "an empty shape that no number holds",
      described("'<f4'", "(99999999999999999999, 0)"),
      `expected at most 1073741824 numbers, found "100000000000000000000 x 0"`,
    ],
    ["nesting without end", npy("(".repeat(9000)), "expected nesting of at most 32 in the header"],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => readNpy(bytes, "a.npy")).toThrow(message);
  });

  it("reads an empty array of any shape at once", () => {
    const header = "{'descr': '<f4', 'fortran_order': True, 'shape': (9999999999, 0), }";
    expect(readNpy(npy(header), "a.npy").values).toHaveLength(0);
  });

  it("names the element that is not finite, in C and Fortran order", () => {
    const data = (...values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer);
    expect(() => readNpy(described("'<f4'", "(2, 3)", data(0, 1, 2, Number.NaN, 4, 5)), "a.npy")).toThrow(
      'expected finite numbers, found "NaN (element [1, 0])"',
    );
    const header = "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }";
    expect(() => readNpy(npy(header, data(0, 1, 2, Infinity, 4, 5)), "a.npy")).toThrow("Infinity (element [1, 1])");
  });

  it("refuses integers that a number cannot hold", () => {
    const data = new Uint8Array(BigInt64Array.of(1n, -(2n ** 53n)).buffer);
    expect(() => readNpy(described("'<i8'", "(2,)", data), "a.npy")).toThrow(
      'expected integers below 2^53, found "-9007199254740992 (element [1])"',
    );
  });
});

describe("writeNpy", () => {
  const arrays = {
    float32: Float32Array,
    float64: Float64Array,
    int8: Int8Array,
    int16: Int16Array,
    int32: Int32Array,
    uint8: Uint8Array,
    uint16: Uint16Array,
    uint32: Uint32Array,
  };

  it.each(golden.npyWritten)("writes the bytes that NumPy writes: $name", ({ file, shape, values, type }) => {
    const array = arrays[type as keyof typeof arrays].from(values);
    expect(Buffer.from(writeNpy(array, shape)).toString("base64")).toBe(file);
    expect(new Set(golden.npyWritten.map((each) => each.type))).toEqual(new Set(Object.keys(arrays)));
  });

  it("refuses what readNpy would not give back", () => {
    expect(() => writeNpy(new Float32Array(6), [2, 4])).toThrow(
      "values must be as many as their shape says, 2 x 4, got 6",
    );
    expect(() => writeNpy(new Float32Array(1), [])).toThrow("shape must have 1 to 4 lengths, got 0");
    expect(() => writeNpy(new Float32Array(1), [-1, -1])).toThrow("shape[0] must be an integer >= 0, got -1");
    expect(() => writeNpy(Float32Array.of(1, 2, 3, Number.NaN), [2, 2])).toThrow(
      "values[1][1] must be finite, got NaN",
    );
    expect(() => writeNpy(Float64Array.of(Infinity), [1])).toThrow(ArgumentError);
    const apply = (...values: readonly unknown[]) => Reflect.apply(writeNpy, undefined, values);
    for (const wrong of [
      [1, 2],
      BigInt64Array.of(1n),
      new Uint8ClampedArray(1),
      new DataView(new ArrayBuffer(4)),
      null,
    ]) {
      expect(() => apply(wrong, [1])).toThrow(ArgumentTypeError);
    }
  });
});
