import { rowCount } from "../../data/dataset.js";
import { isFedscoreError } from "../../errors.js";
import { createEngine } from "../../kernels/index.js";
import { openPool } from "../../workers/open-pool.js";
import { requireRole } from "../credentials.js";
import { drain, persistentConnection } from "../persistent-connection.js";
import { randomIdentity } from "../protocol.js";
import { shownServer } from "../server-address.js";
import { type JoinOptions, requireJoin } from "./join-options.js";
import { type ClientSide, JoinedRun } from "./joined-run.js";
import { statisticNames } from "./messages.js";
import { HeldTable } from "./own-table.js";
import { Participant, type Side } from "./participant.js";
import { completePolicy } from "./policy.js";

/**
 * Takes part in federations under a name until those that it has joined are over or `signal` is aborted: trains on rows that stay here, gives what the
 * policy allows, and refuses all else with a reason. Comes back by itself when the server does.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED where the server's packages are not installed; FEDSCORE_DENIED where it refuses the credentials; ArgumentError
 * or ArgumentTypeError naming an option; FEDSCORE_INVALID_DATA for a table that is none.
 */
export async function joinFederation(options: JoinOptions): Promise<void> {
  requireJoin(options);
  requireRole(options.credentials, "client");
  const { onNote = () => {}, signal, stay, workers = 1, data, table, heldOut, policy = {} } = options;
  const engine = await createEngine({ variant: "simd" });
  const held = table && (await unlessAborted(HeldTable.open(engine, table, { onNote, signal })));
  if (signal?.aborted) return;
  const server = await persistentConnection(options, onNote, signal);
  if (!server) return;
  const pool = await openPool(engine, { workers });
  const rows = { data, heldOut, table: held };
  const own = { engine, pool, session: randomIdentity(), ...rows, policy: completePolicy(policy), onNote };
  const side = { name: options.name, hello: helloOf(own), join: () => new JoinedRun(own) };
  try {
    onNote(`connected to ${shownServer(options.server)} as ${options.name}: waiting for a federation`);
    await new Participant(server, side, { signal, stay, onNote }).serve();
  } finally {
    await pool.close();
    await drain(server);
  }
}

/** Who leaves while the file is read has left: that is no error. */
async function unlessAborted<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isFedscoreError(error) && error.code === "FEDSCORE_ABORTED") return undefined;
    throw error;
  }
}

function helloOf({ session, data, heldOut, table, policy }: ClientSide): Side["hello"] {
  const gives = statisticNames.filter((statistic) => policy[statistic]);
  const rows = { rows: data ? rowCount(data) : 0, heldOut: heldOut ? rowCount(heldOut) : 0 };
  return { session, ...rows, dimension: data?.dimension ?? 0, gives, ...(table && { table: table.counts }) };
}
