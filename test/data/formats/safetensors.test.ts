import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSafetensors, writeSafetensors } from "../../../src/data/formats/safetensors.js";
import { ArgumentTypeError } from "../../../src/errors.js";
import golden from "../../golden/arrays.json" with { type: "json" };

const weight = { name: "layers.0.weight", shape: [2, 3], values: Float32Array.of(0, 1, 2, 3, 4, 5) };
const bias = { name: "layers.0.bias", shape: [2], values: Float32Array.of(-0.5, 0.25) };
const file = writeSafetensors([weight, bias], { format: "pt", about: 'a "model"' });

/** A file with a header of one's own. */
function safetensors(header: unknown, dataBytes = 0): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 8);
  return bytes;
}
const entry = (begin: number, end: number, shape = [(end - begin) / 4], dtype = "F32") => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe("writeSafetensors", () => {
  it("writes the documented layout", () => {
    // python3 -c "import json, struct
    // h = json.dumps({'__metadata__': {'format': 'pt'}, 'b': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 8]}}, separators=(',', ':')).encode()
    // h += b' ' * (-len(h) % 8); print((struct.pack('<Q', len(h)) + h + struct.pack('<2f', -0.5, 0.25)).hex())"
    const golden =
      "58000000000000007b225f5f6d657461646174615f5f223a7b22666f726d6174223a227074227d2c2262223a7b226474797065223a22463332222c227368617065223a5b325d2c22646174615f6f666673657473223a5b302c385d7d7d202020000000bf0000803e";
    expect(Buffer.from(writeSafetensors([{ ...bias, name: "b" }], { format: "pt" })).toString("hex")).toBe(golden);
  });

  it("writes the same bytes whatever the order of metadata keys", () => {
    expect(writeSafetensors([weight, bias], { about: 'a "model"', format: "pt" })).toEqual(file);
  });

  it("refuses what readSafetensors would not give back", () => {
    const refusal =
      (tensor: object, metadata = {}) =>
      () =>
        Reflect.apply(writeSafetensors, undefined, [[tensor], metadata]);
    expect(() => writeSafetensors([bias, bias])).toThrow(
      'tensors[1].name must be another one than those before it, got "layers.0.bias"',
    );
    expect(refusal({ ...bias, name: "__metadata__" })).toThrow("tensors[0].name must be another one than that of the");
    expect(refusal({ ...bias, name: Number.NaN })).toThrow("tensors[0].name must be a text, got NaN");
    expect(refusal({ ...bias, shape: [3] })).toThrow(
      'tensor "layers.0.bias" values must be as many as their shape says, 3, got 2',
    );
    expect(refusal({ ...bias, shape: [2, -1] })).toThrow('tensor "layers.0.bias" shape[1] must be an integer >= 0');
    expect(refusal({ ...weight, values: Float32Array.of(0, 1, 2, 3, Number.NaN, 5) })).toThrow(
      'tensor "layers.0.weight" values[1][1] must be finite, got NaN',
    );
    expect(refusal({ ...bias, values: [1, 2] })).toThrow(ArgumentTypeError);
    expect(refusal(bias, { epoch: 3 })).toThrow(
      'metadata["epoch"] must be a text, as all metadata of the format, got 3',
    );
    expect(refusal(bias, { epoch: undefined })).toThrow(ArgumentTypeError);
  });
});

/** The length of its header is 1 more than the format allows. */
const tooLong = new Uint8Array(100_000_009);
new DataView(tooLong.buffer).setUint32(0, 100_000_001, true);

describe("readSafetensors", () => {
  it.each(golden.safetensors)("reads $name", ({ file, shape, values }) => {
    const [tensor] = readSafetensors(new Uint8Array(Buffer.from(file, "base64")), "golden").tensors;
    expect(tensor).toMatchObject({ name: "a", shape });
    expect(Array.from(tensor?.values ?? [])).toEqual(values);
  });

  it("reads what was written, in the order of the data", () => {
    expect(readSafetensors(file, "m.safetensors")).toEqual({
      tensors: [weight, bias],
      metadata: { format: "pt", about: 'a "model"' },
    });
    expect(readSafetensors(writeSafetensors([]), "m.safetensors")).toEqual({ tensors: [], metadata: {} });
  });

  it("reads back any names, shapes and metadata", () => {
    const tensor = fc.record({ name: fc.string(), shape: fc.array(fc.nat(3), { maxLength: 3 }) });
    const list = fc.uniqueArray(tensor, { selector: (item) => item.name, maxLength: 5 });
    fc.assert(
      fc.property(list, fc.dictionary(fc.string(), fc.string()), (shapes, metadata) => {
        const tensors = shapes.map(({ name, shape }, index) => {
          const length = shape.reduce((product, axis) => product * axis, 1);
          return { name, shape, values: Float32Array.from({ length }, (_, i) => i - index) };
        });
        const back = readSafetensors(writeSafetensors(tensors, metadata), "m.safetensors");
        expect(new Map(back.tensors.map((item) => [item.name, item]))).toEqual(
          new Map(tensors.map((item) => [item.name, item])),
        );
        expect(Object.entries(back.metadata).sort()).toEqual(Object.entries(metadata).sort());
      }),
    );
  });

  it("reads part of a larger buffer, as Node hands small files out", () => {
    const pool = Buffer.alloc(1000, 0xff);
    pool.set(file, 3);
    expect(readSafetensors(pool.subarray(3, 3 + file.length), "m").tensors).toEqual([weight, bias]);
  });

  it.each([
    ["nothing", new Uint8Array(3), "m, byte 0: expected 8 bytes of header length, found 3"],
    ["a header length beyond the file", new Uint8Array(9).fill(1), "m, byte 0: expected a header length of at most 1"],
    ["no JSON", safetensors("{]"), "m, byte 8: expected a header of valid JSON"],
    ["no object", safetensors("[]"), "m, byte 8: expected a JSON object as header"],
    [
      "an unknown dtype",
      safetensors({ a: entry(0, 4, [4], "F8_E4M3") }, 4),
      'm, tensor "a": expected a dtype of F64 F32 F16 BF16 I64 I32 I16 I8 U64 U32 U16 U8 BOOL, found "F8_E4M3"',
    ],
    [
      "a negative length",
      safetensors({ a: entry(0, 4, [-1]) }, 4),
      'm, tensor "a", shape: expected integers >= 0, found -1',
    ],
    [
      "a shape that does not fit",
      safetensors({ a: entry(0, 8, [3]) }, 8),
      'm, tensor "a": expected data_offsets [begin, begin + 12] for shape [3] of F32, found "[0, 8]"',
    ],
    [
      "a tensor twice",
      safetensors(`{"a":${JSON.stringify(entry(0, 4))},"a":${JSON.stringify(entry(4, 8))}}`, 8),
      'm, byte 8: expected a header of valid JSON, found "the key a is given twice, in column 55"',
    ],
    [
      "a name that controls the terminal",
      safetensors({ ["\x1b[31m\x9b".repeat(100)]: entry(0, 4, [2]) }, 4),
      'm, tensor "\\u001b[31m\\u009b\\u001b[31m',
    ],
    [
      "a header beyond the limit of the format",
      tooLong,
      "m, byte 0: expected a header length of at most 100000000, found 100000001",
    ],
    [
      "another file",
      Uint8Array.from("%PDF-1.7 and more", (character) => character.charCodeAt(0)),
      'found "a PDF document"',
    ],
    [
      "overlapping offsets",
      safetensors({ a: entry(0, 8), b: entry(4, 12) }, 12),
      'm, tensor "b": expected data_offsets that begin at 8, where the tensor before ends, found 4',
    ],
    [
      "a hole",
      safetensors({ a: entry(0, 4), b: entry(8, 12) }, 12),
      'm, tensor "b": expected data_offsets that begin at 4',
    ],
    ["bytes of no tensor", safetensors({ a: entry(0, 4) }, 9), "m, byte 62: expected 4 bytes of data, found 9"],
    ["a truncated file", file.subarray(0, file.length - 1), "expected 32 bytes of data, found 31"],
    [
      "metadata that is no text",
      safetensors({ __metadata__: { a: 1 } }),
      'm, __metadata__ key "a": expected a string, found 1',
    ],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => readSafetensors(bytes, "m")).toThrow(message);
  });

  it("names the element that is not finite", () => {
    const bytes = file.slice();
    new DataView(bytes.buffer).setFloat32(bytes.length - 12, Infinity, true);
    expect(() => readSafetensors(bytes, "m")).toThrow("Infinity (layers.0.weight element [1, 2])");
  });
});
