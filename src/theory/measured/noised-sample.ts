import { finiteEntries } from "../../data/finite.js";
import type { NoiseLevel } from "../../diffusion/schedule.js";
import { requireFloats, requireInteger, requireMethods, requireNumber, requireObject } from "../../errors.js";
import { type Engine, normals, Purpose, requireEngine } from "../../kernels/index.js";
import type { Target } from "../../targets/target.js";

/**
 * Rows of X_t = alpha X_0 + sigma Z, float32 [count, dimension]: at the grid's last level draws of q_delta, the law that the bounds compare
 * samples with. The seed must differ from that of the training data: targets draw rows by the seed alone.
 */
export function noisedSample(
  engine: Engine,
  target: Pick<Target, "sample" | "dimension">,
  level: Pick<NoiseLevel, "alpha" | "sigma">,
  count: number,
  seed: number,
): Float32Array {
  const { alpha, sigma } = requireObject("level", level);
  requireNumber("alpha", alpha);
  requireNumber("sigma", sigma);
  requireEngine(engine);
  requireMethods("target", target, ["sample"]);
  requireInteger("count", count, 1, 2 ** 29);
  const { points } = requireObject("target.sample(...)", target.sample(engine, count, seed));
  requireFloats("target.sample(...).points", points);
  const noise = normals(engine, points.length, { seed, purpose: Purpose.lowerBound, client: 2 });
  return finiteEntries(
    "noisedSample",
    points.map((value, at) => alpha * value + sigma * noise[at]),
  );
}
