import { isIP } from "node:net";
import { loadSelfSigned } from "./packages.js";

/** A certificate and its private key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const day = 24 * 3_600_000;
const keyKind = { keyType: "ec", curve: "P-256", algorithm: "sha256" } as const;

/** A certificate authority of its own, for servers that no public one knows; lasts ten years. */
export async function createAuthorityCertificate(): Promise<Certificate> {
  const { generate } = await loadSelfSigned();
  const made = await generate([{ name: "commonName", value: "fedscore certificate authority" }], {
    ...keyKind,
    notAfterDate: new Date(Date.now() + 3650 * day),
    extensions: [
      { name: "basicConstraints", cA: true, pathLenConstraint: 0, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { cert: made.cert, key: made.private };
}

/** The certificate of a server that is reached by any of these names and addresses; lasts two years. */
export async function createServerCertificate(ca: Certificate, hosts: readonly string[]): Promise<Certificate> {
  const { generate } = await loadSelfSigned();
  const altNames = hosts.map((host) =>
    isIP(host) > 0 ? { type: 7 as const, ip: host } : { type: 2 as const, value: host },
  );
  const made = await generate([{ name: "commonName", value: "fedscore server" }], {
    ...keyKind,
    ca,
    notAfterDate: new Date(Date.now() + 730 * day),
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames },
    ],
  });
  return { cert: made.cert, key: made.private };
}
