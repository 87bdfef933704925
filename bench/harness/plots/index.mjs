import { federationPlot } from "./federation.mjs";
import { gemmPlot } from "./gemm.mjs";
import { gemmSizesPlot } from "./gemm-sizes.mjs";
import { prunedStepPlot } from "./pruned-step.mjs";
import { trainingStepPlot } from "./training-step.mjs";

const plots = {
  gemm: gemmPlot,
  "gemm-sizes": gemmSizesPlot,
  "training-step": trainingStepPlot,
  "pruned-step": prunedStepPlot,
  federation: federationPlot,
};

/** { title, svg } of a result; undefined without a series, and where there is nothing to draw. */
export function plotOf(result) {
  if (!result.series?.length || !Object.hasOwn(plots, result.name)) return undefined;
  return plots[result.name](result);
}
