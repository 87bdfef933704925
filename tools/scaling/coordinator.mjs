/** A coordinator that measures its rounds: node --expose-gc coordinator.mjs '{"server", "monitor", "clients", "rounds", "pids"}'. */
import { readFileSync } from "node:fs";
import { createEngine, createFederation } from "fedscore";
import { natsTransport } from "fedscore/nats";
import { clientNames, localSteps, network, rowsOfClient, training } from "./federation.mjs";

const { server, monitor, clients: count, rounds, pids } = JSON.parse(process.argv[2]);
const engine = await createEngine({ variant: "simd" });
const clients = clientNames(count);
const transport = await natsTransport({ server, clients, lostAfter: 60_000 });
const federation = createFederation(engine, {
  ...{ network, training, localSteps, rounds, transport },
  clients: clients.map(() => ({ rowCount: rowsOfClient })),
});

/** Seconds of processor time of a process: USER_HZ is 100 on Linux. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function residentOf(pid) {
  return 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);
}

async function look() {
  const { in_bytes, out_bytes, in_msgs, out_msgs } = await (await fetch(monitor)).json();
  const clientCpu = pids.clients.reduce((sum, pid) => sum + cpuOf(pid), 0);
  return {
    ...{ at: performance.now() / 1000, ...transport.bytes },
    ...{ inBytes: in_bytes, outBytes: out_bytes, inMessages: in_msgs, outMessages: out_msgs },
    cpu: { coordinator: cpuOf(process.pid), server: cpuOf(pids.server), clients: clientCpu },
  };
}

const less = (after, before) =>
  Object.fromEntries(
    Object.entries(after).map(([key, value]) => [
      key,
      typeof value === "object" ? less(value, before[key]) : value - before[key],
    ]),
  );

let before = await look();
for await (const report of federation.train()) {
  const resident = process.memoryUsage().rss;
  const after = await look();
  globalThis.gc?.();
  process.send({
    ...{ round: report.round, seconds: report.seconds, loss: report.loss },
    ...{
      answered: report.clients.length,
      absent: report.absent.map(({ client, reason, message }) => `${client} is ${reason}: ${message ?? ""}`),
    },
    ...{ analyticDown: report.bytesDown, analyticUp: report.bytesUp },
    resident,
    live: process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers,
    serverResident: residentOf(pids.server),
    clientsResident: pids.clients.reduce((sum, pid) => sum + residentOf(pid), 0),
    ...less(after, before),
  });
  before = await look();
}
// What clients cost that do nothing but say that they are there.
before = await look();
await new Promise((resolve) => setTimeout(resolve, 5000));
const idle = less(await look(), before);
process.send({
  idle,
  parameters: federation.parameters.length,
  late: transport.late,
  refused: transport.refused.length,
});
await transport.close();
process.disconnect();
