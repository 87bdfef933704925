import fc from "fast-check";
import { expect } from "vitest";
import { FedscoreError } from "../../src/errors.js";

/** What a broken disk or download does to a file: its end is cut off, or bytes of it are changed. */
export function damaged(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const cut = fc.nat(bytes.length).map((length) => bytes.slice(0, length));
  const change = fc.record({ at: fc.nat(Math.max(0, bytes.length - 1)), to: fc.nat(255) });
  const flip = fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    const copy = bytes.slice();
    for (const { at, to } of changes) copy[at] = to;
    return copy;
  });
  return fc.oneof(cut, flip);
}

/** A reader of damaged bytes may succeed or throw FEDSCORE_INVALID_DATA that names the source, nothing else. */
export function expectDataError(error: unknown, source: string): void {
  expect(error).toBeInstanceOf(FedscoreError);
  expect(error).toMatchObject({ code: "FEDSCORE_INVALID_DATA", details: { source } });
  expect(String(error)).toContain(`${source}, `);
}
