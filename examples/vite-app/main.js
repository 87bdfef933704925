import {
  createEngine,
  createFederation,
  createGrid,
  createSchedule,
  createTarget,
  openPool,
  poolTransport,
  ScoreNetwork,
  sample,
  samplers,
} from "fedscore";

const [button, status, progress, canvas] = ["button", "[role=status]", "progress", "canvas"].map((each) =>
  document.querySelector(each),
);
const rounds = 60;

/** The strict build gives the same bytes here as in Node. */
const engine = await createEngine({ variant: "simd" });
const { points } = createTarget({ kind: "ring", modes: 8, radius: 1.4, standardDeviation: 0.1 }).sample(
  engine,
  8000,
  1,
);

/** Trains over two workers and tells of each round. @returns the federation after its last one. */
async function train(onRound) {
  const pool = await openPool(engine, { workers: 2 });
  const federation = createFederation(engine, {
    network: { dimension: 2, sigmaData: 1, hidden: [64, 64], noiseFeatures: 16, parameterization: "edm" },
    schedule: { kind: "vp-cosine", tMin: 0.02, tMax: 0.98 },
    points,
    clients: [0, 1, 2, 3].map((n) => ({
      rows: Uint32Array.from({ length: 2000 }, (_, i) => 4 * i + n),
      keepRatio: 1 / 2 ** n,
    })),
    training: { batchSize: 128, optimizer: { kind: "adam", learningRate: 0.003, beta2: 0.99 } },
    capacityAssignment: "dynamic",
    rounds,
    localSteps: 20,
    ema: 0.9,
    transport: poolTransport(pool),
  });
  for await (const report of federation.train()) onRound(report, pool.name);
  await pool.close();
  return federation;
}

/** Draws samples of the network as points of the square from -2.5 to 2.5. */
function draw({ options, samplingParameters }) {
  const schedule = createSchedule(options.schedule);
  const samples = sample(engine, {
    denoiser: new ScoreNetwork(options.network, samplingParameters),
    schedule,
    grid: createGrid({ kind: "uniform-log-snr", steps: 50 }, schedule),
    sampler: samplers.ancestral,
    count: 2000,
    seed: 2,
  });
  const pen = canvas.getContext("2d");
  pen.fillStyle = getComputedStyle(document.body).color;
  pen.clearRect(0, 0, canvas.width, canvas.height);
  const at = (value) => ((value + 2.5) / 5) * canvas.width;
  for (let i = 0; i < samples.length; i += 2) pen.fillRect(at(samples[i]) - 1.5, at(-samples[i + 1]) - 1.5, 3, 3);
}

button.addEventListener("click", async () => {
  button.disabled = true;
  const federation = await train(({ round, loss }, workers) => {
    progress.value = (round + 1) / rounds;
    status.textContent = `Round ${round + 1} of ${rounds}, loss ${loss.toFixed(3)}, ${workers}`;
  });
  draw(federation);
  button.disabled = false;
});
