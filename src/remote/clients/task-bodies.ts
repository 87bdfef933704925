import { firstNonFinite } from "../../data/finite.js";
import type { TransformData } from "../../data/transforms/transform.js";
import { isFedscoreError } from "../../errors.js";
import { filledSettings } from "../../family.js";
import type { TrainingSetup } from "../../federation/messages.js";
import { layoutOf, type NetworkSpec, requireNetwork } from "../../network/spec.js";
import { summaryFields } from "../../tables/summary/summarize.js";
import { fieldOf, identityIn, integerIn, objectIn, refused, textIn } from "../protocol.js";
import { unpackBits } from "./bit-set.js";
import { type ClientsTable, requireClientsTable, requireReading, type TableReading } from "./clients-table.js";

/** What a client is told of a run, once for each of its processes. */
export interface OpenBody {
  readonly session: string;
  readonly setup: TrainingSetup;
  readonly client: number;
  readonly transform: TransformData | undefined;
  /** undefined: its rows of numbers are wanted. */
  readonly table: ClientsTable | undefined;
}

/** A summary that a client is asked for. */
export interface SummaryBody extends TableReading {
  readonly smallestCount: number;
  readonly quantiles: number;
}

/** A part of the network, as it came. */
export interface NetworkBody {
  readonly setup: string;
  readonly network: NetworkSpec;
  /** float32 [P] of `network`. */
  readonly parameters: Float32Array;
}

export interface TrainBody extends NetworkBody {
  readonly round: number;
  readonly localSteps: number;
  readonly keep: Uint8Array | undefined;
  /** Largest norm of the update; undefined: it may be as long as it is. */
  readonly clipNorm: number | undefined;
  /** Where the client rule has control variates. */
  readonly controls: ControlsBody | undefined;
}

/** Control variates of a task, float32 [P] of its network. */
export interface ControlsBody {
  /** The mean over the clients. */
  readonly mean: Float32Array;
  /** The client's own, or the round in which it gave it; undefined: it has none yet. */
  readonly own: Float32Array | number | undefined;
}

/** @throws FedscoreError FEDSCORE_MESSAGE, as all that read tasks here; what the setup says is checked where it is used. */
export function readOpen(value: unknown): OpenBody {
  const body = objectIn(value);
  const [transform, table] = [fieldOf(body, "transform"), fieldOf(body, "table")];
  return {
    session: identityIn(body, "session"),
    setup: objectIn(fieldOf(body, "setup")) as TrainingSetup,
    client: integerIn(body, "client", 2 ** 32 - 1),
    transform: transform === undefined ? undefined : (objectIn(transform) as TransformData),
    table:
      table === undefined
        ? undefined
        : checked("table", () => requireClientsTable("table", objectIn(table) as ClientsTable)),
  };
}

export function readSummaryTask(value: unknown): SummaryBody {
  const { smallestCount, quantiles, ...told } = objectIn(value) as SummaryBody;
  return checked("summary", () => ({
    ...requireReading("summary", told),
    ...filledSettings(summaryFields, "summary", { smallestCount, quantiles }),
  }));
}

export function readTrain(value: unknown): TrainBody {
  const body = objectIn(value);
  const network = networkIn(body);
  const parameters = floatsIn(body, "parameters");
  const { size } = layoutOf(network);
  const bits = fieldOf(body, "keep");
  const common = {
    ...{ setup: textIn(body, "setup", 256), network },
    round: integerIn(body, "round", 2 ** 24 - 2),
    localSteps: integerIn(body, "localSteps", 2 ** 32 - 1),
  };
  if (common.localSteps === 0) throw refused("asks for no local steps");
  const keep = bits === undefined ? undefined : keepIn(bits, size);
  const whole = (kept: Float32Array) => (keep ? spread(kept, keep) : ofLength(kept, size));
  return {
    ...common,
    parameters: whole(parameters),
    keep,
    clipNorm: clipNormIn(body),
    controls: controlsIn(body, whole),
  };
}

function keepIn(bits: unknown, size: number): Uint8Array {
  if (!(bits instanceof Uint8Array)) throw refused("has no bits in keep");
  return unpackBits(bits, size);
}

function clipNormIn(body: object): number | undefined {
  const clipNorm = fieldOf(body, "clipNorm");
  if (clipNorm === undefined || (typeof clipNorm === "number" && clipNorm > 0 && clipNorm < Number.POSITIVE_INFINITY))
    return clipNorm;
  throw refused("has no norm in clipNorm");
}

function controlsIn(body: object, whole: (kept: Float32Array) => Float32Array): ControlsBody | undefined {
  if (fieldOf(body, "control") === undefined) return undefined;
  const mean = whole(floatsIn(body, "control"));
  const own = fieldOf(body, "own");
  if (own === undefined) return { mean, own };
  return { mean, own: typeof own === "number" ? integerIn(body, "own", 2 ** 24 - 2) : whole(floatsIn(body, "own")) };
}

export function readNetwork(value: unknown): NetworkBody {
  const body = objectIn(value);
  const network = networkIn(body);
  const parameters = ofLength(floatsIn(body, "parameters"), layoutOf(network).size);
  return { setup: textIn(body, "setup", 256), network, parameters };
}

function networkIn(body: object): NetworkSpec {
  return checked("network", () => requireNetwork("network", objectIn(fieldOf(body, "network"))));
}

/** What a part of a message is, once it is one. */
function checked<Part>(what: string, read: () => Part): Part {
  try {
    return read();
  } catch (error) {
    if (isFedscoreError(error)) throw refused(`has no ${what}: ${error.message}`);
    throw error;
  }
}

function floatsIn(body: object, key: string): Float32Array {
  const values = fieldOf(body, key);
  if (!(values instanceof Float32Array)) throw refused(`has no numbers in ${key}`);
  if (firstNonFinite(values) >= 0) throw refused(`has numbers in ${key} that are not finite`);
  return values;
}

function ofLength(parameters: Float32Array, length: number): Float32Array {
  if (parameters.length !== length) throw refused(`has ${parameters.length} parameters, not ${length}`);
  return parameters;
}

/** Kept parameters at their places, zeros elsewhere. */
function spread(kept: Float32Array, keep: Uint8Array): Float32Array {
  ofLength(
    kept,
    keep.reduce((sum, flag) => sum + flag, 0),
  );
  const whole = new Float32Array(keep.length);
  let from = 0;
  for (let i = 0; i < keep.length; i++) if (keep[i] === 1) whole[i] = kept[from++];
  return whole;
}
