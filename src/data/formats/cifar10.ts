import { boolean } from "../../fields.js";
import type { Dataset } from "../dataset.js";
import { dataFormat } from "./format.js";
import { advised, invalidData } from "./invalid.js";

const [side, classes] = [32, 10];
const pixels = side * side;
const record = 1 + 3 * pixels;

/** Weights of red, green and blue in the luminance of ITU-R BT.601. */
const luminance = [0.299, 0.587, 0.114];

/** Colour images of 32 x 32 pixels with their classes, in the binary version of CIFAR-10. */
export const cifar10 = dataFormat({
  kind: "cifar10",
  source: "https://www.cs.toronto.edu/~kriz/cifar.html",
  text: "Images of CIFAR-10 in its binary version, one file or several put together, plain or gzip; bytes are scaled to [0, 1], classes are read.",
  extensions: [".bin"],
  fields: {
    colour: boolean(
      true,
      "Rows of 3072: the red plane, the green one and the blue one; false: grey images of 32 x 32, by luminance.",
    ),
  },
  async create({ colour }, { bytes, source }) {
    const rows = bytes.length / record;
    if (!Number.isInteger(rows) || rows === 0) {
      const error = invalidData(
        source,
        "length",
        `a positive multiple of ${record} bytes, one label and 3 x 32 x 32 pixels each`,
        bytes.length,
      );
      throw advised(error, "take a .bin file of the binary version of CIFAR-10");
    }
    const labels = labelsOf(bytes, source);
    return colour ? colourImages(bytes, labels) : greyImages(bytes, labels);
  },
});

function labelsOf(bytes: Uint8Array, source: string): Int32Array {
  return Int32Array.from({ length: bytes.length / record }, (_, row) => {
    const label = bytes[row * record];
    if (label < classes) return label;
    throw invalidData(source, `byte ${row * record}`, `a class from 0 to ${classes - 1}`, label);
  });
}

function colourImages(bytes: Uint8Array, labels: Int32Array): Dataset {
  const dimension = 3 * pixels;
  const points = new Float32Array(labels.length * dimension);
  for (let row = 0, at = 0; row < labels.length; row++)
    for (let from = row * record + 1; from < (row + 1) * record; from++, at++) points[at] = bytes[from] / 255;
  return { points, dimension, labels, colourShape: [side, side] };
}

function greyImages(bytes: Uint8Array, labels: Int32Array): Dataset {
  const [red, green, blue] = luminance;
  const points = new Float32Array(labels.length * pixels);
  for (let row = 0, at = 0; row < labels.length; row++) {
    const first = row * record + 1;
    for (let pixel = first; pixel < first + pixels; pixel++, at++)
      points[at] = (red * bytes[pixel] + green * bytes[pixel + pixels] + blue * bytes[pixel + 2 * pixels]) / 255;
  }
  return { points, dimension: pixels, labels, imageShape: [side, side] };
}
