import { rowCount } from "../../data/dataset.js";
import { describePartition } from "../../federation/partitioners/index.js";
import { layoutOf } from "../../network/spec.js";
import { sha256 } from "../../sha256.js";
import type { ExperimentConfig } from "../config/schema.js";
import { stepsPerRound } from "../prepare/federations.js";
import type { SamplingGrid } from "../prepare/sampling-grid.js";
import type { RunHistory } from "../result/history.js";
import { isNotComputed, type NotComputed, type Part } from "../result/not-computed.js";
import { plainApriori } from "../result/plain-apriori.js";
import type { ExperimentResult } from "../result/schema.js";
import type { LawBounds } from "./bound-law.js";
import type { RunBounds } from "./bound-run.js";
import { describeCertification, describeComparison, describeInterval } from "./describe-certification.js";
import { describeDevices } from "./describe-devices.js";
import { describePrivacy } from "./describe-privacy.js";
import { bestRound } from "./early-stop.js";
import type { ReadyRun } from "./ready-run.js";
import type { DrawnSamples } from "./sample.js";

/** What the stages of a run found. */
export interface Findings extends RunBounds {
  readonly history: RunHistory;
  readonly referenceHistory: Part<RunHistory> | undefined;
  readonly grid: Part<SamplingGrid>;
  readonly drawn: Part<DrawnSamples>;
  readonly referenceDrawn: Part<DrawnSamples> | undefined;
  readonly measured: ExperimentResult["measured"];
  /** Undefined where the config names no judges. */
  readonly judged: ExperimentResult["judged"];
  /** Undefined where the data are no table. */
  readonly table: ExperimentResult["table"];
  /** Undefined where the data law is known, or the config asks for no certificate. */
  readonly dataLaw: LawBounds | undefined;
}

/** The result of a run from what its stages found. */
export function describeRun(run: ReadyRun, findings: Findings): ExperimentResult {
  const { config, prepared, federation, environment, identity } = run;
  const devices = describeDevices(prepared, findings.history, config.privacy?.kind === "client");
  const { history, referenceHistory, grid, drawn, referenceDrawn, certification, interval, comparison, apriori } =
    findings;
  const { data, clientRows, rowCounts, keepRatios, network, transform } = prepared;
  const { labels, reading } = data.train;
  const ledger = federation.coverage;
  return {
    schemaVersion: 1,
    name: config.name,
    config,
    seed: config.seed,
    checksums: {
      ...identity.checksums,
      parameters: sha256(federation.samplingParameters),
      ...(prepared.initial && { initial: sha256(prepared.initial) }),
    },
    environment,
    date: new Date().toISOString(),
    data: {
      train: rowCount(data.train),
      heldOut: rowCount(data.heldOut),
      dimension: transform.inputDimension,
      trainedDimension: transform.outputDimension,
      ...(reading !== undefined && { reading }),
    },
    network: { parameters: layoutOf(network).size },
    training: { ...history.training(), ...earlyStopOf(run, history) },
    coverage: history.coverage(network, ledger.runMinimum, ledger.neverCovered()),
    pruning: { noise: ledger.runPruningNoise, families: [config.pruning.family] },
    ...describePrivacy(run, history),
    ...(labels && !config.privacy && { partition: partitionOf(labels, clientRows) }),
    clients: history.clients(
      (id) => rowCounts[id],
      (id) => keepRatios[id],
    ),
    ...attackOf(config, federation.attackers),
    ...(devices && { devices }),
    ...(isNotComputed(grid) && { grid }),
    ...(isNotComputed(drawn) && { samples: drawn }),
    measured: findings.measured,
    ...(findings.judged && { judged: findings.judged }),
    ...(findings.table && { table: findings.table }),
    ...describeCertification(certification),
    ...describeInterval(interval),
    ...describeComparison(comparison),
    ...(findings.dataLaw && { dataLaw: findings.dataLaw }),
    ...(apriori && { apriori: isNotComputed(apriori) ? apriori : plainApriori(apriori) }),
    ...(referenceHistory && {
      reference: isNotComputed(referenceHistory)
        ? referenceHistory
        : describeReference(config, referenceHistory, referenceDrawn),
    }),
  };
}

function partitionOf(labels: Int32Array, clientRows: readonly Uint32Array[]) {
  const { classes, counts } = describePartition(labels, clientRows);
  return { classes: classes.map(String), counts: counts.map((row) => [...row]) };
}

/** Said where the config wants it: nobody should take the model for one of honest clients. */
function attackOf({ federation: { attack } }: ExperimentConfig, attackers: readonly number[]) {
  if (!attack) return {};
  const warning = `${attackers.length} of the clients attacked this run because its config says so (federation.attack): its model shows what the run withstands, and is not to be used`;
  return { attack: { kind: attack.kind, clients: [...attackers], warning } };
}

/** Whose parameters a stage that may end early has given, where it was measured. */
function earlyStopOf({ config, account }: Pick<ReadyRun, "config" | "account">, history: RunHistory) {
  const rounds = account?.allowedRounds ?? config.training.rounds;
  const best = bestRound(history.perRound);
  const reason = history.rounds < rounds ? ("patience" as const) : ("rounds" as const);
  return { ...(best && { earlyStop: { ...best, reason } }) };
}

function describeReference(config: ExperimentConfig, history: RunHistory, drawn: Part<DrawnSamples> | undefined) {
  const { rounds, loss, seconds, flops } = history.training();
  const samples: NotComputed | undefined = isNotComputed(drawn) ? drawn : undefined;
  return {
    ...{ steps: rounds * stepsPerRound(config), loss, seconds, flops },
    ...earlyStopOf({ config }, history),
    ...(samples && { samples }),
  };
}
