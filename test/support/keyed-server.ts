import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyFolder } from "../../src/cli/keys/folder.js";
import { addUser, createAuthority, revokeUser } from "../../src/remote/keys/authority.js";
import {
  type Certificate,
  createAuthorityCertificate,
  createServerCertificate,
} from "../../src/remote/keys/certificates.js";
import { pushAccounts } from "../../src/remote/keys/push.js";
import type { RoleName } from "../../src/remote/keys/role.js";
import type { ServerOptions } from "../../src/remote/server-options.js";
import { freePorts, startNatsServer } from "../../tools/nats-server.mjs";
import { Processes } from "../../tools/processes.mjs";

/** A server with the settings of deploy/nats-server.conf, apart from its ports, and keys of its own. */
export class KeyedServer {
  readonly url: string;
  readonly webSocketUrl: string;
  readonly keys: KeyFolder;
  readonly #folder: string;
  readonly #users = new Map<string, string>();
  readonly #processes = new Processes();

  private constructor(folder: string, [port, webPort]: readonly number[]) {
    this.#folder = folder;
    this.url = `tls://127.0.0.1:${port}`;
    this.webSocketUrl = `wss://127.0.0.1:${webPort}`;
    this.keys = new KeyFolder(join(folder, "keys"));
  }

  /** @param vouching whose certificate the server has; default: that of the authority of its keys. */
  static async start(vouching?: Certificate): Promise<KeyedServer> {
    const folder = mkdtempSync(join(tmpdir(), "fedscore-keys-"));
    const ports = await freePorts(2);
    const server = new KeyedServer(folder, ports);
    const ca = await createAuthorityCertificate();
    server.keys.writeCa(ca);
    server.keys.writeServer(await createServerCertificate(vouching ?? ca, ["127.0.0.1"]));
    await server.keys.write(await createAuthority());
    setPorts(join(folder, "keys/server/nats-server.conf"), ports);
    await startNatsServer(server.#processes, ["-c", "nats-server.conf"], join(folder, "keys/server"));
    return server;
  }

  /** What somebody connects with. */
  async add(name: string, role: RoleName, days?: number): Promise<ServerOptions> {
    const { authority, credentials, accountsChanged } = await addUser(this.keys.read(), { name, role, days });
    await this.keys.write(authority);
    this.#users.set(name, credentials);
    if (accountsChanged) await this.push();
    return this.optionsOf(name);
  }

  optionsOf(name: string): ServerOptions {
    return { server: this.url, credentials: this.#users.get(name), tls: this.tls };
  }

  async revoke(name: string): Promise<void> {
    await this.keys.write(await revokeUser(this.keys.read(), name));
    await this.push();
  }

  async push(): Promise<void> {
    await pushAccounts(this.keys.read(), { server: this.url, tls: this.tls });
  }

  get tls(): { readonly ca: string } {
    return { ca: readFileSync(this.keys.ca, "utf8") };
  }

  async remove(): Promise<void> {
    await this.#processes.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Ports that are free instead of those that everybody has. */
export function setPorts(path: string, [port, webPort]: readonly number[]): void {
  const text = readFileSync(path, "utf8");
  const changed = text
    .replace("0.0.0.0:4222", `127.0.0.1:${port}`)
    .replace("0.0.0.0:8443", `127.0.0.1:${webPort}`)
    .replace('http: "127.0.0.1:8222"', "");
  writeFileSync(path, changed);
}
