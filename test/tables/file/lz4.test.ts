import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lz4Length, unpackLz4, unpackLz4Block } from "../../../src/tables/file/lz4.js";
import { tries } from "../../support/thorough.js";

const lz4js: { compress(bytes: Uint8Array): Uint8Array } = createRequire(import.meta.url)("lz4js");

const magic = [0x04, 0x22, 0x4d, 0x18];
/** One block of a frame with blocks of at most 64 kB. */
const frame = (block: readonly number[]) =>
  Uint8Array.from([...magic, 0x40, 0x40, 0, block.length, 0, 0, 0, ...block, 0, 0, 0, 0]);

describe("LZ4", () => {
  it("gives what lz4js packed", () => {
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.array(fc.constantFrom(0, 1, 7), { maxLength: 3000 }).map((bytes) => Uint8Array.from(bytes)),
      fc.tuple(fc.nat(255), fc.nat(5000)).map(([byte, length]) => new Uint8Array(length).fill(byte)),
    );
    fc.assert(
      fc.property(content, (bytes) => {
        const packed = lz4js.compress(bytes);
        expect(lz4Length(packed)).toBe(bytes.length);
        expect(Buffer.compare(unpackLz4(packed), bytes)).toBe(0);
      }),
      { numRuns: tries(100, 2000) },
    );
  });

  it("repeats what was just written, and knows checksums, lengths and blocks that are not packed", () => {
    const block = [0x1f, 7, 1, 0, 255, 0, 0x10, 8];
    const whole = [...new Array<number>(275).fill(7), 8];
    expect([...unpackLz4(frame(block))]).toEqual(whole);
    expect([...unpackLz4Block(Uint8Array.from(block), 276)]).toEqual(whole);
    const long = [
      ...magic,
      0x58,
      0x40,
      ...new Array<number>(8).fill(9),
      0,
      2,
      0,
      0,
      0x80,
      5,
      6,
      1,
      1,
      1,
      1,
      0,
      0,
      0,
      0,
    ];
    expect([...unpackLz4(Uint8Array.from(long))]).toEqual([5, 6]);
  });

  it.each([
    ["bytes that are none", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0], "no frame of LZ4"],
    ["a repetition from before the beginning", [...frame([0x10, 8, 2, 0])], "repeats what is not there"],
    ["a repetition of nothing", [...frame([0x10, 8, 0, 0])], "repeats what is not there"],
    ["a length without an end", [...frame([0xf0, 255, 255])], "ends too early"],
    ["texts that are not there", [...frame([0x50, 1])], "ends too early"],
    ["a block that is not there", [...magic, 0x40, 0x40, 0, 255, 255, 255, 127], "ends too early"],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => unpackLz4(Uint8Array.from(bytes))).toThrow(message);
  });

  it("refuses a block of another length before it writes it", () => {
    expect(() => unpackLz4Block(Uint8Array.of(0x1f, 7, 1, 0, 255, 0), 2 ** 40)).toThrow(
      "275 bytes of LZ4, not 1099511627776",
    );
  });
});
