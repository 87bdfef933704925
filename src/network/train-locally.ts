import {
  ArgumentError,
  ArgumentTypeError,
  requireFloats,
  requireInteger,
  requireLength,
  requireMethods,
  requireObject,
  requireTyped,
} from "../errors.js";
import { type Engine, type Float32Block, levelHeader, requireBlock, requireEngine } from "../kernels/index.js";
import { levelCount, withoutView } from "./batch.js";
import { createOptimizer } from "./optimizers/index.js";
import { privateGradients } from "./private-gradients.js";
import { createRate } from "./rates/index.js";
import { layoutOf, rowWidth } from "./spec.js";
import { plainGradients, type StepGradients } from "./step-gradients.js";
import type { InPlaceTrainingRequest, LocalTrainingRequest, LocalTrainingResult } from "./training.js";
import { requireTraining } from "./training-fields.js";

/**
 * Local training of one client by denoising score matching (Vincent 2011; Ho et al. 2020, algorithm 1): each step draws rows, noise
 * levels and noise keyed by (seed, round, client, step), so the result does not depend on where or when it runs.
 * Overwrites `request.parameters`. Stops at the first step whose loss is not finite, says which, and leaves the parameters alone.
 */
export function trainLocally(engine: Engine, request: LocalTrainingRequest): LocalTrainingResult {
  requireRequest(request);
  return requireEngine(engine).arena.scope(() => {
    const points = withoutView(engine, request.points);
    const parameters = engine.arena.copyIn(request.parameters);
    const result = trainInPlace(engine, { ...request, points, parameters });
    if (result.nonFiniteStep === undefined) request.parameters.set(parameters.array);
    return result;
  });
}

/** A stream of random numbers has as many. */
const mostSteps = 2 ** 32 - 1;

function requireRequest(request: LocalTrainingRequest): void {
  const { spec, settings, steps, parameters, points, levelTable, keep, rule, lossSums } = requireObject(
    "request",
    request,
  );
  const { size } = layoutOf(requireObject("spec", spec));
  requireFloats("parameters", parameters, size);
  requireTraining("settings", settings);
  requireInteger("steps", steps, 1, mostSteps);
  requirePoints(points);
  requireRowsOf("points", points, rowWidth(spec));
  requireRowsOf("levelTable", requireBlock("levelTable", levelTable), levelHeader + spec.noiseFeatures);
  if (rule !== undefined) requireMethods("rule", rule, ["correct"]);
  if (lossSums !== undefined) requireLossSums(lossSums, levelCount(request));
  if (keep === undefined) return;
  requireTyped("keep", keep, Uint8Array);
  requireLength("keep", keep, size);
}

function requireLossSums(sums: Float64Array, levels: number): void {
  requireTyped("lossSums", sums, Float64Array);
  if (sums.length > 0 && sums.length % 2 === 0 && sums.length <= 2 * levels) return;
  throw new ArgumentError("lossSums", `must have an even number of 2 to ${2 * levels} entries`, sums.length);
}

function requirePoints(points: Float32Array | Float32Block): void {
  if (points instanceof Float32Array) return;
  if (typeof points !== "object" || points === null || ArrayBuffer.isView(points) || !("pointer" in points))
    throw new ArgumentTypeError("points", "must be a Float32Array or a Float32Block, as an arena gives it", points);
  requireBlock("points", points);
}

function requireRowsOf(argument: string, { length }: { readonly length: number }, width: number): void {
  if (length > 0 && length % width === 0) return;
  throw new ArgumentError(argument, `must have a positive multiple of ${width} entries`, length);
}

/** The same on parameters in the engine's memory, which are void when it stops early. */
export function trainInPlace(engine: Engine, request: InPlaceTrainingRequest): LocalTrainingResult {
  const { spec, settings, steps } = request;
  const { arena } = engine;
  requireInteger("steps", steps, 1);
  if (request.points.length === 0) {
    throw new ArgumentError("points", `must hold at least 1 row of client ${request.client}`, 0);
  }
  return arena.scope(() => {
    const { privacy } = settings;
    const gradients = privacy
      ? privateGradients(engine, { ...request, settings: { ...settings, privacy } })
      : plainGradients(engine, request);
    const { session } = gradients;
    const optimizer = createOptimizer(engine, settings.optimizer, layoutOf(spec).size);
    const rate = settings.rate && createRate(engine, settings.rate);
    const keep = request.keep && arena.copyBytes(request.keep);
    const losses = new Float64Array(steps);
    const { pointer } = session.parameters;
    const intact = () => engine.kernels.countNonFinite(pointer, session.parameters.length) === 0;
    const brokenAt = (step: number): LocalTrainingResult => ({
      losses: losses.subarray(0, step + 1),
      flops: flopsOf(gradients, step + 1),
      nonFiniteStep: step,
    });
    for (let step = 0; step < steps; step++) {
      losses[step] = gradients.take(step);
      // A loss is lost in the step before where that one spoiled the parameters.
      if (!Number.isFinite(losses[step])) return brokenAt(step > 0 && !intact() ? step - 1 : step);
      request.rule?.correct({ step, parameters: pointer, gradient: session.gradient.pointer });
      const { gradientNorm = 0 } = optimizer.step(pointer, session.gradient.pointer, {
        clipNorm: settings.clipNorm,
        rate: rate?.({ round: request.round, step, steps }),
        keep,
      });
      if (!Number.isFinite(gradientNorm)) return brokenAt(step);
    }
    if (!intact()) return brokenAt(steps - 1);
    request.rule?.end?.({ steps, parameters: pointer });
    return { losses, flops: flopsOf(gradients, steps) };
  });
}

function flopsOf({ session: { flopsPerSample }, rows }: StepGradients, steps: number): number {
  return (flopsPerSample.forward + flopsPerSample.backward) * rows * steps;
}
