import { member } from "../family.js";
import { number } from "../fields.js";
import { normals, Purpose, uniforms } from "../kernels/index.js";
import { pointOnCircle } from "./circle.js";
import { lengthsFrom } from "./settings.js";
import type { Target } from "./target.js";

/** Two interleaved half circles of radius 1 in the plane, with Gaussian noise. Labels: 0 the upper arc, 1 the lower. */
export const moons = member({
  kind: "moons",
  text: "Two interleaved half circles, in the plane.",
  fields: { noise: number(lengthsFrom("["), 0.1, "Standard deviation of the Gaussian noise around the two arcs.") },
  create({ noise }): Target {
    return {
      name: "moons",
      dimension: 2,
      // Upper arc 1; lower E (1 - cos)^2 + E (1/2 - sin)^2 = 3/2 + 3/4 - 2/pi.
      secondMoment: 0.5 * (1 + 2.25 - 2 / Math.PI) + 2 * noise * noise,
      sample: (engine, count, seed, first = 0) => {
        const u = uniforms(engine, 2 * count, { seed, purpose: Purpose.targetLabel }, 2 * first);
        const points = normals(engine, 2 * count, { seed, purpose: Purpose.target }, 2 * first);
        const labels = new Int32Array(count);
        for (let i = 0; i < count; i++) {
          const lower = u[2 * i] < 0.5 ? 0 : 1;
          const [cosine, sine] = pointOnCircle(u[2 * i + 1] / 2);
          labels[i] = lower;
          points[2 * i] = (lower ? 1 - cosine : cosine) + noise * points[2 * i];
          points[2 * i + 1] = (lower ? 0.5 - sine : sine) + noise * points[2 * i + 1];
        }
        return { points, labels };
      },
    };
  },
});
