import type { SamplerSpec } from "../../diffusion/samplers/index.js";
import { samplingCost } from "../../diffusion/sampling-cost.js";
import { describeValue } from "../../errors.js";
import type { Model } from "../../model/model.js";
import { layoutOf } from "../../network/spec.js";
import { fieldWords } from "../../tables/schema/field-words.js";
import { evaluationsInWords } from "../evaluations.js";
import { type Fact, number } from "../print.js";

/** What is in a model.safetensors. */
export function inspectModel(model: Model): Fact[] {
  const { name, network, schedule, transform, sampling, seed } = model;
  const { entries, size } = layoutOf(network);
  const { kind, ...clock } = schedule;
  const { steps, evaluations } = samplingCost({ schedule, ...sampling }, network.dimension);
  return [
    ["kind", `score network of run ${name}, seed ${seed}`],
    ...(model.table ? tableFacts(model.table) : []),
    ["parameters", `${size}`],
    [
      "layers",
      `${network.dimension} + ${network.noiseFeatures} noise features, ${network.hidden.join(", ")}, ${network.dimension}`,
    ],
    ["network", `${network.activation}${network.residual ? ", residual" : ""}, predicts ${network.parameterization}`],
    ["schedule", withSettings(kind, clock)],
    ["transform", `${transform.name}: ${transform.inputDimension} to ${transform.outputDimension} dimensions`],
    [
      "sampling",
      `${samplerWords(sampling.sampler)}, ${steps} steps, grid ${sampling.grid.kind}${sampling.denoiseLast ? ", last step denoised" : ""}: ${evaluationsInWords(evaluations)} evaluations a sample`,
    ],
    ...entries.map((entry): Fact => [entry.name, `float32 [${entry.shape.join(", ")}]`]),
  ];
}

function tableFacts({ schema: { fields }, calibration }: NonNullable<Model["table"]>): Fact[] {
  const columns = fields.map((field) => `${describeValue(field.name)} ${fieldWords(field)}`);
  return [["table", `${fields.length} columns${calibration ? ", calibrated" : ""}: ${columns.join(", ")}`]];
}

function samplerWords(sampler: SamplerSpec): string {
  if (typeof sampler === "string") return sampler;
  const { kind, ...settings } = sampler;
  return withSettings(kind, settings);
}

function withSettings(
  kind: string,
  settings: Readonly<Record<string, number | readonly number[] | undefined>>,
): string {
  const given = Object.entries(settings).flatMap(([key, value]) =>
    value === undefined ? [] : `${key} ${typeof value === "number" ? number(value) : value.map(number).join(" ")}`,
  );
  return `${kind} (${given.join(", ")})`;
}
