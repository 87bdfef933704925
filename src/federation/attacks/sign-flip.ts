import { member } from "../../family.js";
import { number } from "../../fields.js";
import { attackFields, type UpdateAttack } from "./attack.js";

export const signFlip = member({
  kind: "sign-flip",
  source:
    "Li et al., RSA: Byzantine-Robust Stochastic Aggregation Methods, AAAI 2019, arXiv 1811.03761 (sign-flipping attacks)",
  text: "Attackers send minus a multiple of their update; arXiv 1811.03761.",
  fields: { ...attackFields, scale: number("(0, inf)", 4, "Multiple of the update that is sent with the other sign.") },
  create: ({ scale }): UpdateAttack => ({
    on: "updates",
    corrupt: ({ attackers }) => attackers.map(({ values }) => Float64Array.from(values, (value) => -scale * value)),
  }),
});
