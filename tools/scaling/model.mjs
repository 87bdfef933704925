import { simulate } from "./clock.mjs";

/** Rounds after the first one, in which clients are also told of the run. */
const later = ({ rounds }) => rounds.filter(({ round }) => round > 0);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const roles = ["coordinator", "server", "clients"];
const each = (give) => Object.fromEntries(roles.map((role) => [role, give(role)]));

/** What a run of some clients has: seconds, processor seconds and bytes, of a round in the mean. */
export function observed(run) {
  const rounds = later(run);
  return {
    seconds: mean(rounds.map(({ seconds }) => seconds)),
    least: Math.min(...rounds.map(({ seconds }) => seconds)),
    most: Math.max(...rounds.map(({ seconds }) => seconds)),
    cpu: each((role) => mean(rounds.map(({ cpu }) => cpu[role]))),
    in: mean(rounds.map(({ inBytes }) => inBytes)),
    out: mean(rounds.map(({ outBytes }) => outBytes)),
  };
}

/**
 * Costs of one client, from one run: processor seconds of a round, processor seconds of a second in which it only says that it is there, bytes that its
 * server takes in and gives out in a round, and the share of the machine's cores that the federation had.
 */
export function calibrate(run, idleRun, cores) {
  const { clients } = run;
  const { seconds, cpu, in: bytesIn, out } = observed(run);
  const present = each((role) => idleRun.idle.cpu[role] / idleRun.idle.at / idleRun.clients);
  return {
    present,
    round: each((role) => Math.max(0, cpu[role] / clients - present[role] * seconds)),
    bytes: { in: bytesIn / clients, out: out / clients },
    share: roles.reduce((sum, role) => sum + cpu[role], 0) / (cores * seconds),
  };
}

/** Seconds of a round of some clients in some processes, and its processor seconds, on the machine of the measurement. */
export function predict(costs, { clients, processes, cores }) {
  const { round, present, share } = costs;
  const presence = clients * roles.reduce((sum, role) => sum + present[role], 0);
  const speed = share - presence / cores;
  if (speed <= 0) return { seconds: Number.POSITIVE_INFINITY, cpu: each(() => Number.POSITIVE_INFINITY) };
  const stations = {
    coordinator: { lanes: 1, machine: "here" },
    server: { lanes: cores, machine: "here" },
    ...Object.fromEntries(Array.from({ length: processes }, (_, n) => [`clients ${n}`, { lanes: 1, machine: "here" }])),
  };
  const routes = Array.from({ length: clients }, (_, client) => [
    ["coordinator", round.coordinator / 2 / speed],
    ["server", round.server / 2 / speed],
    [`clients ${Math.floor((client * processes) / clients)}`, round.clients / speed],
    ["server", round.server / 2 / speed],
    ["coordinator", round.coordinator / 2 / speed],
  ]);
  const { seconds } = simulate(stations, { here: cores }, routes);
  return { seconds, cpu: each((role) => clients * (round[role] + present[role] * seconds)) };
}

/** Seconds of a round of one region whose server and aggregator have machines of their own, and its clients theirs. */
export function region(costs, { clients, cores, bandwidth, clientBandwidth, delay }) {
  const { round, present, bytes } = costs;
  const presence = {
    server: (clients * present.server) / cores,
    coordinator: clients * present.coordinator,
  };
  const server = round.server / 2 / Math.max(1e-9, 1 - presence.server);
  const aggregator = round.coordinator / 2 / Math.max(1e-9, 1 - presence.coordinator);
  const stations = {
    aggregator: { lanes: 1 },
    server: { lanes: cores },
    "line in": { lanes: 1 },
    "line out": { lanes: 1 },
  };
  // Of a client's bytes half are on their way to it and half from it, and each passes the server's line in and out.
  const [take, give] = [bytes.in / 2 / bandwidth, bytes.out / 2 / bandwidth];
  const own = (bytes.out / 2 + bytes.in / 2) / clientBandwidth + 2 * delay + round.clients;
  const routes = Array.from({ length: clients }, () => [
    ...[
      ["aggregator", aggregator],
      ["line in", take],
      ["server", server],
      ["line out", give],
    ],
    ["delay", own],
    ...[
      ["line in", take],
      ["server", server],
      ["line out", give],
      ["aggregator", aggregator],
    ],
  ]);
  const { seconds, busy } = simulate(stations, {}, routes);
  return { seconds, busy: { ...busy, server: busy.server / cores }, presence };
}
