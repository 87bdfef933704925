import * as z from "zod";
import { notComputed } from "../result/not-computed.js";
import { environment } from "../result/schema.js";
import { sweepSchema } from "./config.js";

const finite = z.number();
const count = z.int().gte(0);
const place = z.record(z.string(), z.union([finite, z.string()]));
const end = z.union([finite, z.null()]);

/** result.json of a sweep. Its numbers are reproducible except for environment, commit, date and seconds. */
export const sweepResultSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    kind: z.literal("sweep"),
    name: z.string(),
    title: z.string(),
    quick: z.boolean().describe("Whether the quick size ran."),
    environment,
    commit: z.union([z.string(), z.null()]).describe("Commit of the sources; null outside of a repository."),
    date: z.string().describe("When the sweep ended, ISO 8601."),
    seconds: finite.describe("Time that the points took, summed; points ran side by side."),
    config: sweepSchema,
    rows: z.array(
      z.strictObject({
        at: place.describe("Value on each axis."),
        seed: count,
        measures: z.record(z.string(), end).describe("null: the point has no such number, such as a vacuous bound."),
        failed: notComputed
          .exactOptional()
          .describe("Present where the point, or a part of it that a measure names, could not be computed."),
      }),
    ),
    fits: z.array(
      z.strictObject({
        x: z.string(),
        y: z.string(),
        at: place.describe("Value on the other axes."),
        slope: finite.describe("Of log y on log x, least squares."),
        intercept: finite,
        low: end.describe("Lower end of the slope's interval."),
        high: end,
        confidence: finite,
        points: count,
        expected: finite.exactOptional().describe("The slope that theory says."),
      }),
    ),
  })
  .describe("result.json of `fedscore sweep`.");

/** result.json of a sweep. */
export type SweepResult = z.output<typeof sweepResultSchema>;
