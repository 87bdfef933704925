import { firstNonFinite } from "../../data/finite.js";
import { describeValue } from "../../errors.js";
import { layoutOf } from "../../network/spec.js";
import { type CheckpointArray, type CheckpointContent, checkpointError } from "../checkpoint-format.js";
import type { CompleteOptions } from "../options.js";
import type { StartingPoint, VirtualState } from "./asked-round.js";
import { type Flight, flightStages } from "./flights.js";

/** What a checkpoint of a run must hold of virtual time. */
export interface VirtualRules {
  /** Clients of the federation. */
  readonly clients: number;
  /** Numbers in a vector of parameters. */
  readonly length: number;
  /** Clients in flight between two rounds, at most. */
  readonly concurrency: number;
}

/** Those of a run with these options; undefined where its time is not virtual. */
export function virtualRules({ devices, asynchronous, clients, network }: CompleteOptions): VirtualRules | undefined {
  if (devices === undefined) return undefined;
  const { size: length } = layoutOf(network);
  return { clients: clients.length, length, concurrency: asynchronous?.concurrency ?? 0 };
}

type Arrays = CheckpointContent["arrays"];

/** As JSON: the clock, the devices in flight, and the rounds that they started from. */
export function virtualValues({ now, flights, starts }: VirtualState) {
  return { now, flights, starts: [...starts.keys()] };
}

/** The vectors that devices in flight started from. */
export function virtualArrays({ starts }: VirtualState): Arrays {
  const entries = [...starts].flatMap(([round, { parameters, update }]): [string, CheckpointArray][] => [
    [`start${round}`, parameters],
    ...(update ? [[`startUpdate${round}`, update] satisfies [string, CheckpointArray]] : []),
  ]);
  return Object.fromEntries(entries);
}

/** Names of these arrays. @throws FedscoreError FEDSCORE_CHECKPOINT where the values do not say which rounds they are of. */
export function namesOfVirtual(value: unknown): string[] {
  const rounds = listOf("virtual.starts", objectOf("virtual", value).starts);
  return rounds.flatMap((round) => (round === 0 ? ["start0"] : [`start${round}`, `startUpdate${round}`]));
}

/**
 * Virtual time as a run of so many rounds can have left it.
 * @throws FedscoreError FEDSCORE_CHECKPOINT naming the value or array that none has.
 */
export function virtualOf(
  rules: VirtualRules,
  { round, value, arrays }: { readonly round: number; readonly value: unknown; readonly arrays: Arrays },
): VirtualState {
  const virtual = objectOf("virtual", value);
  const now = secondsOf("virtual.now", virtual.now);
  const found = listOf("virtual.flights", virtual.flights);
  const flights = found.map((flight, index) => flightOf(`virtual.flights[${index}]`, rules, { round, now }, flight));
  if (flights.length > rules.concurrency)
    throw wrong("virtual.flights", `must be at most ${rules.concurrency}`, flights.length);
  if (flights.some(({ client }, index) => index > 0 && client <= flights[index - 1].client))
    throw wrong("virtual.flights", "must be in ascending order of clients", "another order");
  const rounds = [...new Set(flights.map((flight) => flight.round))].sort((a, b) => a - b);
  const starts = listOf("virtual.starts", virtual.starts);
  if (JSON.stringify(starts) !== JSON.stringify(rounds))
    throw wrong(
      "virtual.starts",
      `must be the rounds that devices in flight started from, ${rounds.join(", ")}`,
      starts,
    );
  return { now, flights, starts: new Map(rounds.map((of) => [of, startOf(rules, of, arrays)])) };
}

function startOf({ length }: VirtualRules, round: number, arrays: Arrays): StartingPoint {
  const vector = (name: string): Float32Array => {
    const array = arrays[name];
    if (!(array instanceof Float32Array) || array.length !== length)
      throw wrong(name, `must be a Float32Array of ${length} entries`, array?.length);
    const broken = firstNonFinite(array);
    if (broken >= 0) throw wrong(`${name}[${broken}]`, "must be finite", array[broken]);
    return array;
  };
  return { round, parameters: vector(`start${round}`), ...(round > 0 && { update: vector(`startUpdate${round}`) }) };
}

function flightOf(
  name: string,
  { clients }: VirtualRules,
  { round: current, now }: { readonly round: number; readonly now: number },
  value: unknown,
): Flight {
  const flight = objectOf(name, value);
  const stage = flightStages.find((each) => each === flight.stage);
  if (stage === undefined) throw wrong(`${name}.stage`, `must be one of ${flightStages.join(", ")}`, flight.stage);
  if (typeof flight.lost !== "boolean") throw wrong(`${name}.lost`, "must be true or false", flight.lost);
  const due = secondsOf(`${name}.due`, flight.due);
  if (due < now) throw wrong(`${name}.due`, `must be at least virtual.now = ${now}`, due);
  return {
    client: countBelow(`${name}.client`, flight.client, clients),
    round: countBelow(`${name}.round`, flight.round, current),
    attempt: countBelow(`${name}.attempt`, flight.attempt, Number.MAX_SAFE_INTEGER),
    ...{ stage, due, lost: flight.lost },
    download: secondsOf(`${name}.download`, flight.download),
    compute: secondsOf(`${name}.compute`, flight.compute),
    upload: secondsOf(`${name}.upload`, flight.upload),
  };
}

function objectOf(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) throw wrong(name, "must be an object", value);
  return { ...value };
}

function listOf(name: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(name, "must be an array", value);
  return value;
}

function countBelow(name: string, value: unknown, end: number): number {
  if (!Number.isSafeInteger(value) || Number(value) < 0 || Number(value) >= end)
    throw wrong(name, `must be an integer in [0, ${end})`, value);
  return Number(value);
}

function secondsOf(name: string, value: unknown): number {
  if (typeof value !== "number" || !(value >= 0 && value < Number.POSITIVE_INFINITY))
    throw wrong(name, "must be finite and >= 0", value);
  return value;
}

function wrong(key: string, rule: string, value: unknown) {
  return checkpointError(`${key} ${rule}, got ${describeValue(value)}`, { key });
}
