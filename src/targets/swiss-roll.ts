import { member } from "../family.js";
import { number } from "../fields.js";
import { normals, Purpose, uniforms } from "../kernels/index.js";
import { pointOnCircle } from "./circle.js";
import { lengthsFrom } from "./settings.js";
import type { Target } from "./target.js";

const scale = 1 / 5;

/**
 * The spiral (t cos t, t sin t) / 5 in the plane, t uniform on [3 pi / 2, 9 pi / 2], with Gaussian noise. Arms are 1.26 apart, the
 * radius goes from 0.94 to 2.83. Labels: which eighth of the range of t, from the inside out.
 */
export const swissRoll = member({
  kind: "swiss-roll",
  text: "A spiral, in the plane.",
  fields: { noise: number(lengthsFrom("["), 0.1, "Standard deviation of the Gaussian noise around the spiral.") },
  create({ noise }): Target {
    return {
      name: "swiss-roll",
      dimension: 2,
      // E t^2 = (4.5^3 - 1.5^3) pi^2 / (3 * 3) = 9.75 pi^2.
      secondMoment: 9.75 * (Math.PI * scale) ** 2 + 2 * noise * noise,
      sample: (engine, count, seed, first = 0) => {
        const u = uniforms(engine, count, { seed, purpose: Purpose.targetLabel }, first);
        const points = normals(engine, 2 * count, { seed, purpose: Purpose.target }, 2 * first);
        for (let i = 0; i < count; i++) {
          const turns = 0.75 + 1.5 * u[i];
          const radius = 2 * Math.PI * turns * scale;
          const [cosine, sine] = pointOnCircle(turns);
          points[2 * i] = radius * cosine + noise * points[2 * i];
          points[2 * i + 1] = radius * sine + noise * points[2 * i + 1];
        }
        return { points, labels: Int32Array.from(u, (value) => Math.floor(8 * value)) };
      },
    };
  },
});
