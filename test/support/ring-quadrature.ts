import { levelsOf, type TimeGrid } from "../../src/diffusion/grid.js";
import type { NoiseLevel, NoiseSchedule } from "../../src/diffusion/schedule.js";

/** `ringOfEight`: by its symmetry a mean over the law is one over a mode, and over the half of it above its axis. */
const modes = 8;
const radius = 4 / Math.sqrt(8.09);
const variance = 0.09 / 8.09;
const centers = Array.from({ length: modes }, (_, k) => [
  radius * Math.cos((2 * Math.PI * k) / modes),
  radius * Math.sin((2 * Math.PI * k) / modes),
]);

/** Nodes of a trapezoidal rule in deviations of the mode: it errs by e^-(2 pi^2 / spacing^2). */
const reach = 8;
const spacing = 0.25;

interface RingLevel {
  /** E[-log q] and E tr Sigma. */
  readonly entropy: number;
  readonly mmse: number;
  /** Of each node. */
  readonly weights: Float64Array;
  /** The two eigenvalues of Sigma, one after the other. */
  readonly eigenvalues: Float64Array;
}

function levelOf({ alpha, sigma }: NoiseLevel): RingLevel {
  const spread = alpha * alpha * variance + sigma * sigma;
  const side = Math.round(reach / spacing);
  const count = (2 * side + 1) * (side + 1);
  const [weights, eigenvalues] = [new Float64Array(count), new Float64Array(2 * count)];
  let [entropy, mmse, node] = [0, 0, 0];
  for (let i = -side; i <= side; i++) {
    for (let j = 0; j <= side; j++) {
      const [u, v] = [i * spacing, j * spacing];
      const weight = ((j === 0 ? 1 : 2) * spacing * spacing * Math.exp(-0.5 * (u * u + v * v))) / (2 * Math.PI);
      const [x, y] = [alpha * centers[0][0] + Math.sqrt(spread) * u, Math.sqrt(spread) * v];
      const { logDensity, between } = at(x, y, alpha, spread);
      const within = (variance * sigma * sigma) / spread;
      const shrink = (sigma * sigma) / spread;
      const [a, b, c] = between.map((value) => shrink * shrink * value);
      const [middle, half] = [0.5 * (a + c), Math.hypot(0.5 * (a - c), b)];
      weights[node] = weight;
      eigenvalues[2 * node] = within + middle + half;
      eigenvalues[2 * node + 1] = within + Math.max(0, middle - half);
      entropy -= weight * logDensity;
      mmse += weight * 2 * (within + middle);
      node++;
    }
  }
  return { entropy, mmse, weights, eigenvalues };
}

const logits = new Float64Array(modes);

/** log q and the covariance of the modes' centers given x, as (xx, xy, yy). */
function at(x: number, y: number, alpha: number, spread: number) {
  let top = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < modes; k++) {
    const [dx, dy] = [x - alpha * centers[k][0], y - alpha * centers[k][1]];
    logits[k] = -(dx * dx + dy * dy) / (2 * spread);
    top = Math.max(top, logits[k]);
  }
  let [total, mx, my, xx, xy, yy] = [0, 0, 0, 0, 0, 0];
  for (let k = 0; k < modes; k++) {
    const mass = Math.exp(logits[k] - top);
    const [cx, cy] = centers[k];
    total += mass;
    mx += mass * cx;
    my += mass * cy;
    xx += mass * cx * cx;
    xy += mass * cx * cy;
    yy += mass * cy * cy;
  }
  [mx, my] = [mx / total, my / total];
  const between = [xx / total - mx * mx, xy / total - mx * my, yy / total - my * my];
  return { logDensity: top + Math.log(total / modes) - Math.log(2 * Math.PI * spread), between };
}

/** Path KL of each step without initialization, nats, by quadrature: exact denoiser, exact errors. */
export function ringStepCosts(
  schedule: NoiseSchedule,
  grid: TimeGrid,
  sampler: "jvp" | "full-covariance",
): Float64Array {
  const levels = levelsOf(schedule, grid);
  let from = levelOf(levels[0]);
  return Float64Array.from(levels.slice(1), (level, k) => {
    const width = Math.exp(level.logSnr) - Math.exp(levels[k].logSnr);
    const to = levelOf(level);
    const lambda = (width * from.mmse) / 2;
    let cost = 0;
    from.eigenvalues.forEach((value, at) => {
      const a = width * value;
      const own = sampler === "jvp" ? (2 + lambda + a) ** 2 / (4 * (1 + lambda)) : 1 + a;
      cost += 0.5 * from.weights[at >> 1] * (Math.log(own) + (1 + a) / own - 1);
    });
    const gained = to.entropy - from.entropy - 2 * Math.log(level.sigma / levels[k].sigma);
    from = to;
    return cost - gained;
  });
}
