import { namedMember } from "../family.js";
import type { Engine } from "../kernels/index.js";
import type { NetworkSpec } from "../network/spec.js";

/** Which parameters a client keeps. Plain data: it travels to workers. */
export type Mask =
  | { readonly kind: "full" }
  /** Kept neurons of each hidden layer, ascending, at least one each; the client gets a really smaller network. */
  | { readonly kind: "structured"; readonly kept: readonly Uint32Array[] }
  /** 0 or 1 per entry of the flat parameter vector; the client runs the whole network with zeros in it. */
  | { readonly kind: "unstructured"; readonly keep: Uint8Array };

/** A mask that keeps whole neurons. */
export type StructuredMask = Extract<Mask, { readonly kind: "structured" }>;

/** A client of a round: what a family needs to know of it. */
export interface MaskClient {
  readonly id: number;
  /** In (0, 1]. Structured families keep ceil(keepRatio * width) neurons of each hidden layer; others say what they keep. */
  readonly keepRatio: number;
}

/** What a mask family may look at when it assigns the masks of a round. */
export interface MaskContext {
  readonly engine: Engine;
  readonly spec: NetworkSpec;
  readonly seed: number;
  readonly round: number;
  /** The round's participants in ascending id. */
  readonly clients: readonly MaskClient[];
  /** The server's parameters at the start of the round: valid during the call. */
  readonly parameters: Float32Array;
  /** Last aggregated update of the server, proportional to -gradient; undefined before the first round. */
  readonly update?: Float32Array | undefined;
}

/** A rule that assigns masks. One file per family, plus one line in the index. */
export interface MaskFamily {
  readonly name: string;
  readonly source: string;
  /** Whether a client can work out its mask from network, seed, round, its id and keep ratio: it is then not sent. Absent: it cannot. */
  readonly isByRule?: boolean;
  /** One mask per client of the context, in the same order. A function of the context alone. */
  assign(context: MaskContext): Mask[];
}

/** A family whose name is a type of its own. */
export const maskFamily = namedMember<MaskFamily>();
