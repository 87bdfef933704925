import * as z from "zod";
import { type CheckpointContent, checkpointError } from "../../federation/checkpoint-format.js";
import type { ProbedPoint } from "../../theory/apriori/probe.js";
import type { MaskedProbe, RoundProbe } from "../../theory/apriori/round-fold.js";
import { type NotComputed, notComputed } from "../result/not-computed.js";

/** What an AprioriProbe carries from round to round. */
export interface ProbeState {
  readonly probes: readonly RoundProbe[];
  /** Where was measured last; undefined before the first time. */
  readonly last: ProbedPoint | undefined;
  /** Why a round could not be measured: none is after that. */
  readonly failure: NotComputed | undefined;
}

const count = z.int().gte(0);
/** JSON has no NaN and no Infinity: they stand there by name, as a resumed run must not lose them. */
const number: z.ZodType<number> = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"]).transform(Number)]);
const measured = number.nullable();
const ofClient = z.strictObject({ client: count, value: z.number() });
const extremes = z.strictObject({ least: ofClient, most: ofClient });

const masked = z.strictObject({
  heterogeneity: number,
  uncovered: number,
  gradientVariance: number,
  gradientSecondMoment: number,
  averageVariance: number,
  pruningChange: number,
  driftChange: number,
  inverseCoverage: number,
  inverseCoverageSquared: number,
  prunedInverseCoverage: number,
  varianceBound: number,
  pruningBound: number,
  driftBound: number,
} satisfies Record<keyof MaskedProbe, z.ZodType<number>>);

const plainProbes = z.array(
  z.strictObject({
    round: count,
    loss: number,
    gradientSquared: number,
    parameterNorm: number,
    smoothness: z.strictObject({ hessian: measured, pruned: measured, local: measured, consecutive: measured }),
    masked: masked.nullable(),
    assigned: z.strictObject({ clients: count, localSteps: extremes, weight: extremes }).exactOptional(),
  } satisfies Record<keyof RoundProbe, z.ZodType>),
);

/** The state but its vectors, as JSON has it. */
export const plainState = z.strictObject({ probes: plainProbes, failure: notComputed.nullable() });

/** The state as a checkpoint keeps it: JSON and vectors. */
export function encodeProbes({ probes, last, failure }: ProbeState): {
  plain: unknown;
  arrays: CheckpointContent["arrays"];
} {
  const { parameters, gradient } = last ?? {};
  const arrays = parameters && gradient && { [vectors.parameters]: parameters, [vectors.gradient]: gradient };
  return { plain: { probes: probes.map(plainProbe), failure: failure ?? null }, arrays: arrays ?? {} };
}

/**
 * The state that `encodeProbes` kept.
 * @param size of a vector.
 * @throws FedscoreError FEDSCORE_CHECKPOINT where the parts do not fit one another.
 */
export function readProbes(
  { probes, failure: reason }: z.output<typeof plainState>,
  arrays: CheckpointContent["arrays"],
  { rounds, size }: { readonly rounds: number; readonly size: number },
): ProbeState {
  const isOrdered = probes.every(
    ({ round }, index) => round <= rounds && (index === 0 || round > probes[index - 1].round),
  );
  if (!isOrdered) throw checkpointError("its probes are not in the order of its rounds");
  const [parameters, gradient] = [arrays[vectors.parameters], arrays[vectors.gradient]];
  const failure = reason ?? undefined;
  if (probes.length === 0) return { probes, last: undefined, failure };
  if (!(parameters instanceof Float32Array && gradient instanceof Float64Array)) {
    throw checkpointError("it does not hold where it measured last");
  }
  if (parameters.length !== size || gradient.length !== size) {
    throw checkpointError(`its last measurement is not of ${size} parameters`);
  }
  return { probes, last: { parameters, gradient }, failure };
}

/** Names of the vectors in a checkpoint. */
const vectors = { parameters: "probed.parameters", gradient: "probed.gradient" } as const;

/** A probe as JSON text can have it. */
export function plainProbe(probe: RoundProbe): Readonly<Record<string, unknown>> {
  const named = (_: string, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  return JSON.parse(JSON.stringify(probe, named));
}
