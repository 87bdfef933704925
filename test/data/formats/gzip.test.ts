import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { gunzip, gunzipStart, isGzip } from "../../../src/data/formats/gzip.js";
import { randomBytes } from "../../support/random-bytes.js";

const members = (...contents: readonly Uint8Array[]) =>
  Uint8Array.from(contents.flatMap((content) => [...gzipSync(content)]));
const text = (content: string) => new TextEncoder().encode(content);

describe("gunzip", () => {
  it.each([0, 1, 15, 8191, 8192, 70_000, 300_000])("gives back %i bytes of one member", (length) => {
    const content = randomBytes(length, 4);
    expect(Buffer.from(content).equals(gunzip(new Uint8Array(gzipSync(content)), "a.gz"))).toBe(true);
  });

  it("reads several members one after the other, wherever they are cut", () => {
    const content = randomBytes(40_000, 200);
    for (const cut of [0, 1, 8000, 8192, 39_999, 40_000]) {
      const parts = members(content.subarray(0, cut), content.subarray(cut));
      expect(Buffer.from(content).equals(gunzip(parts, "a.gz"))).toBe(true);
    }
    const many = Array.from({ length: 2000 }, (_, i) => text(`${i},`));
    expect(new TextDecoder().decode(gunzip(members(...many), "a.gz"))).toBe(
      Array.from({ length: 2000 }, (_, i) => `${i},`).join(""),
    );
  });

  it("reads what gzip wrote, with a name and a comment in the header", () => {
    // python3 -c "import gzip, io; f = io.BytesIO(); g = gzip.GzipFile('rows.csv', 'wb', 9, f, 0); g.write(b'1,2\n'); g.close(); print(f.getvalue().hex())"
    const named = "1f8b08080000000002ff726f77732e6373760033d431e202003342215504000000";
    expect(new TextDecoder().decode(gunzip(Uint8Array.from(Buffer.from(named, "hex")), "a.gz"))).toBe("1,2\n");
  });

  it("refuses damage in the data, the checksum and the length, a cut end and what is no member", () => {
    const file = members(randomBytes(1000, 256));
    const changedAt = (at: number) => Uint8Array.from(file, (byte, i) => (i === at ? byte ^ 1 : byte));
    for (const at of [100, file.length - 8, file.length - 1]) {
      expect(() => gunzip(changedAt(at), "a.gz")).toThrow(
        /^a\.gz, compressed byte \d+: expected gzip data without damage/,
      );
    }
    for (let length = 2; length < file.length; length += 7) {
      expect(() => gunzip(file.subarray(0, length), "a.gz")).toThrow("expected gzip data without damage");
    }
    const followed = (...more: number[]) => Uint8Array.from([...file, ...more]);
    expect(() => gunzip(followed(1), "a.gz")).toThrow("expected gzip data without damage");
    expect(() => gunzip(followed(1, 2, 3, 4, 5, 6, 7, 8, 9), "a.gz")).toThrow("expected gzip data without damage");
    expect(() => gunzip(members(text("a"), text("b")).subarray(0, -2), "a.gz")).toThrow("a cut end");
  });

  it("refuses damage in a member that is not the last", () => {
    const first = members(text("1,2\n"));
    first[first.length - 6] ^= 1;
    expect(() => gunzip(Uint8Array.from([...first, ...members(text("3,4\n"))]), "a.gz")).toThrow(
      'expected gzip data without damage, found "checksum or length that differs from the data"',
    );
  });

  it("stops at the limit, long before a small file of zeros fills the memory", { tags: ["slow"] }, () => {
    const bomb = new Uint8Array(gzipSync(new Uint8Array(200_000_000)));
    const before = process.memoryUsage().arrayBuffers;
    expect(() => gunzip(bomb, "bomb.gz", 1_000_000)).toThrow(
      'bomb.gz, decompressed byte 1000000: expected at most 1000000 bytes of gzip data, found "more"',
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
    expect(gunzip(members(new Uint8Array(1000)), "a.gz", 1000)).toHaveLength(1000);
    expect(() => gunzip(members(new Uint8Array(1001)), "a.gz", 1000)).toThrow("at most 1000 bytes");
  });
});

describe("gunzipStart", () => {
  it("gives the first bytes and looks no further", () => {
    const content = randomBytes(100_000, 256);
    const file = members(content);
    expect(gunzipStart(file.subarray(0, 50_000), "a.gz", 16)).toEqual(content.slice(0, 16));
    expect(gunzipStart(file, "a.gz", 200_000)).toHaveLength(content.length);
    expect(gunzipStart(members(text("a"), text("b"), text("c")), "a.gz", 2)).toEqual(text("ab"));
  });
});

it("gzip is told by its first bytes", () => {
  expect(isGzip(members(text("a")))).toBe(true);
  expect(isGzip(text("\x1f"))).toBe(false);
});
