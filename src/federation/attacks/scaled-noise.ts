import { member } from "../../family.js";
import { number } from "../../fields.js";
import { type Engine, normals, Purpose } from "../../kernels/index.js";
import { attackFields, type UpdateAttack } from "./attack.js";

export const scaledNoise = member({
  kind: "scaled-noise",
  source:
    "Blanchard et al., Machine Learning with Adversaries, NeurIPS 2017, arXiv 1703.02757 (Gaussian Byzantine workers)",
  text: "Attackers send Gaussian noise; arXiv 1703.02757.",
  fields: {
    ...attackFields,
    scale: number(
      "(0, inf)",
      100,
      "Standard deviation of the noise, in root mean squares of the update that it stands for.",
    ),
  },
  create: ({ scale }, engine: Engine): UpdateAttack => ({
    on: "updates",
    corrupt: ({ seed, round, attackers }) =>
      attackers.map(({ client, values }) => {
        let squares = 0;
        for (let i = 0; i < values.length; i++) squares += values[i] * values[i];
        const deviation = scale * Math.sqrt(squares / values.length);
        const noise = normals(engine, values.length, { seed, round, client, purpose: Purpose.attack });
        return Float64Array.from(noise, (each) => deviation * each);
      }),
  }),
});
