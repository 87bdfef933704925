/** A client of federations inside a program of one's own: `node remote-client.mjs SERVER NAME [CREDENTIALS]`, until one is over, SIGTERM or Ctrl-C. */
import { readFileSync } from "node:fs";
import { joinFederation } from "fedscore/nats";

const [server, name, credentials] = process.argv.slice(2);

// What this program has and keeps to itself: pressure and flow of a pump, a row each minute.
const minutes = Array.from({ length: 500 }, (_, minute) => [
  20 + 5 * Math.sin(minute / 30) + Math.random(),
  1 + 0.3 * Math.cos(minute / 30),
]);
const rowsOf = (list) => ({ points: Float32Array.from(list.flat()), dimension: 2 });

const leaving = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => leaving.abort());

await joinFederation({
  server,
  name,
  ...(credentials && { credentials: readFileSync(credentials, "utf8") }),
  data: rowsOf(minutes.slice(0, 450)),
  heldOut: rowsOf(minutes.slice(450)),
  // No more than this may be asked of it; docs/remote.md has the keys.
  policy: { mostLocalSteps: 100, mostRounds: 500, smallestGroup: 20 },
  onNote: (text) => console.error(`${name}: ${text}`),
  signal: leaving.signal,
});
console.error(`${name}: left`);
