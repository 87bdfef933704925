import {
  createEngine,
  createFederation,
  createGrid,
  createMaskFamily,
  createSchedule,
  createTarget,
  openPool,
  poolTransport,
  ScoreNetwork,
  sample,
  samplers,
} from "fedscore";

/** A small federation over a transport, a client for each ratio: the same file runs in Node and in the page. */
function federationOf(engine, transport, { keepRatios, rounds, localSteps }) {
  const { points } = createTarget({ kind: "ring" }).sample(engine, 800, 1);
  return createFederation(engine, {
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
    clients: keepRatios.map((keepRatio, client) => ({
      rows: Uint32Array.from({ length: 200 }, (_, i) => client * 200 + i),
      keepRatio,
    })),
    maskFamily: createMaskFamily({ kind: "rolling" }),
    rounds,
    localSteps,
    participation: 1,
    weighting: "uniform",
    server: { kind: "fedavg", learningRate: 1 },
    nonFinite: "stop",
    seed: 1,
    transport,
  });
}

async function digestOf(values) {
  const digest = await crypto.subtle.digest("SHA-256", values);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Trains in workers unless another transport is given, and samples: digests of the model and of the samples. */
export async function runFederation(variant, workers, transport) {
  const engine = await createEngine({ variant });
  const own = transport ?? poolTransport(await openPool(engine, { workers }));
  const federation = federationOf(engine, own, { keepRatios: [1, 0.5, 0.25, 0.125], rounds: 5, localSteps: 4 });
  const losses = [];
  for await (const { loss } of federation.train()) losses.push(loss);
  await own.close();
  const schedule = createSchedule(federation.options.schedule);
  const grid = createGrid({ kind: "uniform-log-snr", steps: 10 }, schedule);
  const denoiser = new ScoreNetwork(federation.options.network, federation.samplingParameters);
  const points = sample(engine, { denoiser, schedule, grid, sampler: samplers.ancestral, count: 100, seed: 2 });
  return {
    hex: await digestOf(federation.parameters),
    samplesHex: await digestOf(points),
    losses,
    transport: own.name,
    variant: engine.variant,
  };
}

/** One training step of one client, in this thread, with the kernels that the package takes here by itself. @returns their build. */
export async function firstStep() {
  const engine = await createEngine();
  const transport = poolTransport(await openPool(engine, { workers: 0 }));
  const { done } = await federationOf(engine, transport, { keepRatios: [1], rounds: 1, localSteps: 1 })
    .train()
    .next();
  if (done) throw new Error("the federation ended without a round");
  return engine.variant;
}
