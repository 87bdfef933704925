/**
 * A simulator of a network with federated clients in it: `node network-simulator.mjs`. It has a clock of its own, on which messages take as long as a client's line lets
 * them, training as long as its processor, and on which clients are away now and then. Training itself is real, in this thread, without workers. Prints virtual time against loss.
 */
import { createEngine, createFederation, createMaskFamily, createTarget, partition } from "fedscore";
import { openTraining, runBlocks } from "fedscore/federation";
import { Purpose, RandomStream } from "fedscore/kernels";
import { keptParameters } from "fedscore/pruning";

/** Discrete events: what is due first happens first, and time stands still in between. */
class Simulator {
  now = 0;
  #events = [];
  #made = 0;

  /** Has `action` happen in `seconds`; of two that are due at once the one that was asked for first. */
  after(seconds, action) {
    this.#events.push({ at: this.now + seconds, order: this.#made++, action });
    this.#events.sort((a, b) => a.at - b.at || a.order - b.order);
  }

  /** Until it is `end`, or before that as soon as `isDone`. */
  runUntil(end, isDone) {
    while (!isDone()) {
      const { at = end, action } = this.#events[0]?.at < end ? this.#events.shift() : {};
      this.now = at;
      if (!action) return;
      action();
    }
  }
}

/** A machine on a line: seconds of latency, bytes and flops a second, the line shared with others; it goes away and comes back as Poisson processes have it. */
class Device {
  isAway = false;
  /** Counts how often it went away: what was under way then is lost. */
  life = 0;

  constructor(simulator, random, { latency, bandwidth, speed, meanUp, meanAway }) {
    const wait = (mean) => -mean * Math.log(random.uniform());
    this.speed = speed;
    this.secondsFor = (bytes) => latency + wait(bytes / bandwidth);
    const toggle = () => {
      this.isAway = !this.isAway;
      if (this.isAway) this.life++;
      simulator.after(wait(this.isAway ? meanAway : meanUp), toggle);
    };
    simulator.after(wait(meanUp), toggle);
  }
}

/** Carries a federation's rounds over the simulated network. A round is closed `deadline` virtual seconds after it began. */
function simulatedTransport(engine, simulator, devices, deadline) {
  let training;
  return {
    name: `${devices.length} simulated devices`,
    open: async (setup) => {
      training = openTraining(engine, setup);
    },
    forget: async () => {},
    close: async () => {},

    async *run({ parameters, blocks }) {
      const end = simulator.now + deadline;
      const arrived = new Map();
      // A block has one client, as long as no more than 64 take part.
      const isAway = ({ clients: [{ client }] }) => devices[client].isAway;
      const reasons = new Map(blocks.map((block) => [block.id, isAway(block) ? "lost" : "late"]));
      for (const block of blocks) {
        const [{ client, mask }] = block.clients;
        const device = devices[client];
        const { life } = device;
        const bytes = 4 * keptParameters(training.setup.network, mask);
        const unlessGone = (next) => () => {
          if (device.life === life && !device.isAway) next();
          else reasons.set(block.id, "lost");
        };
        if (device.isAway) continue;
        const download = unlessGone(() => simulator.after(block.flops / device.speed, train));
        const train = unlessGone(() => {
          const [update] = runBlocks(training, { parameters, blocks: [block] });
          simulator.after(
            device.secondsFor(bytes),
            unlessGone(() => arrived.set(block.id, update)),
          );
        });
        simulator.after(device.secondsFor(bytes), download);
      }
      simulator.runUntil(end, () => arrived.size === blocks.length);
      for (const { id, round, block, clients } of blocks) {
        const absent = [{ client: clients[0].client, reason: reasons.get(id) }];
        yield arrived.get(id) ?? { id, round, block, sum: new Float32Array(0), reports: [], absent };
      }
    },
  };
}

const engine = await createEngine({ variant: "simd" });
const random = new RandomStream(engine, { seed: 7, purpose: Purpose.embedder });
const simulator = new Simulator();
const clients = 12;
const target = createTarget({ kind: "ring", modes: 8, radius: 1.4, standardDeviation: 0.1 });
const { points, labels } = target.sample(engine, 6000, 1);
const rows = partition(engine, { kind: "dirichlet", concentration: 0.5 }, { labels, count: 6000, clients, seed: 1 });

// A third each: a workstation with the whole network, a laptop with half of it, a phone with a quarter.
const kinds = [
  { keepRatio: 1, latency: 0.02, bandwidth: 1e6, speed: 2e7, meanUp: 2000, meanAway: 10 },
  { keepRatio: 1 / 2, latency: 0.05, bandwidth: 2e5, speed: 3e6, meanUp: 300, meanAway: 60 },
  { keepRatio: 1 / 4, latency: 0.3, bandwidth: 4e3, speed: 3e5, meanUp: 100, meanAway: 50 },
];
const kindOf = (client) => kinds[client % kinds.length];
const devices = rows.map((_, client) => new Device(simulator, random, kindOf(client)));

const federation = createFederation(engine, {
  network: { dimension: 2, sigmaData: 1, hidden: [48, 48], noiseFeatures: 16, parameterization: "edm" },
  schedule: { kind: "vp-cosine", tMin: 0.02, tMax: 0.98 },
  points,
  clients: rows.map((rows, client) => ({ rows, keepRatio: kindOf(client).keepRatio })),
  maskFamily: createMaskFamily({ kind: "rolling" }),
  training: { batchSize: 128, optimizer: { kind: "adam", learningRate: 0.003, beta2: 0.99 } },
  rounds: 60,
  localSteps: 20,
  ema: 0.9,
  transport: simulatedTransport(engine, simulator, devices, 20),
});

console.log("virtual seconds   rounds   loss   updates   late   lost");
let last = { loss: 0, updates: 0, late: 0, lost: 0 };
for await (const { round, loss, clients, absent } of federation.train()) {
  last.loss += loss / 10;
  last.updates += clients.length;
  for (const { reason } of absent) last[reason]++;
  if (round % 10 !== 9) continue;
  const cells = [simulator.now.toFixed(1), round + 1, last.loss.toFixed(3), last.updates, last.late, last.lost];
  console.log(cells.map((cell, column) => `${cell}`.padStart([15, 9, 7, 10, 7, 7][column])).join(""));
  last = { loss: 0, updates: 0, late: 0, lost: 0 };
}
