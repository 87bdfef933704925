import { member } from "../../family.js";
import { required } from "../../fields.js";
import { rateFields, roundsOf, warmedUp } from "./rate.js";

/** 1 / sqrt(max(t / rounds, 1)) after t rounds. */
export const inverseSqrt = member({
  kind: "inverse-sqrt",
  source: "Karras et al., arXiv 2312.02696, appendix B.1; Vaswani et al., arXiv 1706.03762, equation 3",
  text: "The full rate for some rounds, then as one over the root of the round; arXiv 2312.02696.",
  fields: { rounds: roundsOf(required, "Rounds at the full rate, warm-up included."), ...rateFields },
  create: (spec) => warmedUp(spec, (done) => 1 / Math.sqrt(Math.max(1, done / spec.rounds))),
});
