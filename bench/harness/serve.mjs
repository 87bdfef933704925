/**
 * `node serve.mjs CONTESTANT`: answers one JSON request a line on standard input with one JSON line on standard output,
 * as harness/operations.mjs says.
 * With a workload and its params as further arguments it runs that once and exits: the cold start.
 * A contestant module exports `versions` and `workloads`: name -> async (params) => { run(), check(), close?() }, see CONTRACT.md.
 */
import { createInterface } from "node:readline";
import { operationsOf } from "./operations.mjs";

const [contestant, workload, params] = process.argv.slice(2);
const answer = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
console.log = console.info = console.debug = console.error;

/** Read from now on, unless this is a cold start: who asks may be gone before anything has loaded, or while it works. */
const lines = workload ? [] : createInterface({ input: process.stdin })[Symbol.asyncIterator]();
if (!workload) process.stdin.once("end", () => process.exit(0));

const { versions, workloads } = await import(`../contestants/${contestant}.mjs`);

if (workload) {
  const prepared = await workloads[workload](JSON.parse(params));
  await prepared.run();
  process.exit(0);
}

const operations = operationsOf({ versions, workloads });

for await (const line of lines) {
  const request = JSON.parse(line);
  try {
    answer({ id: request.id, ...(await operations[request.op](request)) });
  } catch (error) {
    answer({ id: request.id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}
process.exit(0);
