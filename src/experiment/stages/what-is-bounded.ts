import type { Assumption } from "../../theory/bound.js";
import type { NetworkData } from "../../theory/certificate/unit-task.js";
import type { CertificationSubject } from "./subject.js";

/** What a bound on a subject's samples is about, where that is not what the run drew. */
export function whatIsBounded({ denoiseLast, network }: CertificationSubject, bound: string): Assumption[] {
  return [...(denoiseLast ? [statesAreBeforeLastDenoising(bound)] : []), ...whoIsAsked(network, bound)];
}

function statesAreBeforeLastDenoising(bound: string): Assumption {
  return {
    statement: `the ${bound} is about x_delta, the sampler's state before its last denoising`,
    met: true,
    evidence: "the run was sampled with denoiseLast",
  };
}

/** For which class a network with classes is bounded. */
export function whoIsAsked({ spec, class: label }: NetworkData, bound: string): Assumption[] {
  if (spec.classes === undefined) return [];
  const about = label === undefined ? "without a class" : `for class ${label}`;
  return [
    {
      statement: `the ${bound} is about the network asked ${about}, with guidance of scale 1`,
      met: true,
      evidence: "guided samples, and samples of several classes together, follow another law",
    },
  ];
}

/** The same with more assumptions. */
export function withAssumptions<B extends { readonly assumptions: readonly Assumption[] }>(
  bound: B,
  more: readonly Assumption[],
): B {
  return more.length === 0 ? bound : { ...bound, assumptions: [...bound.assumptions, ...more] };
}
