import { ArgumentError, ArgumentTypeError } from "../../errors.js";
import { fedAdam } from "./fedadam.js";
import { fedAvg } from "./fedavg.js";
import { fedAvgM } from "./fedavgm.js";
import type { ServerOptimizer, ServerOptimizerFamily, ServerOptimizerSpec } from "./server-optimizer.js";

export type { ServerOptimizer, ServerOptimizerSpec, ServerStep } from "./server-optimizer.js";

/** Every server optimizer by its kind. */
export const serverOptimizers: {
  readonly [Kind in ServerOptimizerSpec["kind"]]: ServerOptimizerFamily<
    Extract<ServerOptimizerSpec, { readonly kind: Kind }>
  >;
} = {
  fedavg: fedAvg,
  fedavgm: fedAvgM,
  fedadam: fedAdam,
};

export function createServerOptimizer(argument: string, spec: ServerOptimizerSpec): ServerOptimizer {
  if (typeof spec !== "object" || spec === null)
    throw new ArgumentTypeError(argument, "must be an object with a kind", spec);
  if (!Object.hasOwn(serverOptimizers, spec.kind)) {
    throw new ArgumentError(
      `${argument}.kind`,
      `must be one of ${Object.keys(serverOptimizers).join(", ")}`,
      spec.kind,
    );
  }
  const family: ServerOptimizerFamily<never> = serverOptimizers[spec.kind];
  return family.create(argument, spec as never);
}
