import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeMessage, encodeMessage } from "../../src/remote/codec.js";
import { plainData } from "../support/plain-data.js";

const refusal = expect.objectContaining({ code: "FEDSCORE_MESSAGE" });

/** A message of the format with this head and these bytes after it. */
function messageOf(head: string, arrays: readonly number[] = []): Uint8Array {
  const text = new TextEncoder().encode(head);
  const padding = arrays.length === 0 ? 0 : (8 - (text.length % 8)) % 8;
  const bytes = new Uint8Array(8 + text.length + padding + arrays.length);
  bytes.set([0x46, 0x53, 0x4d, 1]);
  new DataView(bytes.buffer).setUint32(4, text.length, true);
  bytes.set(text, 8);
  bytes.set(arrays, 8 + text.length + padding);
  return bytes;
}

describe("messages", () => {
  it("give what went in: plain data, every number, every kind of typed array", () => {
    fc.assert(
      fc.property(plainData, (value) => {
        const back = decodeMessage(encodeMessage(value));
        expect(isDeepStrictEqual(back, value)).toBe(true);
      }),
    );
  });

  it("carry an array that occurs twice once, and give it twice", () => {
    const mask = new Uint32Array(1000);
    const bytes = encodeMessage({ clients: [{ mask }, { mask }], other: mask.subarray(1) });
    expect(bytes.length).toBeLessThan(2 * mask.byteLength + 300);
    const back = decodeMessage(bytes) as { clients: { mask: Uint32Array }[]; other: Uint32Array };
    expect(back.clients[0].mask).toBe(back.clients[1].mask);
    expect(back.other.buffer).not.toBe(back.clients[0].mask.buffer);
    expect(back.other.length).toBe(999);
  });

  it("carry the part of a buffer that an array sees, from any place of a larger one", () => {
    const floats = Float64Array.of(1, 2, 3, 4).subarray(1, 3);
    const bytes = encodeMessage(floats);
    const within = new Uint8Array(bytes.length + 3);
    within.set(bytes, 3);
    expect(decodeMessage(within.subarray(3))).toEqual(Float64Array.of(2, 3));
  });

  it.each([
    ["a function", () => 1],
    ["an instance", new Date(0)],
    ["a map", new Map()],
    ["a symbol", Symbol("s")],
    ["a big integer", 1n],
    ["a view of no kind", new DataView(new ArrayBuffer(1))],
  ])("take no %s", (_, value) => {
    expect(() => encodeMessage({ value })).toThrow("message must be plain data and typed arrays");
  });

  it("are nested 64 deep at most, on both ways", () => {
    const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
    expect(decodeMessage(encodeMessage(nested(64)))).toEqual(nested(64));
    expect(() => encodeMessage(nested(65))).toThrow("nested deeper than 64");
    const text = "[".repeat(100_000) + "]".repeat(100_000);
    expect(() => decodeMessage(messageOf(`{"value":${text},"arrays":[]}`))).toThrow(refusal);
  });

  it.each([
    ["nothing", new Uint8Array(0)],
    ["another version", Uint8Array.from([0x46, 0x53, 0x4d, 2, 0, 0, 0, 0])],
    ["a head that is not there", Uint8Array.from([0x46, 0x53, 0x4d, 1, 255, 255, 255, 255])],
    ["a head that is no JSON", messageOf("{")],
    ["a head that is no text", messageOf("\ud800")],
    ["no value", messageOf('{"arrays":[]}')],
    ["an array that is not there", messageOf('{"value":1,"arrays":[["Float64Array",1000000000]]}')],
    ["an array of less than nothing", messageOf('{"value":1,"arrays":[["Float64Array",-1]]}')],
    ["an array of an inherited kind", messageOf('{"value":1,"arrays":[["toString",1]]}')],
    ["bytes that no array has", messageOf('{"value":1,"arrays":[["Uint8Array",1]]}', [1, 2])],
    ["a mark of an array that is not there", messageOf('{"value":{"$":1},"arrays":[]}')],
    ["a mark that is none", messageOf('{"value":{"$":"toString"},"arrays":[]}')],
    ["a mark beside other keys", messageOf('{"value":{"$":"NaN","a":1},"arrays":[]}')],
  ])("with %s are refused", (_, bytes) => {
    expect(() => decodeMessage(bytes)).toThrow(refusal);
  });

  it("of more bytes than are allowed are refused unread", () => {
    expect(() => decodeMessage(encodeMessage("a".repeat(100)), 100)).toThrow("the most are 100");
  });

  it("do not change prototypes", () => {
    const back = decodeMessage(messageOf('{"value":{"__proto__":{"polluted":1}},"arrays":[]}')) as object;
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
