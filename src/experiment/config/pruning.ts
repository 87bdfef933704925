import * as z from "zod";

const families = ["full", "ordered", "rolling", "random", "coverage-aware", "magnitude", "taylor"] as const;

export const pruningSchema = z
  .strictObject({
    family: z.enum(families).default("ordered").describe("Rule that says which part of the network a client keeps."),
  })
  .prefault({})
  .describe("How the network is cut to a client's capacity.");
