import { expect, it } from "vitest";
import { crc32, crc32Of } from "../src/crc32.js";

// The check value of the catalogue of CRC algorithms, and: python3 -c "import zlib; print(zlib.crc32(b''), zlib.crc32(bytes(range(256))))"
it("is CRC-32 of ISO 3309", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array(0))).toBe(0);
  expect(crc32(Uint8Array.from({ length: 256 }, (_, byte) => byte))).toBe(688229491);
});

it("takes the bytes of a view alone", () => {
  const view = new Float64Array(Float64Array.of(1, 2, 3).buffer, 8, 1);
  expect(crc32Of(view)).toBe(crc32Of(Float64Array.of(2)));
});
