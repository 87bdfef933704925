import { member } from "../../family.js";
import { number } from "../../fields.js";
import type { PortableMath } from "../../kernels/index.js";
import { rateFields, roundsOf, warmedUp } from "./rate.js";

export const staircase = member({
  kind: "staircase",
  source: "Reddi et al., arXiv 2003.00295, section 5: decay of the clients' rate by 0.1 after each 500 rounds",
  text: "Times a factor after each so many rounds, for clients of any server; arXiv 2003.00295.",
  fields: {
    rounds: roundsOf(500, "Rounds of a stair."),
    factor: number("(0, 1)", 0.1, "Of one stair to that before it."),
    ...rateFields,
  },
  create: (spec, math: PortableMath) => warmedUp(spec, (done) => math.pow(spec.factor, Math.floor(done / spec.rounds))),
});
