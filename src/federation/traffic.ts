import { FedscoreError } from "../errors.js";
import type { Engine } from "../kernels/index.js";
import { layoutOf, type NetworkSpec } from "../network/spec.js";
import { compileMask } from "../pruning/compiled-mask.js";
import type { Mask, MaskFamily } from "../pruning/mask.js";
import { createEncoding, type DownlinkName, type Encoding, firstBeyond } from "./encodings/index.js";
import { finiteReports } from "./finite-reports.js";
import type { ClientAssignment, ClientReport } from "./messages.js";

/** How a server sends its parameters. */
export interface Downlink {
  readonly encoding: Encoding;
  readonly name: DownlinkName;
}

export function openDownlink(engine: Engine, name: DownlinkName): Downlink {
  return { name, encoding: createEncoding(engine, { kind: name }) };
}

/**
 * What clients get of the server's parameters, float32 [P]; of float32 the parameters themselves.
 * @throws FedscoreError FEDSCORE_NON_FINITE for a parameter that the encoding does not carry.
 */
export function received({ encoding, name }: Downlink, parameters: Float32Array, round: number): Float32Array {
  if (name === "float32") return parameters;
  const beyond = firstBeyond(parameters, encoding.largest);
  if (beyond >= 0) {
    const message = `round ${round}: ${name} does not carry parameter ${beyond}, ${parameters[beyond]}, to the clients`;
    throw new FedscoreError("FEDSCORE_NON_FINITE", message, { round, parameter: beyond });
  }
  return encoding.decode(encoding.encode(parameters, { seed: 0, round, client: 0 }), parameters.length);
}

/** Bytes that clients are sent: the kept parameters, and their masks where they cannot work them out. */
export function wireBytesDown(
  network: NetworkSpec,
  { encoding }: Downlink,
  { isByRule = false }: MaskFamily,
  assignments: readonly Pick<ClientAssignment, "mask">[],
): number {
  return assignments.reduce((bytes, { mask }) => {
    const parameters = encoding.mostBytes(compileMask(network, mask).kept);
    return bytes + parameters + (isByRule ? 0 : maskBytes(network, mask));
  }, 0);
}

/** Bytes of the updates that were averaged. */
export function wireBytesUp(reports: readonly ClientReport[]): number {
  return finiteReports(reports).reduce(
    (bytes, { parameters, encodedBytes = 4 * parameters }) => bytes + encodedBytes,
    0,
  );
}

/** Most bytes of the updates of some clients. */
export function mostBytesUp(
  network: NetworkSpec,
  { mostBytes }: Encoding,
  assignments: readonly Pick<ClientAssignment, "mask">[],
): number {
  return assignments.reduce((bytes, { mask }) => bytes + mostBytes(compileMask(network, mask).kept), 0);
}

/** As bit sets: one of the neurons of each hidden layer, or one of the parameters. */
function maskBytes(network: NetworkSpec, { kind }: Mask): number {
  if (kind === "full") return 0;
  if (kind === "unstructured") return Math.ceil(layoutOf(network).size / 8);
  return network.hidden.reduce((bytes, width) => bytes + Math.ceil(width / 8), 0);
}
