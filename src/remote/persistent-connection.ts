import { FedscoreError } from "../errors.js";
import { connectJetStream, type Server } from "./jetstream.js";
import { atMost, wait } from "./retry.js";
import type { ServerOptions } from "./server-options.js";

/** Milliseconds between two attempts to reach a server. */
const pause = 2000;

/** Who works for a server may be started before it is; undefined where `signal` was aborted before that. */
export async function persistentConnection(
  options: ServerOptions,
  onNote: (text: string) => void,
  signal: AbortSignal | undefined,
): Promise<Server | undefined> {
  for (let told = false; !signal?.aborted; told = true) {
    try {
      return await connectJetStream(options);
    } catch (error) {
      if (!(error instanceof FedscoreError) || error.code !== "FEDSCORE_WORKER") throw error;
      if (!told) onNote(`${error.message}: trying again`);
      await wait(pause);
    }
  }
  return undefined;
}

/** Ends a connection once what was sent is there; without a connection there is nothing to wait for. */
export async function drain({ connection }: Server): Promise<void> {
  await atMost(
    pause,
    connection.drain().catch(() => {}),
  );
  await connection.close();
}
