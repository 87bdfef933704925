/** A federated client inside a program of one's own, and a server that never sees its rows: `node client-in-20-lines.mjs`. */
import { createEngine, createFederation } from "fedscore";
import { openTraining, runBlocks } from "fedscore/federation";

const engine = await createEngine();

/** The client. Its rows, float32 [n, 2], stay in here; setup, parameters, blocks and updates are plain data, for whatever carries typed arrays. */
function join(setup, rows) {
  const training = openTraining(engine, setup, () => rows);
  return (parameters, block) => runBlocks(training, { parameters, blocks: [block] });
}

/** The line to the clients, here a call. A block has one client, as long as no more than 64 take part. */
const rowsOf = [1, 2, 3].map((n) => Float32Array.from({ length: 400 }, (_, i) => Math.sin(n * i)));
const joined = [];
const open = async (setup) => void joined.push(...rowsOf.map((rows) => join(setup, rows)));
async function* run({ parameters, blocks }) {
  for (const block of blocks) yield* joined[block.clients[0].client](parameters, block);
}
const transport = { name: "a call", open, run, forget: async () => {}, close: async () => {} };

/** The server knows how many rows each client has, and no row. */
const network = { dimension: 2, sigmaData: 1, hidden: [16, 16] };
const clients = rowsOf.map((rows) => ({ rowCount: rows.length / 2 }));
for await (const { round, loss } of createFederation(engine, { network, clients, transport }).train())
  if (round % 10 === 9) console.log(`round ${round + 1}: loss ${loss.toFixed(2)}`);
