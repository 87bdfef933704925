import { samplingCost } from "../../diffusion/sampling-cost.js";
import type { Model } from "../../model/model.js";
import { layoutOf } from "../../network/spec.js";
import { type Fact, number } from "../print.js";

/** What is in a model.safetensors. */
export function inspectModel(model: Model): Fact[] {
  const { name, network, schedule, transform, sampling, seed } = model;
  const { entries, size } = layoutOf(network);
  const { kind, ...clock } = schedule;
  const { steps, evaluations } = samplingCost({ schedule, ...sampling }, network.dimension);
  return [
    ["kind", `score network of run ${name}, seed ${seed}`],
    ["parameters", `${size}`],
    [
      "layers",
      `${network.dimension} + ${network.noiseFeatures} noise features, ${network.hidden.join(", ")}, ${network.dimension}`,
    ],
    ["network", `${network.activation}${network.residual ? ", residual" : ""}, predicts ${network.parameterization}`],
    [
      "schedule",
      `${kind} (${Object.entries(clock)
        .flatMap(([key, value]) => (value === undefined ? [] : `${key} ${number(value)}`))
        .join(", ")})`,
    ],
    ["transform", `${transform.name}: ${transform.inputDimension} to ${transform.outputDimension} dimensions`],
    [
      "sampling",
      `${sampling.sampler}, ${steps} steps, grid ${sampling.grid.kind}${sampling.denoiseLast ? ", last step denoised" : ""}: ${evaluations} evaluations a sample`,
    ],
    ...entries.map((entry): Fact => [entry.name, `float32 [${entry.shape.join(", ")}]`]),
  ];
}
