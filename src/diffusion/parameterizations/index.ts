import { familyOf } from "../../family.js";
import { edm } from "./edm.js";
import { eps } from "./eps.js";
import { flow } from "./flow.js";
import { score } from "./score.js";
import { v } from "./v.js";
import { x0 } from "./x0.js";

/** What a network may predict, by name. */
export const parameterizations = familyOf(eps, x0, v, score, edm, flow);

/** Names of the parameterizations. */
export type ParameterizationName = keyof typeof parameterizations;
