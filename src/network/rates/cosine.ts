import { member } from "../../family.js";
import { number, required } from "../../fields.js";
import type { PortableMath } from "../../kernels/index.js";
import { rateFields, roundsOf, warmedUp } from "./rate.js";

/** final + (1 - final) (1 + cos(pi p)) / 2, where p goes from 0 after the warm-up to 1 after `rounds`. */
export const cosine = member({
  kind: "cosine",
  source: "Loshchilov and Hutter, arXiv 1608.03983, equation 5, without restarts",
  text: "Half a cosine from the full rate to its end; arXiv 1608.03983.",
  fields: {
    rounds: roundsOf(
      required,
      "Rounds after which the rate stays at its end, warm-up included: as a rule all rounds of the run. Said here, so that a run to which rounds are added begins as before.",
    ),
    final: number("[0, 1]", 0, "Share of the rate at the end."),
    ...rateFields,
  },
  check({ rounds, warmup }) {
    return warmup < rounds
      ? undefined
      : { path: ["warmup"], rule: `must be less than rounds = ${rounds}`, value: warmup };
  },
  create: (spec, math: PortableMath) =>
    warmedUp(spec, (done) => {
      const progress = Math.min(1, Math.max(0, done - spec.warmup) / (spec.rounds - spec.warmup));
      return spec.final + ((1 - spec.final) * (1 + math.cos(Math.PI * progress))) / 2;
    }),
});
