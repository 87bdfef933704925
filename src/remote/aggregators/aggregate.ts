import { createEngine } from "../../kernels/index.js";
import { ClientsLink } from "../clients/link.js";
import { linkDefaults } from "../clients/link-defaults.js";
import type { Hello } from "../clients/messages.js";
import { Participant, type Side } from "../clients/participant.js";
import { waitForClients } from "../clients/wait-for-clients.js";
import { requireRole } from "../credentials.js";
import { drain, persistentConnection } from "../persistent-connection.js";
import { randomIdentity } from "../protocol.js";
import { shownServer } from "../server-address.js";
import { type AggregateOptions, requireAggregate } from "./aggregate-options.js";
import { RegionPart } from "./region-part.js";

/**
 * Stands between a coordinator and the clients of a region, for one run: asks the clients at its own server for what the coordinator asks of them, folds
 * their updates as they come, and answers with their sum, which has the bytes of a block that one machine has trained. Ends with the run, and tells its
 * clients; or with `signal`.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED where the servers' packages are not installed; FEDSCORE_DENIED where one refuses the credentials;
 * FEDSCORE_WORKER; FEDSCORE_ABORTED while it waits for clients; ArgumentError or ArgumentTypeError naming an option.
 */
export async function aggregateFederation(options: AggregateOptions): Promise<void> {
  requireAggregate(options);
  const { name, server, upstream, minimumClients = 1, maximumNorm, signal, onNote = () => {} } = options;
  requireRole(upstream.credentials, "client");
  const { lostAfter = linkDefaults.lostAfter } = options;
  const engine = await createEngine({ variant: "simd" });
  const identity = { run: randomIdentity(), secret: randomIdentity() };
  const link = await ClientsLink.open(server, { ...identity, lostAfter, maxAge: linkDefaults.maxAge, onNote });
  try {
    const members = await waitForClients(link, { minimum: minimumClients }, { signal, onNote });
    const connection = await persistentConnection({ ...upstream, name: upstream.name ?? name }, onNote, signal);
    if (!connection) return;
    try {
      onNote(`connected to ${shownServer(upstream.server)} as ${name}, for ${members.length} clients`);
      const session = randomIdentity();
      const side: Side = {
        name,
        hello: helloOf(session, members),
        join: () => new RegionPart({ engine, link, session, members, maximumNorm }),
      };
      await new Participant(connection, side, { signal, onNote }).serve();
    } finally {
      await drain(connection);
    }
  } finally {
    await link.close(false);
  }
}

function helloOf(session: string, members: readonly Hello[]): Side["hello"] {
  const total = (of: "rows" | "heldOut") => members.reduce((sum, each) => sum + each[of], 0);
  return {
    ...{ session, rows: total("rows"), heldOut: total("heldOut"), dimension: members[0].dimension },
    ...{ gives: ["moments", "loss"], members: members.length },
  };
}
