import { inflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodePng, pngDataUri } from "../../src/report/png.js";

function chunks(png: Uint8Array): { type: string; data: Uint8Array; crc: number }[] {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const found: { type: string; data: Uint8Array; crc: number }[] = [];
  for (let at = 8; at < png.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8));
    found.push({ type, data: png.subarray(at + 8, at + 8 + length), crc: view.getUint32(at + 8 + length) });
    at += 12 + length;
  }
  return found;
}

/** Pixels by zlib, which also checks the Adler sum. */
function decode(png: Uint8Array): { width: number; height: number; channels: number; pixels: number[] } {
  const [header, data] = chunks(png);
  const view = new DataView(header.data.buffer, header.data.byteOffset);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const channels = header.data[9] === 2 ? 3 : 1;
  const lines = inflateSync(data.data);
  const length = channels * width + 1;
  expect(lines.length).toBe(length * height);
  return { width, height, channels, pixels: [...lines].filter((_, at) => at % length !== 0) };
}

describe("PNG", () => {
  it("holds the pixels, grey or coloured, whatever their runs", () => {
    const pixel = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom<(1 | 3)[]>(1, 3),
        fc.infiniteStream(pixel),
        (width, height, channels, stream) => {
          const pixels = Uint8Array.from(stream.take(width * height * channels));
          expect(decode(encodePng(pixels, width, height, channels))).toEqual({
            width,
            height,
            channels,
            pixels: [...pixels],
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it("takes runs of every length", () => {
    for (let run = 1; run <= 530; run++) {
      const pixels = Uint8Array.from({ length: run + 2 }, (_, at) => (at === 0 || at > run ? 200 : 7));
      expect(decode(encodePng(pixels, run + 2, 1, 1)).pixels).toEqual([...pixels]);
    }
  });

  it("has the signature, header and check sums of the format", () => {
    const png = encodePng(new Uint8Array(6), 3, 2, 1);
    expect([...png.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
    const [header, data, end] = chunks(png);
    expect([header.type, data.type, end.type]).toEqual(["IHDR", "IDAT", "IEND"]);
    // /usr/bin/python3 -I -c 'import struct, zlib; print(hex(zlib.crc32(b"IHDR" + struct.pack(">IIBBBBB", 3, 2, 8, 0, 0, 0, 0))))'
    expect(header.crc).toBe(0xb81f39c6);
    expect(end.crc).toBe(0xae426082);
  });

  it("is small for pictures of mostly background", () => {
    const pixels = new Uint8Array(290 * 290).fill(0);
    expect(encodePng(pixels, 290, 290, 1).length).toBeLessThan(1200);
    expect(pngDataUri(encodePng(pixels, 290, 290, 1))).toMatch(/^data:image\/png;base64,iVBORw0KGgo/);
  });
});
