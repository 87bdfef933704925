import * as z from "zod";
import { baselines } from "../../tables/baselines/index.js";
import { privacyMeasures } from "../../tables/judges/privacy.js";
import { nameIn } from "../config/rules.js";
import { tableTargets } from "../config/table-targets.js";
import { partOf } from "./not-computed.js";

const count = z.int().gte(0);
const finite = z.number();

const field = z.strictObject({
  name: z.string(),
  title: z.string().exactOptional(),
  type: z.enum(["number", "integer", "boolean", "string", "date", "datetime"]),
  format: z.string().exactOptional(),
  calendar: z.array(z.enum(["year", "week", "day"])).exactOptional(),
  missingValues: z.array(z.string()).exactOptional(),
  decimalChar: z.enum([".", ","]).exactOptional(),
  groupChar: z.string().exactOptional(),
  trueValues: z.array(z.string()).exactOptional(),
  falseValues: z.array(z.string()).exactOptional(),
  constraints: z
    .strictObject({
      minimum: z.union([finite, z.string()]).exactOptional(),
      maximum: z.union([finite, z.string()]).exactOptional(),
      enum: z.array(z.string()).exactOptional(),
    })
    .exactOptional(),
});

const score = z
  .union([
    z.strictObject({
      value: finite,
      interval: z
        .strictObject({ low: finite, high: finite })
        .nullable()
        .describe("Ends of the 95 % interval; null where statistics give none."),
      details: z.record(z.string(), finite).exactOptional().describe("Counts that the value rests on."),
    }),
    z.strictObject({ value: z.null(), reason: z.string().describe("Why there is no value.") }),
  ])
  .describe("What a measure says, or why it says nothing.");

/** How alike two tables are, by column and by pair of columns. */
const properties = {
  overall: score.describe("Mean of the two properties."),
  columnShapes: score.describe("Mean over the columns of how alike their shapes are."),
  columnPairTrends: score.describe("Mean over the pairs of columns of how alike their relations are."),
};

const quality = z.strictObject({
  ...properties,
  columns: z
    .array(
      z.strictObject({
        name: z.string(),
        shape: score.describe("KSComplement of numbers, TVComplement of categories."),
        coverage: score.describe("RangeCoverage of numbers, CategoryCoverage of categories."),
        adherence: score.describe("BoundaryAdherence of numbers, CategoryAdherence of categories."),
      }),
    )
    .describe("In the order of the table."),
  pairs: z
    .array(
      z.strictObject({
        columns: z.tuple([z.string(), z.string()]),
        measure: z.enum(["CorrelationSimilarity", "ContingencySimilarity"]),
        score,
      }),
    )
    .describe("Each pair of columns, the first before the second."),
  equalRows: z
    .strictObject({ rows: count, ...properties })
    .describe(
      "The same of the first rows alone, as many as are held out: empirical distances grow as rows get fewer, so this is what to compare with the real rows.",
    ),
});

const judgedTable = z.strictObject({
  rows: count.describe("Rows that were judged."),
  quality: partOf(quality).describe("Beside the training rows, as SDMetrics' Quality Report has it."),
  newRows: partOf(score).describe("NewRowSynthesis: share of the rows that match no training row."),
  detection: partOf(score).describe(
    "AUC of a logistic regression that tells these rows from held-out ones; 0.5: it cannot.",
  ),
  use: partOf(z.strictObject({ learnt: score, difference: score.exactOptional() }))
    .exactOptional()
    .describe(
      "AUC of what was learnt from these rows, on held-out rows, and by how much it exceeds that of training rows; of real rows, what training rows teach.",
    ),
  privacy: partOf(z.strictObject(ofEach(privacyMeasures, score))).describe(
    "What the rows give away of the training rows.",
  ),
});

const histogram = z.strictObject({
  kind: z.literal("number"),
  scale: z.enum(["linear", "log"]),
  isDate: z.boolean().describe("Numbers are days since 1970-01-01."),
  edges: z.array(finite).describe("Ends of the bins; the outer bins hold what lies beyond them."),
  atoms: z.array(finite).describe("Values with more than a fifth of the training rows: they are in no bin."),
});

const categories = z.strictObject({
  kind: z.literal("category"),
  names: z.array(z.string()).describe("The most frequent categories of the training rows."),
  others: count.describe("Categories that are not named, together in one place."),
});

const counted = z.strictObject({
  bins: z.array(count).describe("Cells in each bin, or of each category; with categories not named, these are last."),
  atoms: z.array(count).exactOptional().describe("Cells of each atom."),
  gaps: count.describe("Cells that are missing."),
});

const column = z.strictObject({
  name: z.string(),
  axis: z.union([histogram, categories]),
  train: counted.describe("Training rows."),
  synthetic: partOf(counted),
  invalid: count.describe("Cells of the file that did not fit the column and were made gaps."),
  unknown: count.describe("Cells of training rows that the encoding has no code for."),
});

const servedClient = z.strictObject({
  client: count,
  name: z.string().exactOptional(),
  rows: count.describe("Training rows it holds."),
  synthetic: z.strictObject(properties).describe("Synthetic rows beside the client's."),
  real: z.strictObject(properties).describe("As many held-out rows of all clients beside the client's."),
});

const asked = finite.describe("As the config says it.");
const reached = z.union([
  z.strictObject({
    asked,
    value: finite.describe("What the rows reach."),
    low: finite.exactOptional().describe("Least that the value must be."),
    high: finite.exactOptional().describe("Most that it may be."),
    met: z.boolean(),
    missedBy: finite.describe("How far the value is from what it should be; 0 where the target is met."),
  }),
  z.strictObject({ asked, value: z.null(), reason: z.string().describe("Why nobody knows whether it is met.") }),
]);

const calibration = partOf(z.strictObject({ rows: count }));

/** What result.json says of a synthetic table. */
export const tableResult = z.strictObject({
  schema: z
    .strictObject({ fields: z.array(field), missingValues: z.array(z.string()).exactOptional() })
    .describe("Frictionless Table Schema of the columns."),
  dimension: count.describe("Coordinates of an encoded row."),
  rows: z.strictObject({ train: count, heldOut: count, synthetic: count }),
  calibration: calibration
    .exactOptional()
    .describe("Rows that the model drew to be calibrated. Absent: the config asks for none."),
  referenceCalibration: calibration.exactOptional().describe("The same of the dense reference."),
  columns: partOf(z.array(column)).describe("How the cells of each column lie."),
  examples: partOf(z.array(z.array(z.string()))).describe("The first synthetic rows, as they are written."),
  synthetic: partOf(judgedTable),
  reference: partOf(judgedTable).exactOptional().describe("The same of the dense reference's rows."),
  real: partOf(judgedTable).describe(
    "The same of held-out rows, in detection of training rows, in privacy of half of the held-out rows beside the other half: what a perfect generator would measure.",
  ),
  baselines: z.record(nameIn(baselines), partOf(judgedTable)).describe("The same of simple generators."),
  predicted: z.string().exactOptional().describe("What `use` foretells, a column or a condition: config.data.predict."),
  givesAway: z
    .array(z.string())
    .exactOptional()
    .describe(
      "Columns that `use` does not foretell it from, since one of them alone does so with an AUC of 0.99 or more.",
    ),
  targets: z
    .partialRecord(nameIn(tableTargets), reached)
    .exactOptional()
    .describe("What config.evaluation.targets asks of the synthetic rows, and what they reach."),
  clients: partOf(
    z.strictObject({
      compared: count.describe("Synthetic rows, and held-out rows, that each client's rows are compared with."),
      leastRows: count.describe("Clients with fewer rows are not judged."),
      judged: z.array(servedClient).describe("By ascending number of rows."),
      left: count.describe("Clients that are not judged."),
      leftOut: z.string().exactOptional().describe("The column that parts the clients, which is not compared."),
    }),
  )
    .exactOptional()
    .describe(
      "How well the synthetic rows serve each client. Absent with config.privacy, since it would tell of each client's rows.",
    ),
});

function ofEach<const Family extends object, Schema extends z.ZodType>(
  family: Family,
  schema: Schema,
): Record<keyof Family, Schema> {
  return Object.fromEntries(Object.keys(family).map((name) => [name, schema])) as Record<keyof Family, Schema>;
}
