import { describe, expect, it } from "vitest";
import { checkBlocks, sumDeltas } from "../../../../src/tables/file/parquet/deltas.js";
import { checkPages } from "../../../../src/tables/file/parquet/pages.js";
import { checkRuns } from "../../../../src/tables/file/parquet/runs.js";
import { ThriftReader } from "../../../../src/tables/file/parquet/thrift.js";

const bytes = (...values: number[]) => Uint8Array.from(values);

/** What costs a library that believes it all memory, or never ends. */
describe("pages that lie", () => {
  it("runs end with their count", () => {
    expect(checkRuns(bytes(8, 1, 3, 0b10101010), 0, 1, 12, 1)).toEqual({ found: 8 });
    expect(() => checkRuns(bytes(0xfe, 0xff, 0xff, 0xff, 7, 1), 0, 1, 12)).toThrow("a run of 1073741823, with 12 left");
    expect(() => checkRuns(bytes(0xff, 0xff, 0xff, 0xff, 15), 0, 0, 12)).toThrow("packed numbers, with 12 left");
    expect(() => checkRuns(bytes(3), 0, 2, 8)).toThrow("packed numbers");
    expect(() => checkRuns(bytes(2, 1), 0, 33, 1)).toThrow("numbers of 33 bits");
  });

  it("differences are in blocks with parts", () => {
    // 128 in 4 parts, 5 values from 7 on, each 2 more: zigzag of 7 is 14, of 2 is 4.
    const good = bytes(0x80, 1, 4, 5, 14, 4, 0, 0, 0, 0);
    expect(sumDeltas(good, 0, 5)).toEqual({ sum: 7 + 9 + 11 + 13 + 15, end: 10 });
    const packed = bytes(0x80, 1, 4, 3, 0, 0, 4, 0, 0, 0, 0x21, ...new Array<number>(15).fill(0));
    expect(sumDeltas(packed, 0, 3)).toEqual({ sum: 0 + 1 + 3, end: 26 });
    expect(() => checkBlocks(bytes(0x80, 1, 0xff, 0xff, 0xff, 0xff, 15), 0)).toThrow("blocks of 128 in -1 parts");
    expect(() => checkBlocks(bytes(0x80, 1, 0), 0)).toThrow("blocks of 128 in 0 parts");
    const negative = bytes(0x80, 0xff, 0xff, 0xff, 0x0f, 0xff, 0xff, 0xff, 0xff, 0x0f);
    expect(() => checkBlocks(negative, 0)).toThrow("blocks of -128 in -1 parts");
    expect(() => sumDeltas(bytes(0x80, 1, 4, 5, 14, 31, 0, 0, 0, 0), 0, 5)).toThrow("a length of -9");
  });

  it("structures hold no more than their bytes", () => {
    const read = (...values: number[]) => new ThriftReader(bytes(...values)).struct();
    expect(read(0x15, 3, 0x1c, 0x15, 4, 0, 0)).toEqual(
      new Map<number, unknown>([
        [1, -2],
        [2, new Map([[1, 2]])],
      ]),
    );
    expect(() => read(0x19, 0xfc, 0xff, 0xff, 0xff, 0x0f)).toThrow("a list of 33554431");
    expect(() => read(0x19, 0x19, 0x19, 0x15, 2)).toThrow("lists of lists");
    expect(() => read(0x18, 0xff, 0xff, 0xff, 0xff, 15)).toThrow("-1 bytes");
    expect(() => read(0x16, ...new Array<number>(11).fill(0x80), 0)).toThrow("more than 64 bits");
    expect(() => read(...new Array<number>(18).fill(0x1c))).toThrow("more than 16 deep");
  });

  /** A page of two packed bytes, zigzag numbers of its header as given. */
  const page = (type: number, size: number, count: number) =>
    bytes(0x15, 2 * type, 0x15, 2 * size, 0x15, 4, 0x2c, 0x15, 2 * count, 0x15, 0, 0, 0, 1, 2);
  const rules = {
    ...{ values: 2, isFlat: true, maxDefinition: 0, maxRepetition: 0, isBoolean: false, mostUnpacked: 100 },
    unpack: (packed: Uint8Array) => packed,
  };

  it("pages have the values that the footer says", () => {
    expect(() => checkPages(page(0, 2, 2), rules)).not.toThrow();
    expect(() => checkPages(page(0, 2, 1), rules)).toThrow("1 values in the pages of a column, not 2");
    expect(() => checkPages(page(0, 2, 3), rules)).toThrow("3 values in the pages of a column, not 2");
    expect(() => checkPages(page(0, 62, 2), { ...rules, mostUnpacked: 50 })).toThrow("62 bytes, unpacked");
    expect(() => checkPages(page(1, 2, 2), rules)).toThrow("a page of type 1");
    expect(() => checkPages(page(0, 2, 2).subarray(0, -1), rules)).toThrow("a page of 2 bytes");
  });
});
