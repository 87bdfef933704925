import { requireAnyNumber, requireLength, requireObject, requireTyped } from "../../errors.js";
import type { ClientMeasurement, ClientRound, ClientSmoothness } from "./measure-client.js";

/** Throws unless value is what `measureClient` gives of a network with so many parameters; its numbers may be NaN or infinite. */
export function requireMeasurement(measurement: ClientMeasurement, size: number): ClientMeasurement {
  const { loss, gradient, smoothness, round } = requireObject("measurement", measurement);
  requireAnyNumber("measurement.loss", loss);
  requireVector("measurement.gradient", gradient, size);
  requireQuotients(smoothness);
  if (round !== null) requireRound(round, size);
  return measurement;
}

function requireQuotients(smoothness: ClientSmoothness): void {
  const { hessian, pruned, local } = requireObject("measurement.smoothness", smoothness);
  for (const [key, quotient] of Object.entries({ hessian, pruned, local })) {
    if (quotient !== null) requireAnyNumber(`measurement.smoothness.${key}`, quotient);
  }
}

function requireRound(round: ClientRound, size: number): void {
  const { pruned, pruning, drift, variance, secondMoment } = requireObject("measurement.round", round);
  requireAnyNumber("measurement.round.pruned", pruned);
  requireVector("measurement.round.pruning", pruning, size);
  requireVector("measurement.round.drift", drift, size);
  requireVector("measurement.round.variance", variance, size);
  const { start, last } = requireObject("measurement.round.secondMoment", secondMoment);
  requireAnyNumber("measurement.round.secondMoment.start", start);
  requireAnyNumber("measurement.round.secondMoment.last", last);
}

function requireVector(argument: string, vector: Float64Array, size: number): void {
  requireTyped(argument, vector, Float64Array);
  requireLength(argument, vector, size);
}
