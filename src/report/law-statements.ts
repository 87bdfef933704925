import { isNotComputed, type Part } from "../experiment/result/not-computed.js";
import type { ExperimentResult } from "../experiment/result/schema.js";
import { formatNumber } from "./format.js";
import type { LawKl } from "./parts.js";

type LawKlPoint = LawKl["points"][number];
type Words = (value: number) => string;

/** A bound of less says something of what samples look like. */
const telling = 1;

/** The points of the curve that a reader is told: its end, and the least noise at which it is below 1 nat, where there is one. */
export function toldPoints({ points }: LawKl): LawKlPoint[] {
  const last = points[points.length - 1];
  const below = points.filter(({ upper }) => upper <= telling);
  const finest = below.reduce<LawKlPoint | undefined>(
    (best, point) => (best && best.noise <= point.noise ? best : point),
    undefined,
  );
  return finest && finest !== last ? [last, finest] : [last];
}

/** "KL <= 168 nats at noise 0.03, 0.9 at noise 2.1". */
export function klWords(kl: LawKl, words: Words, atMost = "<="): string {
  const parts = toldPoints(kl).map(({ upper, noise }, index) => {
    const unit = index === 0 ? " nats" : "";
    return `${words(upper)}${unit} at noise ${words(noise)}`;
  });
  return `KL ${atMost} ${parts.join(", ")}`;
}

/** One sentence: what of a run with rows for data is certain about their law, what about the rows alone, and what is an estimate. */
export function lawSentence({ dataLaw, certificate }: ExperimentResult): string {
  if (!dataLaw) return "";
  const { kl, mmd, totalVariation } = dataLaw;
  const known = <T>(part: Part<T>, words: (value: T) => string) => (isNotComputed(part) ? [] : [words(part)]);
  const law = [
    ...known(mmd, ({ lower, upper }) => `MMD between ${formatNumber(lower)} and ${formatNumber(upper)}`),
    ...known(totalVariation, ({ value }) => `total variation of at least ${formatNumber(value)}`),
    ...known(kl, (curve) => `${klWords(curve, formatNumber, "of at most")} (${curve.sampler} sampling stopped there)`),
  ];
  const certified = isNotComputed(certificate) ? null : (certificate?.upper ?? null);
  const rows =
    certified === null
      ? "of the empirical law of the training rows nothing is certified"
      : `of the empirical law of the training rows alone, KL of at most ${formatNumber(certified)} nats`;
  const about = law.length === 0 ? "nothing" : law.join(", ");
  return `Certified of the law that the data were drawn from, against that of the samples: ${about}; ${rows}; every other number, the measured divergences among them, is an estimate.`;
}
