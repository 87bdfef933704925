import { availableParallelism } from "node:os";
import { type Command, Option } from "commander";
import { readBytes } from "../experiment/files/read-file.js";
import type { CompiledKernels, Variant } from "../kernels/index.js";
import type { ServerOptions } from "../remote/server-options.js";
import { ComlinkPool } from "../workers/comlink/pool.js";
import type { WorkerPool } from "../workers/worker-pool.js";

/** The server that a command line names, and its credentials: files. */
export interface ServerArguments {
  readonly server?: string;
  readonly credentials?: string;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

/** The same of a command that does nothing without one. */
export interface RequiredServerArguments extends ServerArguments {
  readonly server: string;
}

/** The options of commands whose work may go to other machines. */
export function withServer(command: Command): Command {
  const text = "give the work to the workers of a NATS server (fedscore worker --server URL)";
  return withCredentials(command.addOption(new Option("--server <url>", text)));
}

/** The options of commands that do nothing without a server. */
export function withRequiredServer(command: Command): Command {
  const text = "NATS server with JetStream: tls://HOST:4222, or nats:// without TLS";
  return withCredentials(command.addOption(new Option("--server <url>", text).makeOptionMandatory()));
}

/** Who asks a server. */
function withCredentials(command: Command): Command {
  return command
    .option("--credentials <file>", "credentials for the server: a .creds file or an NKey seed")
    .option("--tls-ca <file>", "certificate authority of the server (PEM)")
    .option("--tls-cert <file>", "own certificate for the server (PEM)")
    .option("--tls-key <file>", "key of the own certificate (PEM)");
}

/** What a connection needs, files read. @throws FedscoreError FEDSCORE_FILE. */
export function serverOptions(server: string, given: ServerArguments): ServerOptions {
  const text = (path: string | undefined) =>
    path === undefined ? undefined : new TextDecoder().decode(readBytes(path));
  const tls = { ca: text(given.tlsCa), cert: text(given.tlsCert), key: text(given.tlsKey) };
  const isTls = Object.values(tls).some((each) => each !== undefined);
  return { server, credentials: text(given.credentials), ...(isTls && { tls }) };
}

/** The build that a command runs: at machines that are not known the one with the same bytes everywhere, where nobody asks for another. */
export function variantFor({ server, variant }: ServerArguments & { variant: Variant | "auto" }): Variant | "auto" {
  return server !== undefined && variant === "auto" ? "simd" : variant;
}

/** Where a command's work is done: what opens its pool. `workers` are the places at a server's workers that are waited for. */
export function poolOpener(
  given: ServerArguments & { readonly workers?: number },
  onNote: (text: string) => void,
  threads = given.workers,
): (kernels: CompiledKernels, signal?: AbortSignal) => Promise<WorkerPool> {
  const { server, workers } = given;
  if (server === undefined)
    return (kernels) => ComlinkPool.start(kernels, { workers: threads ?? availableParallelism() });
  const options = serverOptions(server, given);
  return async ({ variant }, signal) => {
    // Others need neither it nor its packages.
    const { natsPool } = await import("../remote/nats-pool.js");
    return natsPool({ ...options, name: "fedscore", variant, minimumWorkers: workers, onNote, signal });
  };
}
