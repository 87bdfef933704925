import { FedscoreError } from "../../errors.js";
import type { Target } from "../../targets/target.js";

/** A law whose density is known at every noise level. */
export interface DenseTarget extends Target {
  marginalLogDensity: NonNullable<Target["marginalLogDensity"]>;
}

/** The law, if its density is known. Throws FEDSCORE_UNSUPPORTED for others. */
export function requireDensity(law: Target): DenseTarget {
  const { marginalLogDensity } = law;
  if (marginalLogDensity) return { ...law, marginalLogDensity };
  throw new FedscoreError("FEDSCORE_UNSUPPORTED", `the density of ${law.name} with noise is not known`, {
    law: law.name,
  });
}
