import type { Bound } from "../theory/bound.js";
import type { Certificate } from "../theory/certificate/certificate.js";
import type { Certification } from "./certification.js";
import type { ExperimentResult } from "./result.js";
import type { BoundComparison } from "./sandwich.js";

/** The certificate of a result, with plain arrays. */
export function describeCertification(
  certification: Certification | undefined,
): Pick<ExperimentResult, "certificate" | "certificateNote" | "variational"> {
  if (!certification) return { certificate: null, certificateNote: "the config asks for none" };
  const { certificate, reason, variational } = certification;
  return {
    certificate: certificate && plainCertificate(certificate),
    ...(reason !== undefined && { certificateNote: reason }),
    ...(variational && { variational: plainBound(variational) }),
  };
}

/** Lower bound and sandwich of a result, with plain arrays. */
export function describeComparison(
  comparison: BoundComparison | undefined,
): Pick<ExperimentResult, "lowerBound" | "lowerBoundNote" | "sandwich"> {
  if (!comparison) return { lowerBound: null, lowerBoundNote: "the config asks for no certificate" };
  const { lowerBound, sandwich } = comparison;
  return {
    ...("unavailable" in lowerBound
      ? { lowerBound: null, lowerBoundNote: lowerBound.unavailable }
      : { lowerBound: { ...lowerBound, assumptions: [...lowerBound.assumptions] } }),
    sandwich: { rows: [...sandwich.rows], notes: [...sandwich.notes] },
  };
}

/** A bound with plain arrays. */
export function plainBound(bound: Bound) {
  return { ...bound, terms: { ...bound.terms }, assumptions: [...bound.assumptions] };
}

function plainCertificate(certificate: Certificate) {
  const { snr, score, discretization, mmse } = certificate.steps;
  return {
    ...plainBound(certificate),
    sampler: certificate.sampler,
    dimension: certificate.dimension,
    steps: { snr: [...snr], score: [...score], discretization: [...discretization], mmse: [...mmse] },
  };
}
