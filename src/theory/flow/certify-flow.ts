import { validateGrid } from "../../diffusion/grid.js";
import { requireInteger, requireNumber } from "../../errors.js";
import { bitsPerDimension, vacuousBound } from "../bound.js";
import { requireResolution } from "../certificate/assumptions.js";
import { type Certificate, type CertificateOptions, requirePossible } from "../certificate/certificate.js";
import { looksOf } from "../certificate/looks.js";
import { cellsOf } from "../certificate/open-run.js";
import { allocate, repeated } from "../certificate/plan.js";
import { strataOf, unitPaths } from "../certificate/strata.js";
import { mostPaths, requireConfidence } from "../confidence.js";
import { type FlowEvidence, type FlowSubject, flowAssumptions, flowCaveat } from "./flow-assumptions.js";
import { FlowCalls, type FlowRunner } from "./flow-calls.js";
import { flowExtent } from "./flow-extent.js";
import { type FlowEnds, FlowTally } from "./flow-tally.js";

/**
 * Upper bound on KL(q_delta || p_theta) in nats of a deterministic sampler, by change of variables (theorem `change-of-variables`): `paths` rows of
 * the data law are inverted, and as many samples made and inverted; where determinants are estimated, rows of the data law alone. The law is cut into strata as for paths. Deterministic for a seed, whatever the
 * number of workers; without a value where a row has no preimage.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED where float32 does not resolve the noise that is left at delta.
 */
export async function certifyFlow(
  subject: FlowSubject,
  runUnits: FlowRunner,
  options: CertificateOptions,
): Promise<Certificate> {
  const { confidence = 0.95, precision, onProgress } = options;
  requireInteger("paths", options.paths, 1, mostPaths);
  requireConfidence(confidence, 0.5);
  if (precision !== undefined) requireNumber("precision", precision, "must be > 0", (value) => value > 0);
  validateGrid("grid", subject.grid.times, subject.schedule);
  const strata = strataOf(cellsOf(subject.target));
  const { weights } = strata;
  const { units: wanted, pilot: each } = flowExtent(strata, options.paths);
  const calls = new FlowCalls(runUnits, options.signal);

  const first = repeated(new Uint32Array(weights.length).fill(each));
  const pilot = await calls.units(first);
  requireResolution(subject, pilot.reach);
  const tally = new FlowTally(strata, pilot, first);
  const evidence: FlowEvidence = { subject, strata, tally, confidence, precision };
  if (tally.inversions.failed > 0) return withoutValue(evidence);
  for (const [look, units] of looksOf(wanted, weights.length, precision).entries()) {
    const stratumOf = repeated(allocate(weights, tally.scales, units));
    const before = tally.rows;
    const onUnits = (done: number) => onProgress?.({ paths: before + done * unitPaths, of: wanted * unitPaths });
    tally.add(await calls.units(stratumOf, onUnits), stratumOf);
    if (tally.inversions.failed > 0) return withoutValue(evidence);
    if (precision === undefined) break;
    const ends = tally.ends((1 - confidence) / ((look + 1) * (look + 2)));
    if (ends.upper - ends.value <= precision * ends.value || tally.rows >= wanted * unitPaths) {
      return assemble(evidence, ends);
    }
  }
  return assemble(evidence, tally.ends(1 - confidence));
}

/** What U is the logarithm of. */
const denser = "how much denser the data law is than the sampler's at its own points";

function assemble(evidence: FlowEvidence, ends: FlowEnds): Certificate {
  const { subject, tally, confidence } = evidence;
  const { sampler, target } = subject;
  const { value, upper, density, stray } = ends;
  requirePossible(upper, sampler);
  const caveat = flowCaveat(evidence);
  return {
    name: nameOf(subject),
    theorem: "change-of-variables",
    value,
    upper,
    unit: "nats",
    bitsPerDimension: bitsPerDimension(upper, target.dimension),
    confidence,
    terms: {
      density: { ...density, meaning: stray ? `${denser}, less what is in excess there` : denser },
      ...(stray && {
        stray: {
          ...stray,
          meaning: "samples where the data law has next to nothing, which its own points do not show",
        },
      }),
    },
    assumptions: flowAssumptions(evidence, ends),
    interval: tally.interval(confidence),
    samples: tally.rows,
    ...(caveat !== undefined && { caveat }),
    sampler,
    dimension: target.dimension,
  };
}

/** What stands in place of a certificate where a row has no preimage. */
function withoutValue(evidence: FlowEvidence): Certificate {
  const { subject, confidence } = evidence;
  const { sampler, target } = subject;
  const bound = vacuousBound(nameOf(subject), "change-of-variables", flowAssumptions(evidence, undefined), confidence);
  const caveat = flowCaveat(evidence);
  return { ...bound, ...(caveat !== undefined && { caveat }), sampler, dimension: target.dimension };
}

function nameOf({ sampler }: FlowSubject): string {
  return `certificate (${sampler})`;
}
