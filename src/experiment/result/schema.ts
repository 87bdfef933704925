import * as z from "zod";
import { attacks } from "../../federation/attacks/index.js";
import { absenceReasons } from "../../federation/messages.js";
import type { Immutable } from "../config/immutable.js";
import { nameIn } from "../config/rules.js";
import { configSchema } from "../config/schema.js";
import { checksums, digest } from "../identity.js";
import { aprioriResult } from "./apriori-schema.js";
import { bound } from "./bound-schema.js";
import { dataLawResult } from "./data-law-schema.js";
import { clientTimes, devicesResult, virtualRound } from "./devices-schema.js";
import { estimate, estimateSchema } from "./estimate-schema.js";
import { klIntervalResult } from "./interval-schema.js";
import { judgedResult } from "./judged-schema.js";
import { notComputed, partOf } from "./not-computed.js";
import { privacyResult } from "./privacy-schema.js";
import { lowerBoundResult, sandwichResult } from "./sandwich-schema.js";
import { tableResult } from "./table-schema.js";

const count = z.int().gte(0);
const finite = z.number();

/** What a result says of where it was computed. */
export const environment = z.strictObject({
  version: z.string().describe("Version of fedscore."),
  node: z
    .string()
    .exactOptional()
    .describe("Version of Node, or the one that the runtime stands in for. Absent of a run in a page."),
  runtime: z.string().exactOptional().describe("Name and version of a runtime that is not Node."),
  variant: z.enum(["simd", "relaxed"]).describe("Build of the kernels that ran."),
  workers: count.describe("Worker threads."),
  cpu: z.string().describe("Model of the processor."),
});

const data = z.strictObject({
  train: count.describe("Points that the clients share."),
  heldOut: count.describe("Points that no client saw."),
  dimension: count.describe("Dimension of the data."),
  reading: z.string().exactOptional().describe("How the file was understood where that had to be guessed."),
  trainedDimension: count.describe("Dimension after the transforms: what the network sees."),
});

/** A participant that gave no update. */
const absence = z.strictObject({
  client: count,
  reason: z.enum(absenceReasons).describe("The round was closed before it answered, it was lost, or it refused."),
  message: z.string().exactOptional().describe("What else is known of it."),
});

/** A round in a result. */
export const round = z.strictObject({
  round: count.describe("From 0."),
  loss: finite
    .exactOptional()
    .describe("Mean training loss of the participants whose updates were averaged. Absent with config.privacy."),
  clientLoss: z
    .strictObject({ low: finite, high: finite })
    .exactOptional()
    .describe("Least and greatest training loss of these participants."),
  heldOutLoss: finite
    .exactOptional()
    .describe("Mean training loss on the held-out rows of config.training.earlyStop, where it was measured."),
  participants: count.describe(
    "Clients that were asked; with config.privacy of kind client how many are expected, rounded: who took part is not told.",
  ),
  dropped: count.describe("Participants left out because their update had NaN or Infinity."),
  absent: z.array(absence).describe("Participants that gave no update, in ascending order: all others answered."),
  leftOut: z
    .array(count)
    .exactOptional()
    .describe(
      "Clients whose update the aggregation rule left out whole, ascending. Absent where the rule leaves nothing out.",
    ),
  seconds: finite.describe("Wall time."),
  flops: finite.describe("Multiply-adds x 2 of all participants that answered."),
  bytesUp: count.describe("From clients to server, 4 for each kept parameter."),
  bytesDown: count.describe("From server to clients, 4 for each kept parameter."),
  wireBytesUp: count.describe("From clients to server, as encoded: with scales and indices."),
  wireBytesDown: count.describe("From server to clients, as encoded: with the masks that are sent."),
  coverage: z
    .array(z.strictObject({ mean: finite, min: count }))
    .describe("Per layer: clients that keep a parameter, mean and minimum over its parameters."),
  pruningNoise: finite.describe("delta^2: largest |theta - masked theta|^2 / |theta|^2 of the participants."),
  virtual: virtualRound.exactOptional().describe("Present with config.federation.devices: the round in virtual time."),
});

const earlyStop = z.strictObject({
  round: count.describe(
    "Whose parameters, or moving average, are the model. coverage.min and pruning.noise are of the rounds up to it.",
  ),
  heldOutLoss: finite.describe("Its loss, the lowest."),
  reason: z
    .enum(["patience", "rounds"])
    .describe("No lower loss for as many rounds as the patience, or all rounds are done."),
});

const training = z.strictObject({
  rounds: count,
  loss: z.array(finite).describe("Mean training loss of each round. Empty with config.privacy."),
  seconds: finite.describe("Wall time of all rounds."),
  flops: finite.describe("Multiply-adds x 2 over all clients and rounds."),
  bytesUp: count.describe("From clients to server, all rounds, 4 for each kept parameter."),
  bytesDown: count.describe("From server to clients, all rounds, 4 for each kept parameter."),
  wireBytesUp: count.describe("From clients to server, all rounds, as encoded."),
  wireBytesDown: count.describe("From server to clients, all rounds, as encoded."),
  perRound: z.array(round),
  earlyStop: earlyStop
    .exactOptional()
    .describe("Present with config.training.earlyStop: whose parameters the model has, and why training ended."),
});

const coverage = z.strictObject({
  min: count.describe("Gamma*: fewest clients that covered a parameter, over rounds and parameters."),
  histogram: z.array(count).describe("histogram[g]: pairs of round and parameter that exactly g clients covered."),
  layers: z.array(z.string()).describe("Names of the layers, in the order of perRound[].coverage."),
  neverCovered: count.describe("Parameters that no client covered in any round."),
});

const client = z.strictObject({
  id: count,
  name: z.string().exactOptional().describe("What the coordinator calls it, where it holds its own rows."),
  samples: count.describe("Rows of data it holds."),
  keepRatio: finite.describe("Share of the network it can keep; with dynamic capacities, in round 0."),
  rounds: count.describe("Rounds it was asked in."),
  absent: count.describe("Of these, rounds in which it gave no update."),
  loss: finite
    .exactOptional()
    .describe("Its training loss in the last round in which its update was averaged, with the mask of that round."),
  flops: finite.describe("Multiply-adds x 2, all rounds."),
  bytesUp: count,
  bytesDown: count,
  share: finite
    .exactOptional()
    .describe(
      "How much of its updates the aggregation rule has used, mean over rounds, in [0, 1]. Absent where the rule uses all of them.",
    ),
  virtual: clientTimes
    .exactOptional()
    .describe("Present with config.federation.devices: virtual seconds of all rounds."),
});

const attack = z
  .strictObject({
    kind: nameIn(attacks),
    clients: z.array(count).describe("Who attacked, ascending."),
    warning: z.string().describe("What that means for the model."),
  })
  .describe("Present where config.federation.attack made clients attack: the model is not to be used.");

const beside = {
  unit: z.string(),
  floor: partOf(estimateSchema).describe(
    "The same between training data and held-out data: what perfect samples would measure.",
  ),
  reference: partOf(estimateSchema).exactOptional().describe("The same of the dense reference's samples."),
};

const measured = z.union([
  z.strictObject({ ...estimate, ...beside }),
  z.strictObject({ ...notComputed.shape, ...beside }),
]);

const reference = z.strictObject({
  steps: count.describe("Optimizer steps: as many as all clients together."),
  loss: z.array(finite).describe("Mean training loss of each of its rounds."),
  seconds: finite.describe("Wall time."),
  flops: finite.describe("Multiply-adds x 2."),
  earlyStop: earlyStop.exactOptional().describe("The same as of the training."),
  samples: notComputed.exactOptional().describe("Present where no samples of it could be drawn."),
});

const remote = z.strictObject({
  run: z.string().describe("What tasks and answers of the run are called on the server."),
  bytesDown: count
    .exactOptional()
    .describe(
      "Bytes of messages and their data to clients, since the coordinator was started last. Absent with config.privacy of kind client, as the two below: they would tell who took part. What stands after them is then empty.",
    ),
  bytesUp: count.exactOptional().describe("The same from clients."),
  late: count
    .exactOptional()
    .describe("Answers that came when their round was closed, since the coordinator was started last."),
  refused: z
    .array(z.strictObject({ sender: z.string(), count, reasons: z.array(z.string()) }))
    .describe(
      "Messages that were not believed since the coordinator was started last, by the client whose subject they came on, with the first few reasons.",
    ),
  heldOut: z
    .array(
      z.union([
        z.strictObject({ client: count, loss: finite, rows: count }),
        z.strictObject({ client: count, reason: z.enum(absenceReasons), message: z.string().exactOptional() }),
      ]),
    )
    .describe("Mean training loss of the model on the rows that each client holds out, or why there is none."),
  loss: partOf(finite).describe("Its mean over the rows of all clients that gave it."),
});

const perStep = z.array(finite);

/** The certificate of result.json. */
export const certificateResult = z.strictObject({
  ...bound.shape,
  sampler: z.string(),
  dimension: count,
  steps: z
    .strictObject({ snr: perStep, score: perStep, discretization: perStep, mmse: perStep })
    .exactOptional()
    .describe(
      "By step: snr where it starts, its share of score and discretization, E|X_0 - E[X_0 | X_t]|^2 there. Absent for deterministic samplers.",
    ),
});

/**
 * result.json: what a run found. Its numbers are reproducible except for seconds, date and environment. A part that could not be computed says why
 * in its place.
 */
export const resultSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    name: z.string(),
    config: configSchema.describe("The config with all defaults."),
    seed: count,
    checksums: checksums.extend({
      parameters: digest.describe("SHA-256 of the model's parameters, float32, in the order of layoutOf."),
      initial: digest
        .exactOptional()
        .describe(
          "The same of the parameters that training began with, where config.training.initialize names a model.",
        ),
    }),
    environment,
    date: z.string().exactOptional().describe("When the run ended, ISO 8601."),
    data,
    network: z.strictObject({ parameters: count.describe("Parameters of the unpruned network.") }),
    training,
    coverage,
    pruning: z.strictObject({
      noise: finite.describe("delta^2: largest |theta - masked theta|^2 / |theta|^2 over clients and rounds."),
      families: z.array(z.string()).describe("Mask families that were used."),
    }),
    partition: z
      .strictObject({
        classes: z.array(z.string()).describe("Classes, in the order of the columns."),
        counts: z.array(z.array(count)).describe("counts[client][class]: rows of the class."),
      })
      .exactOptional()
      .describe("Present where the data has classes."),
    clients: z
      .array(client)
      .describe("Clients that took part, by id. Empty with config.privacy of kind client: who did is not told."),
    attack: attack.exactOptional(),
    grid: notComputed.exactOptional().describe("Present where the certified grid could not be computed."),
    samples: notComputed.exactOptional().describe("Present where no samples could be drawn."),
    measured: z.record(z.string(), measured).describe("Divergence of the samples from held-out data, by name."),
    judged: partOf(judgedResult)
      .exactOptional()
      .describe("What a classifier says of the samples, where the config names judges."),
    table: partOf(tableResult)
      .exactOptional()
      .describe("What judges of tables say of the synthetic rows, where the data are a table."),
    certificate: partOf(certificateResult)
      .nullable()
      .describe("Certified upper bound on KL(q_delta || p_theta) in the coordinates of the network, or null."),
    certificateNote: z
      .string()
      .exactOptional()
      .describe("Why the certificate is null, or against the training data instead of the data law."),
    klInterval: partOf(klIntervalResult)
      .exactOptional()
      .describe(
        "Two-sided confidence interval of KL(q_delta || p_theta), where the law's density is known and each step of the sampler is a Gaussian.",
      ),
    klIntervalNote: z.string().exactOptional().describe("Why there is no interval."),
    variational: partOf(bound)
      .exactOptional()
      .describe("Variational bound on -E log p of q_delta on held-out data, where the data law is not known."),
    lowerBound: partOf(lowerBoundResult)
      .nullable()
      .describe("Lower confidence bound on the same KL from samples of the run and fresh rows of q_delta, or null."),
    lowerBoundNote: z.string().exactOptional().describe("Why the lower bound is null."),
    sandwich: partOf(sandwichResult)
      .exactOptional()
      .describe("Lower bound, estimate, certificate and a-priori bound of KL(q_delta || p_theta) side by side, nats."),
    dataLaw: dataLawResult
      .exactOptional()
      .describe(
        "What rows alone certify about the law of the data, where it is not known and a certificate is asked for.",
      ),
    apriori: partOf(aprioriResult).exactOptional().describe("The a-priori bound, where the config asks for it."),
    reference: partOf(reference).exactOptional().describe("The same network, dense, on the pooled data."),
    devices: devicesResult
      .exactOptional()
      .describe("Present with config.federation.devices: virtual time by cause and by kind of device."),
    privacy: privacyResult.exactOptional().describe("What training has spent of privacy, with config.privacy."),
    remote: remote.exactOptional().describe("Present where clients hold their own rows (`fedscore coordinate`)."),
    report: notComputed.exactOptional().describe("Present where report.html could not be drawn."),
  })
  .describe("result.json of `fedscore run`.");

/** result.json of a run. */
export type ExperimentResult = Immutable<z.output<typeof resultSchema>>;

/** The JSON schema of result.json. */
export function resultJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(resultSchema);
}

/** Throws where a result is not as its schema says: a mistake of fedscore. */
export function checkResult(result: ExperimentResult): ExperimentResult {
  const checked = resultSchema.safeParse(result);
  if (checked.success) return result;
  const [{ path, message }] = checked.error.issues;
  throw new Error(`result.${path.join(".")}: ${message}`);
}
