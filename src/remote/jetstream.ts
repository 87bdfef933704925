import type { JetStreamClient, JetStreamManager, PubAck, StreamConfig } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { FedscoreError } from "../errors.js";
import { connect } from "./connect.js";
import { ownerOf } from "./credentials.js";
import { deniedError } from "./denied.js";
import { ownApi, sharedApi } from "./keys/role.js";
import { roles } from "./keys/roles/index.js";
import { loadCore, loadJetStream } from "./packages.js";
import { streamNames } from "./protocol.js";
import type { ServerOptions } from "./server-options.js";

/** A connection with what is needed of JetStream. */
export interface Server {
  readonly connection: NatsConnection;
  readonly stream: JetStreamClient;
  readonly manager: JetStreamManager;
}

/** The server's codes of errors that mean something here. */
export const apiCode = {
  streamNotFound: 10059,
  consumerNotFound: 10014,
  noMessage: 10037,
  /** The server stores nothing more there; see isSubjectTaken. */
  notStored: 10077,
} as const;

/** @throws FedscoreError as `connect`. */
export async function connectJetStream(options: ServerOptions): Promise<Server> {
  const { jetstream, jetstreamManager } = await loadJetStream();
  const connection = await connect(options);
  try {
    const apiPrefix = apiOf(options.credentials ?? "");
    const stream = jetstream(connection, { apiPrefix });
    return { connection, stream, manager: await jetstreamManager(connection, { apiPrefix, checkAPI: false }) };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/**
 * Makes the streams that are not there; those that are, made by an operator with other limits, replicas and ages, are left as they are.
 * @param maxAge milliseconds after which what a run has left behind is deleted.
 */
export async function ensureStreams({ manager }: Server, maxAge: number): Promise<void> {
  const [{ nanos }, jetStream] = await Promise.all([loadCore(), loadJetStream()]);
  const { RetentionPolicy, DiscardPolicy, StorageType } = jetStream;
  const common = { storage: StorageType.File, discard: DiscardPolicy.New, max_age: nanos(maxAge) };
  const once = { max_msgs_per_subject: 1, discard_new_per_subject: true };
  const streams: (Partial<StreamConfig> & { name: string })[] = [
    { ...common, name: streamNames.calls, subjects: ["fedscore.calls.*"], retention: RetentionPolicy.Workqueue },
    {
      ...{ ...common, ...once },
      ...{ name: streamNames.results, subjects: ["fedscore.results.*.*"], retention: RetentionPolicy.Workqueue },
    },
    {
      ...{ ...common, ...once },
      ...{ name: streamNames.data, subjects: ["fedscore.data.*.*.*"], allow_direct: true },
    },
  ];
  try {
    await Promise.all(streams.map((stream) => ensureStream(manager, stream)));
  } catch (error) {
    const denied = deniedError(error);
    if (denied) throw denied;
    const reason = error instanceof Error ? error.message : String(error);
    const message = `the server has no JetStream that may be used: ${reason} (nats-server -js, version 2.10 or later)`;
    throw new FedscoreError("FEDSCORE_WORKER", message, {}, error);
  }
}

/** The subjects of JetStream's API for who has these credentials: most see streams of another account. */
function apiOf(credentials: string): string {
  const identity = ownerOf(credentials);
  return identity && roles[identity.role].account !== "fedscore" ? sharedApi : ownApi;
}

/** Makes a stream that is not there. */
export async function ensureStream(
  manager: JetStreamManager,
  stream: Partial<StreamConfig> & { name: string },
): Promise<void> {
  try {
    await manager.streams.info(stream.name);
  } catch (error) {
    if (codeOf(error) !== apiCode.streamNotFound) throw error;
    await manager.streams.add(stream);
  }
}

/**
 * Stores a message on a subject of a stream.
 * @throws FedscoreError FEDSCORE_WORKER where the stream takes no more, as one that an operator has limited; an error of the connection.
 */
export async function publish({ stream }: Server, subject: string, bytes: Uint8Array): Promise<PubAck> {
  try {
    return await stream.publish(subject, bytes);
  } catch (error) {
    if (codeOf(error) !== apiCode.notStored || isSubjectTaken(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new FedscoreError("FEDSCORE_WORKER", `the server does not store ${subject}: ${reason}`, { subject }, error);
  }
}

/** Stores a message on a subject that takes one: what is there already stays. @throws as `publish`. */
export async function publishOnce(server: Server, subject: string, bytes: Uint8Array): Promise<void> {
  try {
    await publish(server, subject, bytes);
  } catch (error) {
    if (!isSubjectTaken(error)) throw error;
  }
}

/** The server has one code for all that it does not store: its words tell a subject that has its message from a stream that is full. */
function isSubjectTaken(error: unknown): boolean {
  return codeOf(error) === apiCode.notStored && error instanceof Error && /per subject/.test(error.message);
}

/** The server's code of an error; undefined where the error is another one, such as of the connection. */
export function codeOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "number" ? error.code : undefined;
}
