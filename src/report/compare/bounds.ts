import { ifComputed, isNotComputed } from "../../experiment/result/not-computed.js";
import type { RunBounds } from "../plots/compared-bounds.js";
import type { ComparedRun } from "./runs.js";

/** What is certain of the KL from the law of a run's data, as far as there is something. */
export function boundsOf({ label, result }: ComparedRun): RunBounds {
  const { klInterval, lowerBound, certificate, dataLaw } = result;
  const interval = ifComputed(klInterval);
  const lower = ifComputed(lowerBound)?.value;
  // Against the training rows it is another KL.
  const upper = dataLaw || isNotComputed(certificate) ? undefined : (certificate?.upper ?? undefined);
  return {
    label,
    ...(interval && { interval: { low: interval.low, high: interval.high } }),
    ...(lower !== undefined && { lower }),
    ...(upper !== undefined && { certificate: upper }),
  };
}
