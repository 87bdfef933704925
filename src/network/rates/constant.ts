import { member } from "../../family.js";
import { rateFields, warmedUp } from "./rate.js";

export const constant = member({
  kind: "constant",
  text: "The same rate throughout, after its warm-up.",
  fields: rateFields,
  create: (spec) => warmedUp(spec, () => 1),
});
