import {
  requireAnyNumber,
  requireInteger,
  requireLength,
  requireMethods,
  requireObject,
  requireTyped,
} from "../../errors.js";
import type { GradientOracle } from "./gradient-oracle.js";

/**
 * An oracle whose answers are of the kinds that it promises, or are refused. Its numbers may be NaN or infinite: that is a measurement.
 * @throws ArgumentError or ArgumentTypeError for what is no oracle.
 */
export function checkedOracle(oracle: GradientOracle): GradientOracle {
  requireMethods("oracle", oracle, ["exact", "sample"]);
  const size = requireInteger("oracle.size", oracle.size, 1);
  const requireGradient = (argument: string, gradient: Float64Array): Float64Array => {
    requireTyped(argument, gradient, Float64Array);
    requireLength(argument, gradient, size);
    return gradient;
  };
  return {
    size,
    exact(parameters) {
      const { loss, gradient } = requireObject("oracle.exact()", oracle.exact(parameters));
      requireAnyNumber("oracle.exact().loss", loss);
      return { loss, gradient: requireGradient("oracle.exact().gradient", gradient) };
    },
    sample: (parameters, draw) => requireGradient("oracle.sample()", oracle.sample(parameters, draw)),
  };
}
