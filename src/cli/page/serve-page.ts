import { createReadStream, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { FedscoreError } from "../../errors.js";
import { causeOf } from "../../experiment/files/cause.js";
import type { PageFiles } from "./files.js";

/** Where a page is served. */
export interface PagePlace {
  /** 0: one that is free. */
  readonly port: number;
  readonly host: string;
}

/** A page that is served. */
export interface ServedPage {
  /** "http://127.0.0.1:4173/" */
  readonly address: string;
  /** Serves until the signal is aborted, then ends all connections. */
  closed(signal: AbortSignal): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};

/**
 * What pages and their workers may do: run their own files and WebAssembly, start workers of their own files, fetch from here alone (and from
 * addresses that are the data, as Zstandard's decoder is). Styles may stand in elements, as plots set them.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const headers: Readonly<Record<string, string>> = {
  "Content-Security-Policy": policy,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/**
 * Serves files, and nothing else: no other path, no other method, no uploads.
 * @throws FedscoreError FEDSCORE_FILE where the address cannot be listened at.
 */
export async function servePage(files: PageFiles, { port, host }: PagePlace): Promise<ServedPage> {
  const server = createServer((request, response) => answer(files, request, response));
  await listening(server, port, host);
  return {
    address: addressOf(server.address(), host),
    async closed(signal) {
      if (!signal.aborted)
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      const ended = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await ended;
    },
  };
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const taken =
        "code" in error && error.code === "EADDRINUSE" ? "; choose another --port, or 0 for a free one" : "";
      const message = `cannot listen at ${host}, port ${port}: ${causeOf(error)}${taken}`;
      reject(new FedscoreError("FEDSCORE_FILE", message, { host, port }, error));
    });
    server.listen(port, host, resolve);
  });
}

/** A wildcard is not an address that a browser opens. */
function addressOf(address: AddressInfo | string | null, host: string): string {
  if (address === null || typeof address === "string") throw new Error("a server that listens has an address");
  const shown = ["0.0.0.0", "::"].includes(host) ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return `http://${shown}:${address.port}/`;
}

function answer(files: PageFiles, { method, url = "/" }: IncomingMessage, response: ServerResponse): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (method !== "GET" && method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    // What it sends is not read.
    response.setHeader("Connection", "close");
    refuse(response, 405, "This page takes nothing: GET and HEAD alone");
    return;
  }
  const name = pathIn(url);
  const path = files.get(name);
  // A file may be gone since the list was made.
  const stats = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
  if (path === undefined || stats === undefined) {
    refuse(response, 404, "There is no such file");
    return;
  }
  response.setHeader("Content-Type", types[extname(path)] ?? "application/octet-stream");
  response.setHeader("Content-Length", stats.size);
  // Names of assets carry the hash of their content.
  response.setHeader("Cache-Control", name.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache");
  if (method === "HEAD") response.end();
  else
    createReadStream(path)
      .on("error", () => response.destroy())
      .pipe(response);
}

/** The path of an address as the list of files has it; what is none is in no list. */
function pathIn(url: string): string {
  const [path = ""] = url.split(/[?#]/);
  try {
    return decodeURIComponent(path).replace(/^\//, "");
  } catch {
    return "\0";
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}
