import type { ClientEvaluation } from "../../remote/clients/client-evaluation.js";
import type { NatsTransport } from "../../remote/clients/remote-transport.js";
import type { RunOutcome } from "../execute.js";
import { beginStage } from "../progress.js";
import { ifComputed, isNotComputed, type NotComputed, type Part } from "../result/not-computed.js";
import { rowsElsewhere } from "../result/rows-elsewhere.js";
import type { ExperimentResult } from "../result/schema.js";
import { attempt } from "../stages/attempt.js";
import { calibrateModel } from "../stages/calibrate.js";
import { describeRun } from "../stages/describe-run.js";
import { unitIn } from "../stages/evaluate.js";
import { divergenceOf } from "../stages/measure.js";
import type { ReadyRun } from "../stages/ready-run.js";
import { drawSamples, modelOf, samplingGrid } from "../stages/sample.js";
import { trainFederation } from "../stages/train.js";
import { type RunClients, shownName } from "./clients-file.js";
import { protectsClients } from "./coordinated-config.js";

/** Who the clients are, and which classes they hold, where all of them give that. */
export interface KnownClients {
  readonly clients: RunClients;
  readonly partition: ExperimentResult["partition"];
}

/** Trains with the clients, keeps the model, has it evaluated where the rows are, and draws samples; the rest of a run needs rows. */
export async function executeCoordinated(
  run: ReadyRun,
  transport: NatsTransport,
  { clients, partition }: KnownClients,
): Promise<RunOutcome> {
  const { prepared, federation, signal, onProgress } = run;
  const history = await trainFederation(run);
  const trained = modelOf(run, federation);
  run.keeper?.model(trained);
  const isPrivate = protectsClients(run.config);
  beginStage(onProgress, "evaluation");
  const heldOut = isPrivate ? [] : await transport.evaluate(federation.samplingParameters, signal);
  const grid = await attempt(() => samplingGrid(run));
  const { model, calibration } = await calibrateModel(run, trained);
  if (model !== trained) run.keeper?.model(model);
  const [drawn] = await drawSamples(run, [model]);
  const nothing = { certification: undefined, interval: undefined, comparison: undefined, apriori: undefined };
  const findings = { ...nothing, history, referenceHistory: undefined, grid, drawn, referenceDrawn: undefined };
  const measured = missingDivergences(run);
  const described = describeRun(run, {
    ...findings,
    measured,
    judged: undefined,
    table: prepared.data.table && missing,
    dataLaw: undefined,
  });
  return {
    result: {
      ...described,
      ...ofClients(described, clients),
      ...notes,
      ...(partition && { partition }),
      remote: isPrivate ? { run: transport.identity.run, ...untold } : describeRemote(transport, heldOut),
    },
    model,
    samples: ifComputed(drawn)?.samples,
    rows: isNotComputed(calibration) ? undefined : ifComputed(drawn)?.table,
    referenceSamples: undefined,
    heldOut: prepared.data.heldOut,
  };
}

const notes = { certificateNote: rowsElsewhere, lowerBoundNote: rowsElsewhere };

const missing: NotComputed = { notComputed: rowsElsewhere, code: "FEDSCORE_UNSUPPORTED" };

/** The divergences that the config names, which compare samples with rows. */
function missingDivergences({ config }: ReadyRun): ExperimentResult["measured"] {
  const { divergences, space } = config.evaluation;
  const entries = divergences.map(
    (name) => [name, { ...missing, unit: unitIn(space, divergenceOf(name).unit), floor: missing }] as const,
  );
  return Object.fromEntries(entries);
}

function ofClients(
  { data, clients }: ExperimentResult,
  { clients: known }: RunClients,
): Pick<ExperimentResult, "data" | "clients"> {
  const total = (of: "rows" | "heldOut") => known.reduce((sum, each) => sum + each[of], 0);
  return {
    data: { ...data, train: total("rows"), heldOut: total("heldOut") },
    clients: clients.map((client) => ({ ...client, name: shownName(known[client.id]) })),
  };
}

/** What would tell of protected clients without noise. */
const untold: Pick<NonNullable<ExperimentResult["remote"]>, "refused" | "heldOut" | "loss"> = {
  refused: [],
  heldOut: [],
  loss: {
    notComputed: "clients are protected, and losses of rows that they hold out would tell of them",
    code: "FEDSCORE_UNSUPPORTED",
  },
};

function describeRemote(
  transport: NatsTransport,
  heldOut: readonly ClientEvaluation[],
): NonNullable<ExperimentResult["remote"]> {
  const { identity, bytes, late, refused } = transport;
  const traffic = { bytesDown: bytes.down, bytesUp: bytes.up };
  return { run: identity.run, ...traffic, late, refused: [...refused], heldOut: [...heldOut], loss: lossOf(heldOut) };
}

/** Weighed by rows. */
function lossOf(heldOut: readonly ClientEvaluation[]): Part<number> {
  let [sum, rows] = [0, 0];
  for (const each of heldOut) {
    if (!("loss" in each)) continue;
    sum += each.rows * each.loss;
    rows += each.rows;
  }
  if (rows > 0) return sum / rows;
  return { notComputed: "no client gave the loss of rows that it holds out", code: "FEDSCORE_UNSUPPORTED" };
}
