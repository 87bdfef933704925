import type { Certificate } from "../../theory/certificate/certificate.js";
import { isNotComputed } from "../result/not-computed.js";
import type { ExperimentResult } from "../result/schema.js";
import type { RunBounds } from "./bound-run.js";
import type { Certification } from "./certify.js";
import type { BoundComparison } from "./compare-bounds.js";

/** What a result says of a certification. */
export function describeCertification(
  certification: Certification | undefined,
): Pick<ExperimentResult, "certificate" | "certificateNote" | "variational"> {
  if (!certification) return { certificate: null, certificateNote: "the config asks for none" };
  const { certificate, reason, variational } = certification;
  return {
    certificate: certificate === null || isNotComputed(certificate) ? certificate : plainCertificate(certificate),
    ...(reason !== undefined && { certificateNote: reason }),
    ...(variational && { variational }),
  };
}

/** JSON has no typed arrays. */
function plainCertificate({ steps, ...bound }: Certificate) {
  if (!steps) return bound;
  const { snr, score, discretization, mmse } = steps;
  return {
    ...bound,
    steps: { snr: [...snr], score: [...score], discretization: [...discretization], mmse: [...mmse] },
  };
}

/** What a result says of an interval; nothing where the config asks for none. */
export function describeInterval(
  interval: RunBounds["interval"],
): Pick<ExperimentResult, "klInterval" | "klIntervalNote"> {
  if (!interval) return {};
  return "unavailable" in interval ? { klIntervalNote: interval.unavailable } : { klInterval: interval };
}

/** What a result says of a comparison of bounds. */
export function describeComparison(
  comparison: BoundComparison | undefined,
): Pick<ExperimentResult, "lowerBound" | "lowerBoundNote" | "sandwich"> {
  if (!comparison) return { lowerBound: null, lowerBoundNote: "the config asks for no certificate" };
  const { lowerBound, sandwich } = comparison;
  return "unavailable" in lowerBound
    ? { lowerBound: null, lowerBoundNote: lowerBound.unavailable, sandwich }
    : { lowerBound, sandwich };
}
