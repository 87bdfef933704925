import fc from "fast-check";
import { expect } from "vitest";
import { FedscoreError } from "../../src/errors.js";

/** Numbers that lengths and offsets in files are changed to. */
const borders = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** A good file with bytes changed, cut out, repeated or put in, its end cut off, or 32 bits of it set to a border of their range. */
export function mutated(files: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const edit = fc.oneof(
    fc.tuple(fc.nat(), fc.constant(1), fc.uint8Array({ minLength: 1, maxLength: 1 })),
    fc.tuple(fc.nat(), fc.nat(8), fc.uint8Array({ maxLength: 8 })),
    fc.tuple(fc.nat(), fc.constant(2 ** 30), fc.constant(new Uint8Array(0))),
    fc.tuple(
      fc.nat(),
      fc.constant(4),
      fc.tuple(fc.constantFrom(...borders), fc.boolean()).map(([value, little]) => {
        const bytes = new Uint8Array(4);
        new DataView(bytes.buffer).setUint32(0, value, little);
        return bytes;
      }),
    ),
  );
  return fc.tuple(files, fc.array(edit, { minLength: 1, maxLength: 4 })).map(([file, edits]) =>
    edits.reduce((bytes, [place, removed, added]) => {
      const at = place % (bytes.length + 1);
      return Uint8Array.from([...bytes.subarray(0, at), ...added, ...bytes.subarray(at + removed)]);
    }, file),
  );
}

/** Any bytes, half of them behind the beginning of a format. */
export function anyBytes(beginning: readonly number[]): fc.Arbitrary<Uint8Array> {
  const bytes = fc.uint8Array({ maxLength: 200 });
  return fc.oneof(
    bytes,
    bytes.map((rest) => Uint8Array.from([...beginning, ...rest])),
  );
}

/** What a reader gives; undefined where it refuses with FEDSCORE_INVALID_DATA that names the source. Both within seconds. */
export async function outcome<T>(source: string, work: () => T | Promise<T>): Promise<T | undefined> {
  const started = Date.now();
  try {
    return await work();
  } catch (error) {
    expect(error).toBeInstanceOf(FedscoreError);
    expect(error).toMatchObject({ code: "FEDSCORE_INVALID_DATA" });
    const { message } = error as FedscoreError;
    expect(message.startsWith(`${source}, `), message).toBe(true);
    expect(message.length).toBeLessThan(2000);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal would obey is looked for
    expect(message).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
    return undefined;
  } finally {
    expect(Date.now() - started, "milliseconds").toBeLessThan(20_000);
  }
}
