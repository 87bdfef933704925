import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect } from "vitest";
import { gunzip, gunzipStart } from "../../src/data/formats/gzip.js";
import { anyBytes, mutated, outcome } from "../support/hostile-bytes.js";
import { fuzzProperty } from "./property.js";

const content = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.tuple(fc.nat(255), fc.nat(30_000)).map(([byte, length]) => new Uint8Array(length).fill(byte)),
  fc.array(fc.constantFrom(48, 49, 44, 10), { maxLength: 3000 }).map((bytes) => Uint8Array.from(bytes)),
);
const member = fc
  .tuple(content, fc.constantFrom(0, 1, 6, 9), fc.constantFrom(0, 2, 3, 4))
  .map(([bytes, level, strategy]) => [...gzipSync(bytes, { level, strategy })]);
const whole = fc.array(member, { minLength: 1, maxLength: 4 }).map((members) => Uint8Array.from(members.flat()));

export const gzip = fuzzProperty({
  name: "gzip",
  text: "gzip of any members gives what zlib gives, and any bytes that are none are refused by name",
  cases: 1000,
  open: () => ({
    arbitrary: fc.tuple(fc.oneof(whole, mutated(whole), anyBytes([0x1f, 0x8b, 8, 0])), fc.nat(40_000)),
    async holds([bytes, most]) {
      const found = await outcome("a.gz", () => gunzip(bytes, "a.gz"));
      const expected = byZlib(bytes);
      if (found && expected) expect(Buffer.compare(found, expected)).toBe(0);
      const bounded = await outcome("a.gz", () => gunzip(bytes, "a.gz", most));
      expect(bounded?.length).toBe(found && found.length <= most ? found.length : undefined);
      const start = await outcome("a.gz", () => gunzipStart(bytes, "a.gz", most));
      if (found) expect(start && Buffer.compare(start, found.subarray(0, most))).toBe(0);
    },
  }),
});

/** Undefined where zlib refuses. It says nothing of bytes behind the last member, and knows fields that may stand in headers. */
function byZlib(bytes: Uint8Array): Buffer | undefined {
  try {
    return gunzipSync(bytes);
  } catch {
    return undefined;
  }
}
