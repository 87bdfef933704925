/** The servers of the question `remote`, where they can run. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { freePorts, natsVersion, noNats, startOpenNats } from "../../tools/nats-server.mjs";
import { withProcesses } from "../../tools/processes.mjs";

const guard = fileURLToPath(new URL("../../tools/guard.mjs", import.meta.url));

/** Why there is no NATS server here; undefined where one runs. */
export async function whyNoNats() {
  return noNats() ?? reasonAgainst(startOpenNats);
}

/** Why there is no Redis here; undefined where one runs. */
export async function whyNoRedis() {
  if (redisVersion() === undefined) return "no redis-server (npm run bench installs it where apt-get can)";
  return reasonAgainst(startRedis);
}

async function reasonAgainst(start) {
  try {
    await withProcesses(start);
  } catch ({ message }) {
    return message;
  }
}

const redisVersion = () =>
  /v=([\d.]+)/.exec(spawnSync("redis-server", ["--version"], { encoding: "utf8" }).stdout ?? "")?.[1];

/** Of those that there are: name -> version. */
export function serverVersions() {
  const all = { "nats-server": noNats() === undefined ? natsVersion : undefined, "redis-server": redisVersion() };
  return Object.fromEntries(Object.entries(all).filter(([, version]) => version !== undefined));
}

/** In memory alone. @returns its port. */
export async function startRedis(processes) {
  const port = String((await freePorts(1))[0]);
  const args = ["--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no"];
  await processes.start(process.execPath, [guard, "redis-server", ...args], { ready: "Ready to accept connections" });
  return port;
}
