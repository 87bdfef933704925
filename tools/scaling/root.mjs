/** The root of a tree, with all of its clients' reports and one sum a region: node --expose-gc tools/scaling/root.mjs [CLIENTS] [ROUNDS]. */
import { createEngine, createFederation } from "fedscore";
import { localSteps, network, rowsOfClient, training } from "./federation.mjs";

const [count = 1_000_000, rounds = 3] = process.argv.slice(2).map(Number);
const engine = await createEngine({ variant: "simd" });
let reportBytes = 0;
let regions = 0;
const transport = {
  name: "regions that answer at once",
  open: async () => {},
  forget: async () => {},
  async *run({ parameters, blocks }) {
    regions = blocks.length;
    for (const { id, round, block, clients } of blocks) {
      const sum = new Float32Array(parameters.length);
      const steps = { loss: 1.2345678901234567, steps: localSteps, flops: 123_456, parameters: parameters.length };
      const reports = clients.map(({ client }) => ({ client, ...steps }));
      if (block === 0) reportBytes = JSON.stringify(reports).length;
      yield { id, round, block, sum, reports };
    }
  },
  close: async () => {},
};
const federation = createFederation(engine, {
  ...{ network, training, localSteps, rounds, transport },
  clients: Array.from({ length: count }, () => ({ rowCount: rowsOfClient })),
});
let before = process.cpuUsage();
const processor = () => {
  const { user, system } = process.cpuUsage(before);
  before = process.cpuUsage();
  return (user + system) / 1e6;
};
for await (const { round, seconds } of federation.train()) {
  const cpu = processor();
  const resident = process.memoryUsage().rss;
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  console.log(
    JSON.stringify({ round, count, regions, seconds, cpu, resident, live: heapUsed + arrayBuffers, reportBytes }),
  );
}
