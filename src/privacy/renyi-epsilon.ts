import { ArgumentError, requireArray, requireNumber } from "../errors.js";
import { requireDelta, requireMechanisms, type SampledGaussian } from "./mechanism.js";
import { divergenceOf, renyiOrders } from "./renyi.js";

/** An epsilon from Renyi divergences, and the order that gave it. */
export interface RenyiEpsilon {
  readonly epsilon: number;
  readonly order: number;
}

/**
 * The smallest epsilon over some orders with which the mechanisms together are (epsilon, delta)-private: proposition 12 of arXiv 2004.00010.
 * @param orders > 1 each, at least one.
 * @throws ArgumentError or ArgumentTypeError naming what is out of range.
 */
export function renyiEpsilon(
  mechanisms: readonly SampledGaussian[],
  delta: number,
  orders: readonly number[] = renyiOrders,
): RenyiEpsilon {
  const some = requireMechanisms("mechanisms", mechanisms);
  requireDelta(delta);
  requireArray("orders", orders);
  if (orders.length === 0) throw new ArgumentError("orders", "must have at least one entry", orders);
  for (const [index, order] of orders.entries())
    requireNumber(`orders[${index}]`, order, "must be finite and > 1", (value) => value > 1);
  const found = orders.map((order) => ({ order, epsilon: converted(divergenceOf(some, order), order, delta) }));
  return found.reduce((best, each) => (each.epsilon < best.epsilon ? each : best));
}

/** The epsilon that a divergence of this order gives: 0 where it would be negative. */
function converted(divergence: number, order: number, delta: number): number {
  const epsilon = divergence + Math.log1p(-1 / order) - (Math.log(delta) + Math.log(order)) / (order - 1);
  return Math.max(0, epsilon);
}
