/** A process of many clients: node clients.mjs SERVER COUNT FIRST LAST. Leaves when its parent says so. */
import { setMaxListeners } from "node:events";
import { createEngine, createTarget } from "fedscore";
import { joinFederation } from "fedscore/nats";
import { clientNames, rowsOfClient } from "./federation.mjs";

const [server, count, first, last] = process.argv.slice(2);
const engine = await createEngine({ variant: "simd" });
const target = createTarget({ kind: "moons" });
const leaving = new AbortController();
setMaxListeners(0, leaving.signal);
const leave = () => leaving.abort();
process.on("message", leave);
process.on("disconnect", leave);

const names = clientNames(Number(count));
const joined = [];
for (let client = Number(first); client < Number(last); client++) {
  const { points } = target.sample(engine, rowsOfClient, client);
  const data = { points, dimension: 2 };
  joined.push(joinFederation({ server, name: names[client], data, workers: 0, signal: leaving.signal }));
}
await Promise.all(joined);
process.exit(0);
