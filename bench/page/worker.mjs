/** A contestant on the page, in a thread of its own: what harness/serve.mjs is in Node. `open` comes first. */
import { expose } from "comlink";
import { compileKernels } from "../../dist/index.js";
import { workloadsOn } from "../contestants/fedscore-workloads.mjs";
import { operationsOf } from "../harness/operations.mjs";
import { peakWorkloads } from "../harness/peak.mjs";

async function workloadsOf(contestant) {
  if (contestant !== "peak") return workloadsOn(await compileKernels({ variant: contestant }));
  const response = await fetch(new URL("../build/peak.wasm", import.meta.url));
  return peakWorkloads(await response.arrayBuffer());
}

let operations;

expose({
  /** @param contestant "peak", or a build of fedscore: "simd" or "relaxed". */
  async open(contestant) {
    operations = operationsOf({ versions: {}, workloads: await workloadsOf(contestant) });
  },
  ask: ({ op, ...request }) => operations[op](request),
});
