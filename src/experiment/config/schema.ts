import * as z from "zod";
import { federationFields } from "../../federation/federation-fields.js";
import { importance } from "../../network/level-distributions/importance.js";
import { aprioriSchema } from "./apriori.js";
import { certificateSchema } from "./certificate.js";
import { dataSchema, transformsSchema } from "./data.js";
import { samplingSchema, scheduleSchema } from "./diffusion.js";
import { evaluationSchema, referenceSchema } from "./evaluation.js";
import { settingsSchemas } from "./family.js";
import { federationSchema } from "./federation.js";
import { networkSchema, trainingSchema } from "./network.js";
import { outputSchema } from "./output.js";
import { privacySchema, unprotectedIn } from "./privacy.js";
import { pruningSchema } from "./pruning.js";
import { integerIn } from "./rules.js";

/** Everything that decides a run: the same config and seed give the same model. */
export const configSchema = z
  .strictObject({
    $schema: z.string().exactOptional().describe("Address of the JSON schema, for editors."),
    name: z
      .string("must be a name")
      .max(200, "must have at most 200 characters")
      .regex(/^[\w][\w.-]*$/, "must consist of letters, digits, dots, dashes and underscores")
      .describe("Name of the run; the default output folder is runs/NAME."),
    seed: settingsSchemas(federationFields).seed,
    data: dataSchema,
    transforms: transformsSchema,
    schedule: scheduleSchema,
    network: networkSchema,
    training: trainingSchema,
    federation: federationSchema,
    privacy: privacySchema.exactOptional(),
    pruning: pruningSchema,
    sampling: samplingSchema,
    evaluation: evaluationSchema,
    certificate: certificateSchema,
    apriori: aprioriSchema,
    reference: referenceSchema,
    output: outputSchema.exactOptional(),
    workers: integerIn(1, 256)
      .exactOptional()
      .describe("Worker threads. Default: one per core. They change the speed, never a byte of the model."),
  })
  .check(({ value: { apriori, training, network }, issues }) => {
    const kind = training.levels.distribution?.kind;
    if (!apriori) return;
    if (network.classes !== undefined) {
      const message =
        "must be left out beside apriori: training is on a mean of two losses, with and without the class, which no bound is known for";
      issues.push({ code: "custom", message, input: network.classes, path: ["network", "classes"] });
    }
    if (kind !== importance.kind) return;
    const message = `must not be "${kind}" beside apriori, which measures gradients of draws that are the same in all rounds`;
    issues.push({ code: "custom", message, input: kind, path: ["training", "levels", "distribution", "kind"] });
  })
  .check(({ value: { data, evaluation }, issues }) => {
    if (evaluation.targets === undefined || data.kind === "table") return;
    const message = `must be left out where data are no table: they are of kind ${data.kind}`;
    issues.push({ code: "custom", message, input: evaluation.targets, path: ["evaluation", "targets"] });
  })
  .check(({ value, issues }) => {
    for (const issue of unprotectedIn(value)) issues.push(issue);
  })
  .describe("Configuration of `fedscore run`.");

/** A config as a person writes it: defaults may be absent. */
export type ConfigInput = z.input<typeof configSchema>;

/** A validated config with all defaults. */
export type ExperimentConfig = z.output<typeof configSchema>;

/** The JSON schema of a config as a person writes it. */
export function configJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(configSchema, { io: "input" });
}
