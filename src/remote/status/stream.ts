import { ensureStream, type Server } from "../jetstream.js";
import { loadCore, loadJetStream } from "../packages.js";
import { statusSubject, streams } from "../streams.js";
import { encodeStatus, type RunStatus } from "./run-status.js";

/** Milliseconds after which the last status of a run is forgotten: a week. */
const kept = 7 * 24 * 3_600_000;

/** Makes the stream of statuses where there is none; of the coordinator. */
export async function ensureStatusStream({ manager }: Pick<Server, "manager">): Promise<void> {
  const [{ nanos }, { DiscardPolicy, StorageType }] = await Promise.all([loadCore(), loadJetStream()]);
  await ensureStream(manager, {
    ...{ name: streams.status, subjects: [statusSubject("*")], storage: StorageType.File, discard: DiscardPolicy.Old },
    ...{ max_msgs_per_subject: 1, max_age: nanos(kept), allow_direct: true },
  });
}

/** Tells whoever listens how a run stands; the stream keeps it. Does not wait for the server. */
export function publishStatus({ connection }: Pick<Server, "connection">, status: RunStatus): void {
  connection.publish(statusSubject(status.run), encodeStatus(status));
}
