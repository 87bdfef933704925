import { type MaskContext, maskFamily } from "../mask.js";
import { assignByScore } from "./importance.js";

/** Ranks neurons by the sum of squares of their weights, which orders them as the L2 norm does. */
export const assignByMagnitude = (context: MaskContext) =>
  assignByScore(context, (i, kind) => (kind === "weight" ? context.parameters[i] * context.parameters[i] : 0));

/** Keeps the neurons of each layer whose incoming and outgoing weights have the largest L2 norm; of equals the lower index. */
export const magnitude = maskFamily({
  name: "magnitude",
  source:
    "Li, Kadav, Durdanovic, Samet, Graf: Pruning Filters for Efficient ConvNets, arXiv 1608.08710, with the L2 norm",
  assign: assignByMagnitude,
});
