import { parseSweep } from "../../src/entries/experiment.js";

/** A config of a run of a second. */
export const smallRun = {
  name: "run",
  data: { kind: "ring", train: 10, heldOut: 4 },
  network: { hidden: [4], noiseFeatures: 2 },
  training: { rounds: 1, localSteps: 1, batchSize: 4, levels: { count: 4 } },
  federation: { clients: 2 },
  sampling: { count: 4, grid: { kind: "uniform", steps: 2 } },
  certificate: { paths: 8 },
};
/** A sweep of one certificate. */
export const sweep = parseSweep({
  name: "sweep",
  title: "The certificate of one step",
  kind: "certificate",
  base: {
    target: { kind: "gaussian", dimension: 2 },
    schedule: { kind: "vp-cosine" },
    grid: { kind: "uniform", steps: 4 },
    paths: 8,
  },
  axes: [{ name: "steps", label: "steps", path: "grid.steps", values: [4] }],
  measures: [{ name: "certificate", label: "certificate, nats", path: "certificate.upper" }],
  plots: [{ title: "certificate over steps", x: "steps", y: ["certificate"], label: "nats" }],
});
