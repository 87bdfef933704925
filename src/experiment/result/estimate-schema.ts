import * as z from "zod";

const finite = z.number();

/** The fields of an estimate with its interval. */
export const estimate = { value: finite, low: finite, high: finite };

/** An estimate that was computed. */
export const estimateSchema = z
  .strictObject(estimate)
  .describe("Estimate and the ends of its 95 % bootstrap interval.");
