import type { Transform } from "../../data/transforms/index.js";
import { principalAxes } from "../../data/transforms/principal-axes.js";
import type { Engine } from "../../kernels/index.js";
import { createTarget } from "../../targets/index.js";
import type { LawSpec } from "../../targets/law.js";
import type { NormalSpec } from "../../targets/normal.js";
import type { DataConfig } from "../config/data.js";
import { areClientsOwn } from "../config/own-rows.js";
import { isTarget } from "./draw-target.js";

/** The data law of a run with its exact denoiser, in the coordinates of the network; or why there is none. */
export type RunLaw = { readonly law: LawSpec } | { readonly reason: string };

/**
 * Looks at the target of a config and at the transforms that stand between it and the network: exact for every target under one
 * scale, for Gaussian ones under every transform.
 */
export function exactLaw(engine: Engine, data: DataConfig, transform: Transform): RunLaw {
  if (areClientsOwn(data)) return { reason: "the rows are the clients' own: their law is not known" };
  if (!isTarget(data)) return { reason: `data of kind "${data.kind}" are read from files: their law is not known` };
  const { train, heldOut, ...spec } = data;
  const target = createTarget(spec);
  if (!target.denoiser) return { reason: `the exact denoiser of ${data.kind} is not known in closed form` };
  const { affine } = transform;
  if (affine) return { law: { of: spec, affine } };
  const covariance = target.covariance?.(engine);
  if (covariance) return { law: { of: transformedNormal(engine, target.dimension, covariance, transform) } };
  return {
    reason: `the transforms (${transform.name}) do not scale all coordinates alike: noise in the network's coordinates is not isotropic in those of the target; use standardize with scale "global", or no transform`,
  };
}

/** The law of a transform A x + b of N(0, C): N(b, A C A^T), whatever A. The transform's own values at unit vectors give A. */
function transformedNormal(
  engine: Engine,
  dimension: number,
  covariance: Float64Array,
  transform: Transform,
): NormalSpec {
  const width = transform.outputDimension;
  const probes = new Float32Array((dimension + 1) * dimension);
  for (let j = 0; j < dimension; j++) probes[(j + 1) * dimension + j] = 1;
  const images = transform.forward(probes);
  const mean = Float64Array.from(images.subarray(0, width));
  const columns = Array.from({ length: dimension }, (_, j) =>
    mean.map((value, i) => images[(j + 1) * width + i] - value),
  );
  const mapped = columns.map((_, j) => {
    const row = new Float64Array(width);
    for (let k = 0; k < dimension; k++) {
      const factor = covariance[j * dimension + k];
      if (factor !== 0) for (let i = 0; i < width; i++) row[i] += factor * columns[k][i];
    }
    return row;
  });
  const product = new Float64Array(width * width);
  columns.forEach((column, j) => {
    for (let p = 0; p < width; p++) {
      for (let q = 0; q < width; q++) product[p * width + q] += column[p] * mapped[j][q];
    }
  });
  return { kind: "normal", mean, ...principalAxes(engine, product, width, width) };
}
