import { createEngine } from "../../kernels/index.js";
import { randomIdentity } from "../protocol.js";
import { ClientsLink } from "./link.js";
import { linkDefaults } from "./link-defaults.js";
import type { NatsTransport } from "./remote-transport.js";
import { type NatsTransportOptions, requireTransportOptions } from "./transport-options.js";
import { transportOver } from "./transport-over.js";

/**
 * A transport to clients that hold their own data and are known by name (`joinFederation`, `fedscore join`). Blocks are split into a task for each
 * client; given who answered, their sums have the bytes of a run in which one machine has all data (variant "simd").
 * @throws FedscoreError FEDSCORE_WORKER, FEDSCORE_DENIED, FEDSCORE_UNSUPPORTED; ArgumentError or ArgumentTypeError naming an option.
 */
export async function natsTransport(options: NatsTransportOptions): Promise<NatsTransport> {
  requireTransportOptions(options);
  const { run = randomIdentity(), secret = randomIdentity(), onNote = () => {} } = options;
  const { lostAfter = linkDefaults.lostAfter, maxAge = linkDefaults.maxAge } = options;
  const engine = await createEngine({ variant: "simd" });
  const link = await ClientsLink.open(options, { run, secret, lostAfter, maxAge, onNote });
  return transportOver(engine, link, options);
}
