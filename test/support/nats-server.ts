import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts, noNats, startNatsServer } from "../../tools/nats-server.mjs";
import { Processes } from "../../tools/processes.mjs";

/** Why no server can run here; undefined where one can. */
export const noServer = noNats();

/** What the names of tests say that are skipped. */
export const skipped = noServer === undefined ? "" : ` (skipped: ${noServer})`;

/** A server of a test, with a folder of its own that outlives it. */
export class NatsServer {
  readonly url: string;
  readonly webSocketUrl: string;
  readonly #folder: string;
  readonly #processes = new Processes();

  private constructor(port: number, webPort: number, settings: string) {
    this.url = `nats://127.0.0.1:${port}`;
    this.webSocketUrl = `ws://127.0.0.1:${webPort}`;
    this.#folder = mkdtempSync(join(tmpdir(), "fedscore-nats-"));
    const config = `
      listen: "127.0.0.1:${port}"
      jetstream { store_dir: "${join(this.#folder, "store")}" }
      websocket { listen: "127.0.0.1:${webPort}", no_tls: true }
      ${settings}`;
    writeFileSync(join(this.#folder, "server.conf"), config);
  }

  /** @param settings lines of its configuration beside those that all tests have. */
  static async start(settings = ""): Promise<NatsServer> {
    const [port, webPort] = await freePorts(2);
    const server = new NatsServer(port, webPort, settings);
    await server.start();
    return server;
  }

  /** Starts it again where it was. */
  async start(): Promise<void> {
    await startNatsServer(this.#processes, ["-c", "server.conf"], this.#folder);
  }

  /** All files that it keeps messages in, deleted ones too. */
  storedBytes(): Buffer[] {
    const store = join(this.#folder, "store");
    const entries = readdirSync(store, { recursive: true, withFileTypes: true });
    return entries.filter((each) => each.isFile()).map((each) => readFileSync(join(each.parentPath, each.name)));
  }

  /** As a power failure would. */
  async kill(): Promise<void> {
    await this.#processes.close();
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
