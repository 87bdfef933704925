import { X509Certificate } from "node:crypto";
import { chmodSync, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { FedscoreError } from "../../errors.js";
import { writeAtomically } from "../../experiment/files/atomic.js";
import { makeFolder } from "../../experiment/files/make-folder.js";
import { onPath } from "../../experiment/files/on-path.js";
import { readText } from "../../experiment/files/read-file.js";
import { type Authority, standingKeys } from "../../remote/keys/authority.js";
import type { Certificate } from "../../remote/keys/certificates.js";
import { serverSettings } from "../../remote/keys/server-settings.js";
import { deployFile } from "../deploy-file.js";
import { readAuthority } from "./read-authority.js";

/** Readable by their owner alone. */
const secret = 0o600;
const open = 0o644;
const secretFolder = 0o700;

/**
 * What `fedscore keys` keeps, in a folder of its own:
 *   authority.json, ca-key.pem   all that signs; stays where it is
 *   server/                      goes to the server
 *   users/NAME.creds, ca.pem     one of these files and ca.pem go to each user
 */
export class KeyFolder {
  readonly path: string;
  /** Path of the certificate of the authority, which proves to users that the server is the right one. */
  readonly ca: string;
  readonly #authority: string;
  readonly #caKey: string;
  readonly #server: string;
  readonly #users: string;

  constructor(path: string) {
    this.path = path;
    this.ca = join(path, "ca.pem");
    this.#authority = join(path, "authority.json");
    this.#caKey = join(path, "ca-key.pem");
    this.#server = join(path, "server");
    this.#users = join(path, "users");
  }

  /** @throws FedscoreError FEDSCORE_FILE where keys are there that are not to be replaced. */
  requireNew(overwrite: boolean): void {
    const path = this.#authority;
    if (!overwrite && existsSync(path))
      throw existsAlready(path, "credentials of the old keys are good for nothing then");
  }

  /** @throws FedscoreError FEDSCORE_FILE. */
  read(): Authority {
    const path = this.#authority;
    if (!existsSync(path)) {
      const message = `no keys in ${this.path}: fedscore keys init --folder ${this.path} --host HOST`;
      throw new FedscoreError("FEDSCORE_FILE", message, { path });
    }
    return readAuthority(path);
  }

  /** Who vouches for the server's certificate: the authority of the folder; undefined where another does, as a public one. */
  authorityOfServer(): string | undefined {
    const ca = readText(this.ca);
    const [issuer, certificate] = [ca, readText(join(this.#server, "server.pem"))].map(
      (pem) => new X509Certificate(pem),
    );
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey) ? ca : undefined;
  }

  readCa(): Certificate {
    return { cert: readText(this.ca), key: readText(this.#caKey) };
  }

  async write(authority: Authority): Promise<void> {
    this.#makeFolders();
    const settings = await serverSettings(authority);
    writeAtomically(this.#authority, `${JSON.stringify(authority, null, 2)}\n`, secret);
    writeAtomically(join(this.#server, "keys.conf"), settings, open);
  }

  writeCa({ cert, key }: Certificate): void {
    this.#makeFolders();
    writeAtomically(this.#caKey, key, secret);
    writeAtomically(this.ca, cert, open);
  }

  /** The server's certificate; and its settings, where there are none that may have been changed. */
  writeServer({ cert, key }: Certificate): void {
    this.#makeFolders();
    writeAtomically(join(this.#server, "server.pem"), cert, open);
    writeAtomically(join(this.#server, "server-key.pem"), key, secret);
    const settings = join(this.#server, "nats-server.conf");
    if (!existsSync(settings)) writeAtomically(settings, deployFile("nats-server.conf"), open);
  }

  /** @throws FedscoreError FEDSCORE_FILE where somebody of this name has credentials, here or taken away, that are not to be replaced. */
  requireNewUser(name: string, authority: Authority, overwrite: boolean): void {
    if (overwrite) return;
    const path = this.#credentials(name);
    const consequence = "the old key is revoked then";
    if (existsSync(path)) throw existsAlready(path, consequence);
    if (standingKeys(authority, name).length === 0) return;
    const message = `${name} has credentials, which are not at ${path} any more; --overwrite makes new ones: ${consequence}`;
    throw new FedscoreError("FEDSCORE_FILE", message, { path });
  }

  /** Returns the path. */
  writeCredentials(name: string, credentials: string): string {
    this.#makeFolders();
    const path = this.#credentials(name);
    writeAtomically(path, credentials, secret);
    return path;
  }

  #credentials(name: string): string {
    return join(this.#users, `${name}.creds`);
  }

  /** Folders that were there before, and that others may look into, are closed to them, too. */
  #makeFolders(): void {
    for (const path of [this.path, this.#server, this.#users])
      onPath("make", path, () => {
        makeFolder(path);
        if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, secretFolder);
      });
  }
}

function existsAlready(path: string, consequence: string): FedscoreError {
  return new FedscoreError("FEDSCORE_FILE", `${path} exists already; --overwrite replaces it: ${consequence}`, {
    path,
  });
}
