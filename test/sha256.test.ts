import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterEach, expect, it, vi } from "vitest";
import { sha256 } from "../src/sha256.js";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

it("is that of FIPS 180-4, example B.1", () => {
  expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

it("is the same without Node, of texts and of parts of arrays", async () => {
  vi.stubGlobal("process", undefined);
  vi.resetModules();
  const { sha256: inPage } = await import("../src/sha256.js");
  vi.unstubAllGlobals();
  const part = fc.oneof(fc.string({ unit: "binary" }), fc.uint8Array({ maxLength: 200 }));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
      const given = parts.map((each) => (typeof each === "string" ? each : new Uint8Array(each).subarray(1)));
      const hash = createHash("sha256");
      for (const each of given) hash.update(each);
      const expected = hash.digest("hex");
      expect(sha256(...given)).toBe(expected);
      expect(inPage(...given)).toBe(expected);
    }),
  );
});
