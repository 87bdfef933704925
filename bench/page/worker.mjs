/** A contestant on the page, in a thread of its own: what harness/serve.mjs is in Node. `open` comes first. */
import { expose } from "comlink";
import { compileKernels } from "../../dist/entries/kernels.js";
import { workloadsOn } from "../contestants/fedscore-workloads.mjs";
import { operationsOf } from "../harness/operations.mjs";
import { peakWorkloads } from "../harness/peak.mjs";
import { isPeer, openPeer } from "./peers.mjs";

async function moduleOf(contestant) {
  if (isPeer(contestant)) return openPeer(contestant);
  if (contestant !== "peak") {
    return { versions: {}, workloads: workloadsOn(await compileKernels({ variant: contestant })) };
  }
  const response = await fetch(new URL("../build/peak.wasm", import.meta.url));
  return { versions: {}, workloads: peakWorkloads(await response.arrayBuffer()) };
}

let operations;

expose({
  /** @param contestant "peak", a build of fedscore ("simd" or "relaxed") or a peer of peers.mjs. */
  async open(contestant) {
    operations = operationsOf(await moduleOf(contestant));
  },
  ask: ({ op, ...request }) => operations[op](request),
});
