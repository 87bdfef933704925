import { titleOf } from "../divergence/index.js";
import { ifComputed, isNotComputed } from "../experiment/result/not-computed.js";
import type { ExperimentResult } from "../experiment/result/schema.js";
import { formatNumber, formatPercent } from "./format.js";
import { toldPoints } from "./law-statements.js";
import { qualityOf, qualitySentence, scoreValue } from "./table-sources.js";

/** What the terms of a bound come from. */
const origins: Readonly<Record<string, string>> = {
  initialization: "where sampling starts",
  score: "the trained score",
  covariance: "the sampler’s covariance",
  discretization: "the sampler’s steps",
};

const words = (value: number) => formatNumber(value, 3);

/** What a run comes to, in one sentence: the sharpest that is certain, and beside it what was measured. */
export function verdictOf(result: ExperimentResult): string {
  if (result.samples)
    return `The network is trained, but no samples could be drawn from it: ${result.samples.notComputed}.`;
  const clauses = [bound(result), tableClause(result) ?? seen(result) ?? measured(result)].filter(
    (clause) => clause !== undefined,
  );
  return `${clauses.join("; ")}.`;
}

function bound(result: ExperimentResult): string {
  const { certificate, certificateNote, klInterval, lowerBound, dataLaw } = result;
  const interval = ifComputed(klInterval);
  const certified = dataLaw ? undefined : (ifComputed(certificate) ?? undefined);
  const upper = certified?.upper ?? undefined;
  const about = `the KL divergence from the law of the data to that of ${whose(result)}`;
  if (interval) {
    const besides =
      upper === undefined ? "" : `, and the certificate, which needs no normality, says at most ${words(upper)}`;
    return `With ${formatPercent(interval.confidence)} confidence ${about} lies between ${words(interval.low)} and ${words(interval.high)} nats${besides}`;
  }
  if (certified && upper !== undefined) {
    const below = ifComputed(lowerBound);
    const least = below ? `, and at least ${words(below.value)} by another bound` : "";
    return `With ${formatPercent(certified.confidence)} confidence ${about} is at most ${words(upper)} nats${mostOf(certified.terms, upper)}${least}`;
  }
  if (dataLaw) return boundOnRows(dataLaw) ?? nothing(certificateNote);
  return nothing(isNotComputed(certificate) ? certificate.notComputed : (certified?.vacuous ?? certificateNote));
}

/** Who is bounded: a network with classes is asked without one. */
function whose({ config }: ExperimentResult): string {
  return config.network.classes === undefined ? "the samples" : "samples without a class";
}

function nothing(reason: string | null | undefined): string {
  const why = typeof reason === "string" ? ` (${reason})` : "";
  return `Nothing is certain of how far the samples are from the law of the data${why}`;
}

function boundOnRows({ mmd, kl }: NonNullable<ExperimentResult["dataLaw"]>): string | undefined {
  const distance = ifComputed(mmd);
  if (distance) {
    const { confidence, lower, upper } = distance;
    return `With ${formatPercent(confidence)} confidence the MMD of the samples’ law and the law that the data were drawn from lies between ${words(lower)} and ${words(upper)}`;
  }
  const curve = ifComputed(kl);
  if (!curve) return undefined;
  const { noise, upper } = toldPoints(curve).slice(-1)[0];
  return `With ${formatPercent(curve.confidence)} confidence sampling that stops at noise ${words(noise)} is within ${words(upper)} nats of the law of the data under that noise`;
}

/** ", most of it from the trained score" where one term is more than half. */
function mostOf(terms: Readonly<Record<string, { readonly value: number }>>, upper: number): string {
  const largest = Object.entries(terms).find(([, { value }]) => value > upper / 2);
  const origin = largest && origins[largest[0]];
  return origin === undefined ? "" : `, most of it from ${origin}`;
}

/** How good a synthetic table is. */
function tableClause({ table }: ExperimentResult): string | undefined {
  const told = table && ifComputed(table);
  if (!told || scoreValue(qualityOf(told.synthetic)?.overall) === undefined) return undefined;
  const sentence = qualitySentence(told);
  return sentence.charAt(0).toLowerCase() + sentence.slice(1, -1);
}

/** What a classifier says, where classes were asked for. */
function seen({ judged }: ExperimentResult): string | undefined {
  const accuracy = ifComputed(ifComputed(judged)?.scores.conditionalAccuracy ?? undefined);
  if (!accuracy || isNotComputed(accuracy)) return undefined;
  const { value, floor } = accuracy;
  const data = isNotComputed(floor) ? "" : `, in held-out rows ${formatPercent(round(floor.value))}`;
  return `a classifier finds the class that was asked for in ${formatPercent(round(value))} of the samples${data}`;
}

function round(share: number): number {
  return Number(share.toPrecision(3));
}

function measured({ measured: all }: ExperimentResult): string | undefined {
  const [first] = Object.entries(all);
  if (!first) return undefined;
  const [name, divergence] = first;
  if (isNotComputed(divergence)) return undefined;
  const { value, unit, floor } = divergence;
  const of = unit === "1" ? "" : ` ${unit}`;
  const fresh = isNotComputed(floor) ? "" : `, where fresh data measure ${words(floor.value)}`;
  return `the samples measure ${words(value)}${of} from held-out data in ${titleOf(name)}${fresh}`;
}
