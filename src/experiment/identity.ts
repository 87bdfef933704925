import * as z from "zod";

/** SHA-256 in hexadecimal digits. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** Checksums of what a run is made from: SHA-256 as 64 hexadecimal digits. */
export const checksums = z.strictObject({
  data: digest.describe("SHA-256 of the training and held-out rows, and of their classes."),
  config: digest.describe("SHA-256 of all of the config that decides results."),
});

/** Which run a checkpoint is of. */
export const identity = z.strictObject({
  version: z.string(),
  variant: z.enum(["simd", "relaxed"]),
  config: z.record(z.string(), z.unknown()),
  checksums,
});

export type Checksums = Readonly<z.output<typeof checksums>>;
export type RunIdentity = Readonly<z.output<typeof identity>>;
