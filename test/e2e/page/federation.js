import { createEngine, createFederation, createMaskFamily, createTarget, openPool, poolTransport } from "fedscore";

/** A small federated run, in workers unless another transport is given: the same file runs in Node and in the page. */
export async function runFederation(variant, workers, transport) {
  const engine = await createEngine({ variant });
  const { points } = createTarget({ kind: "ring" }).sample(engine, 800, 1);
  const own = transport ?? poolTransport(await openPool(engine, { workers }));
  const federation = createFederation(engine, {
    network: {
      dimension: 2,
      hidden: [32, 32],
      activation: "silu",
      residual: false,
      noiseFeatures: 8,
      parameterization: "edm",
      sigmaData: 1,
    },
    schedule: { kind: "vp-cosine", tMin: 0.02, tMax: 0.98 },
    training: {
      batchSize: 32,
      optimizer: { kind: "adam", learningRate: 0.002, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0 },
      weighting: "simple",
      levels: { count: 256, spacing: "time" },
    },
    points,
    clients: [1, 0.5, 0.25, 0.125].map((keepRatio, client) => ({
      rows: Uint32Array.from({ length: 200 }, (_, i) => client * 200 + i),
      keepRatio,
    })),
    maskFamily: createMaskFamily({ kind: "rolling" }),
    rounds: 5,
    localSteps: 4,
    participation: 1,
    weighting: "uniform",
    server: { kind: "fedavg", learningRate: 1 },
    nonFinite: "stop",
    seed: 1,
    transport: own,
  });
  const losses = [];
  for await (const { loss } of federation.train()) losses.push(loss);
  await own.close();
  const digest = await crypto.subtle.digest("SHA-256", federation.parameters);
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { hex, losses, transport: own.name, variant: engine.variant };
}
