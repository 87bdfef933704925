/** Pools of fedscore as the environment says, and what goes over the server of one. */
import { natsPool } from "../../dist/entries/nats.js";
import { openPool } from "../../dist/index.js";

const { FEDSCORE_WORKERS = "0", FEDSCORE_SERVER: server, FEDSCORE_MONITOR: monitor } = process.env;

/** FEDSCORE_WORKERS threads of this process (0: this thread); with FEDSCORE_SERVER as many places at workers of that server. */
export function poolOf(engine, options = {}) {
  const workers = Number(FEDSCORE_WORKERS);
  if (!server) return openPool(engine, { workers, ...options });
  return natsPool({ server, variant: engine.variant, minimumWorkers: workers });
}

/** Counts the calls of a pool from now on. */
export function countedCalls(pool) {
  const call = pool.call.bind(pool);
  const calls = { count: 0 };
  pool.call = (...args) => {
    calls.count++;
    return call(...args);
  };
  return calls;
}

/**
 * What all connections of the server got and sent while `work` ran, as FEDSCORE_MONITOR counts it: a message's bytes are its content and
 * headers, without subjects.
 */
export async function trafficOf(work) {
  const before = await connectionTotals();
  await work();
  const after = await connectionTotals();
  return { messages: after.messages - before.messages, bytes: after.bytes - before.bytes };
}

async function connectionTotals() {
  const { connections } = await (await fetch(`${monitor}/connz?limit=1000`)).json();
  const total = (keys) => connections.reduce((sum, each) => sum + keys.reduce((part, key) => part + each[key], 0), 0);
  return { messages: total(["in_msgs", "out_msgs"]), bytes: total(["in_bytes", "out_bytes"]) };
}
