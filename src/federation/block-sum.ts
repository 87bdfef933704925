import type { Engine, Float32Block, Pointer } from "../kernels/index.js";
import type { NetworkSpec } from "../network/spec.js";
import type { SubmodelInMemory } from "../pruning/extract.js";
import { foldLone, foldUpdate, roundSum } from "../pruning/fold.js";
import { wholeMask } from "./blocks.js";
import type { Block, ClientAssignment } from "./messages.js";

/** A client that has trained. */
export interface TrainedClient {
  readonly assignment: ClientAssignment;
  /** What it started from. */
  readonly start: SubmodelInMemory;
  /** Where it ended, in the shape of its submodel. */
  readonly local: Float32Block;
}

/** Sums the updates of a block's clients into a float32 vector, all of whose entries are written by `end`. */
export interface BlockSum {
  add(client: TrainedClient): void;
  end(): void;
}

/** Parts of an engine's memory, and the network that they belong to. */
interface Server {
  readonly engine: Engine;
  readonly network: NetworkSpec;
  /** The server's parameters, float32 [P]. */
  readonly server: Pointer;
}

/** Allocates in the current arena scope. */
export function blockSum(server: Server, block: Block, target: Float32Array): BlockSum {
  return block.commonMask && block.clients.length === 1 ? loneSum(server, target) : foldedSum(server, block, target);
}

/** In float64, rounded once. */
function foldedSum({ engine, network, server }: Server, { commonMask }: Block, target: Float32Array): BlockSum {
  const sum = engine.arena.allocate(8 * target.length);
  engine.arena.float64(sum, target.length).fill(0);
  return {
    add({ assignment: { mask, weight }, start: { spec, parameters, layers }, local: { pointer: local } }) {
      if (commonMask) foldUpdate(engine, { spec, mask: wholeMask, local, server: parameters.pointer, sum, weight });
      else foldUpdate(engine, { spec: network, mask, local, server, sum, weight, layers });
    },
    end() {
      roundSum(engine, sum, target);
    },
  };
}

/** Of one client, whose update needs no float64 vector. */
function loneSum({ engine }: Server, target: Float32Array): BlockSum {
  let written = false;
  return {
    add({ assignment: { weight }, start: { parameters }, local }) {
      foldLone(engine, { local, server: parameters.pointer, weight }, target);
      written = true;
    },
    end() {
      if (!written) target.fill(0);
    },
  };
}
