import { firstNonFinite } from "../data/finite.js";
import { describeValue } from "../errors.js";
import { type LossMemory, noLosses } from "../network/level-losses.js";
import { layoutOf, type NetworkSpec } from "../network/spec.js";
import type { CoverageLedgerState } from "../pruning/ledger.js";
import { type CheckpointArray, type CheckpointContent, checkpointError, contentChecksum } from "./checkpoint-format.js";
import type { ClientPrivacy } from "./client-privacy/settings.js";
import { arrayNameOf, type Carried, type ClientStates } from "./client-states.js";
import { type Controls, controlsOf } from "./controls.js";
import type { VirtualState } from "./devices/asked-round.js";
import { namesOfVirtual, type VirtualRules, virtualOf } from "./devices/checkpoint.js";
import { weightAfter } from "./moving-average.js";
import type { ServerRule, ServerState } from "./server-state.js";

/** The run that a checkpoint must be a state of. */
export interface CheckpointRun {
  readonly network: NetworkSpec;
  readonly rule: ServerRule;
  /** Whether the server optimizer is the caller's own, whose vectors may hold any number. */
  readonly ownServer: boolean;
  /** What each client carries from round to round. Absent: nothing. */
  readonly carried?: readonly Carried[];
  /** Weight of a client's update. */
  readonly weightOf?: (client: number) => number;
  /** How clients are protected. Absent: they are not. */
  readonly privacy?: ClientPrivacy | undefined;
  /** How losses are kept. Absent: levels are not drawn by them. */
  readonly losses?: LossMemory | undefined;
  /** What is kept of virtual time. Absent: time is not virtual. */
  readonly virtual?: VirtualRules | undefined;
  /** Clients of the federation. */
  readonly clients: number;
  /** Rounds of the whole run. */
  readonly rounds: number;
}

/** What a checkpoint holds, as a state that the run can have been in. */
export interface CheckedContent {
  readonly server: ServerState;
  readonly ledger: CoverageLedgerState;
  readonly states?: ClientStates;
  readonly controls?: Controls;
  readonly clipNorm?: number;
  readonly lossSums?: Float64Array;
  readonly virtual?: VirtualState;
}

type Arrays = CheckpointContent["arrays"];
type Kind<T> = new (...parameters: never[]) => T;

/** @throws FedscoreError FEDSCORE_CHECKPOINT naming the first value or array that no state of this run has. */
export function checkedAgainst(run: CheckpointRun, { values, arrays }: CheckpointContent): CheckedContent {
  const { checksum, ...bound } = values;
  requireKeys("values", values, [
    ...["identity", "round", "averageWeight", "ledger", "checksum"],
    ...(run.virtual ? ["virtual"] : []),
    ...(carriesAny(run) ? ["stateClients"] : []),
    ...(run.privacy ? ["clipNorm"] : []),
  ]);
  const ofVirtual = run.virtual ? namesOfVirtual(values.virtual) : [];
  requireKeys("arrays", arrays, [...namesOf(run, values.round), ...ofVirtual]);
  if (checksum !== contentChecksum({ values: bound, arrays })) {
    throw checkpointError("its values and arrays are not those of one state", { key: "checksum" });
  }
  const round = countOf("round", values.round);
  if (round > run.rounds) {
    throw checkpointError(`it is of round ${round}, this run has ${run.rounds}`, { round, rounds: run.rounds });
  }
  requireEqual("averageWeight", values.averageWeight, weightAfter(round, run.rule.ema));
  return {
    server: serverOf(run, round, arrays),
    ledger: ledgerOf(run, round, values.ledger, arrays),
    ...(carriesAny(run) && statesOf(run, values.stateClients, arrays)),
    ...(run.privacy && { clipNorm: clipNormOf(run.privacy, values.clipNorm) }),
    ...(run.losses && { lossSums: lossSumsOf(run.losses, arrays) }),
    ...(run.virtual && { virtual: virtualOf(run.virtual, { round, value: values.virtual, arrays }) }),
  };
}

/** The arrays that a state has after so many rounds. */
function namesOf({ rule: { optimizer, ema }, carried = [], losses }: CheckpointRun, round: unknown): string[] {
  const vectors = optimizer.initialState.map((_, index) => `optimizer${index}`);
  return [
    "parameters",
    "covered",
    ...(round === 0 ? [] : ["update"]),
    ...(ema === undefined ? [] : ["average"]),
    ...carried.map(arrayNameOf),
    ...(carried.includes("control") ? ["controlKept", "controlSum"] : []),
    ...(losses ? ["lossSums"] : []),
    ...vectors,
  ];
}

function serverOf({ network, rule, ownServer }: CheckpointRun, round: number, arrays: Arrays): ServerState {
  const { size } = layoutOf(network);
  const { optimizer, ema } = rule;
  const vector = <T extends CheckpointArray>(name: string, kind: Kind<T>) => arrayOf(arrays, name, kind, size);
  const finite = <T extends Float32Array | Float64Array>(name: string, kind: Kind<T>) =>
    requireFinite(name, vector(name, kind));
  return {
    round,
    parameters: finite("parameters", Float32Array),
    optimizer: optimizer.initialState.map((_, index) =>
      (ownServer ? vector : finite)(`optimizer${index}`, Float64Array),
    ),
    ...(round > 0 && { update: finite("update", Float32Array) }),
    ...(ema !== undefined && {
      average: { values: finite("average", Float64Array), weight: weightAfter(round, ema) },
    }),
  };
}

function ledgerOf(
  { network, clients }: CheckpointRun,
  round: number,
  value: unknown,
  arrays: Arrays,
): CoverageLedgerState {
  const ledger = objectOf("ledger", value);
  requireKeys("ledger", ledger, ["rounds", "minimum", "pruningNoise", "parameterNormSum"]);
  requireEqual("ledger.rounds", ledger.rounds, round);
  const minimum = countOf("ledger.minimum", ledger.minimum);
  if (minimum > clients) throw wrong("ledger.minimum", `must be at most the ${clients} clients`, minimum);
  const covered = arrayOf(arrays, "covered", Uint8Array, layoutOf(network).size);
  requireFlags("covered", covered);
  if (covered.includes(1) !== minimum > 0) {
    throw wrong("ledger.minimum", "must be > 0 exactly where a parameter was covered", minimum);
  }
  const pruningNoise = sizeOf("ledger.pruningNoise", ledger.pruningNoise);
  return {
    rounds: round,
    minimum,
    pruningNoise,
    parameterNormSum: sizeOf("ledger.parameterNormSum", ledger.parameterNormSum),
    covered,
  };
}

function clipNormOf({ clipNorm, adaptive }: ClientPrivacy, value: unknown): number {
  if (!adaptive) requireEqual("clipNorm", value, clipNorm);
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw wrong("clipNorm", "must be a number > 0", value);
}

function carriesAny({ carried = [] }: CheckpointRun): boolean {
  return carried.length > 0;
}

function statesOf(
  { network, clients, carried = [], weightOf = () => 1 }: CheckpointRun,
  value: unknown,
  arrays: Arrays,
): Pick<CheckedContent, "states" | "controls"> {
  const ids = clientsOf(value, clients);
  const { size } = layoutOf(network);
  const vectors = carried.map((name) => {
    const array = arrayNameOf(name);
    return { name, all: requireFinite(array, arrayOf(arrays, array, Float32Array, size * ids.length)) };
  });
  const part = <T extends Float32Array | Uint8Array>(all: T, index: number) =>
    all.slice(index * size, (index + 1) * size) as T;
  const stateAt = (index: number) => Object.fromEntries(vectors.map(({ name, all }) => [name, part(all, index)]));
  const states = new Map(ids.map((id, index) => [id, stateAt(index)]));
  if (!carried.includes("control")) return { states };
  const kept = arrayOf(arrays, "controlKept", Uint8Array, size * ids.length);
  requireFlags("controlKept", kept);
  const sum = requireFinite("controlSum", arrayOf(arrays, "controlSum", Float64Array, size));
  const keptBy = new Map(ids.map((id, index) => [id, part(kept, index)]));
  return { states, controls: controlsOf(keptBy, sum, weightOf) };
}

function clientsOf(value: unknown, clients: number): readonly number[] {
  if (!Array.isArray(value)) throw wrong("stateClients", "must be an array", value);
  const ids = value.map((id, index) => countOf(`stateClients[${index}]`, id));
  const odd = ids.find((id) => id >= clients);
  if (odd !== undefined) throw wrong("stateClients", `must be below the ${clients} clients`, odd);
  if (new Set(ids).size < ids.length) throw wrong("stateClients", "must name each client once", ids);
  return ids;
}

function requireFlags(name: string, flags: Uint8Array): void {
  const odd = flags.findIndex((flag) => flag > 1);
  if (odd >= 0) throw wrong(`${name}[${odd}]`, "must be 0 or 1", flags[odd]);
}

function lossSumsOf(losses: LossMemory, arrays: Arrays): Float64Array {
  const sums = requireFinite("lossSums", arrayOf(arrays, "lossSums", Float64Array, noLosses(losses).length));
  const odd = sums.findIndex((sum) => sum < 0);
  if (odd >= 0) throw wrong(`lossSums[${odd}]`, "must be >= 0", sums[odd]);
  return sums;
}

function arrayOf<T extends CheckpointArray>(arrays: Arrays, name: string, kind: Kind<T>, length: number): T {
  const array = arrays[name];
  if (!(array instanceof kind)) throw wrong(name, `must be a ${kind.name}`, array?.constructor.name);
  if (array.length !== length) throw wrong(name, `must have ${length} entries`, array.length);
  return array;
}

function requireFinite<T extends Float32Array | Float64Array>(name: string, vector: T): T {
  const broken = firstNonFinite(vector);
  if (broken >= 0) throw wrong(`${name}[${broken}]`, "must be finite", vector[broken]);
  return vector;
}

function requireKeys(name: string, value: object, keys: readonly string[]): void {
  const found = Object.keys(value);
  const odd = keys.find((key) => !found.includes(key)) ?? found.find((key) => !keys.includes(key));
  if (odd !== undefined) throw wrong(name, `must have the keys ${keys.join(", ")}`, found.join(", "));
}

function requireEqual(name: string, value: unknown, expected: number): void {
  if (value !== expected) throw wrong(name, `must be ${expected}`, value);
}

function objectOf(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) throw wrong(name, "must be an object", value);
  return { ...value };
}

function countOf(name: string, value: unknown): number {
  if (!Number.isSafeInteger(value) || Number(value) < 0) throw wrong(name, "must be an integer >= 0", value);
  return Number(value);
}

function sizeOf(name: string, value: unknown): number {
  if (typeof value !== "number" || !(value >= 0 && value < Number.POSITIVE_INFINITY)) {
    throw wrong(name, "must be finite and >= 0", value);
  }
  return value;
}

function wrong(key: string, rule: string, value: unknown) {
  return checkpointError(`${key} ${rule}, got ${describeValue(value)}`, { key });
}
