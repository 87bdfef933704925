import { createFrom, familyOf, type SpecOf } from "../../family.js";
import { fedAdam } from "./fedadam.js";
import { fedAvg } from "./fedavg.js";
import { fedAvgM } from "./fedavgm.js";
import type { ServerOptimizer } from "./server-optimizer.js";

export type { ServerOptimizer, ServerStep } from "./server-optimizer.js";

/** Every server optimizer by its kind. */
export const serverOptimizers = familyOf(fedAvg, fedAvgM, fedAdam);

/** How the server moves, as plain data: `kind` is the optimizer's name, settings may be absent for their defaults. */
export type ServerOptimizerSpec = SpecOf<typeof serverOptimizers>;

/** The optimizer that a specification names. Throws ArgumentError naming what is out of range, as `${argument}.learningRate`. */
export function createServerOptimizer(argument: string, spec: ServerOptimizerSpec): ServerOptimizer {
  return createFrom(serverOptimizers, argument, spec);
}
