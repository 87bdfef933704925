import { type Engine, normals, Purpose } from "../../kernels/index.js";
import type { NetworkSpec } from "../../network/spec.js";
import { compileMask } from "../../pruning/compiled-mask.js";
import type { Mask, MaskFamily } from "../../pruning/mask.js";
import { type ClientRuleSpec, createClientRule, type OwnClientRule } from "../client-rules/index.js";
import { createEncoding, type Encoding, type EncodingSpec } from "../encodings/index.js";
import type { ClientAssignment } from "../messages.js";
import { type Downlink, wireBytesDown } from "../traffic.js";

/** What a device has to do in a round. */
export interface DeviceWork {
  /** The kept parameters as they are sent, and the mask where it is. */
  readonly bytesDown: number;
  /** Multiply-adds x 2 of all local steps. */
  readonly flops: number;
  /** The update as it is encoded. */
  readonly bytesUp: number;
}

/** What decides it. */
export interface WorkSettings {
  readonly network: NetworkSpec;
  /** Rows that a local step meets, see rowsOfStep. */
  readonly stepRows: number;
  readonly maskFamily: MaskFamily;
  readonly downlink: Downlink;
  readonly encoding: EncodingSpec;
  /** Control variates of a rule travel beside parameters and updates, as float32. */
  readonly clientRule: ClientRuleSpec | OwnClientRule;
}

/**
 * Works out what devices have to do, before anybody has trained. How many bytes an update takes is a function of its length in every encoding
 * but top-k, whose indices take fewer where they lie close to one another: of it, what an update of independent normal numbers takes.
 */
export class WorkCounter {
  readonly #engine: Engine;
  readonly #settings: WorkSettings;
  readonly #encoding: Encoding;
  readonly #controls: boolean;
  readonly #encoded = new Map<number, number>();
  readonly #known = new WeakMap<Mask, Omit<DeviceWork, "flops"> & { readonly flopsPerStep: number }>();

  constructor(engine: Engine, settings: WorkSettings) {
    this.#engine = engine;
    this.#settings = settings;
    this.#encoding = createEncoding(engine, settings.encoding);
    this.#controls = createClientRule("clientRule", settings.clientRule).controls ?? false;
  }

  of(assignment: Pick<ClientAssignment, "mask" | "localSteps">): DeviceWork {
    const { mask, localSteps } = assignment;
    const known = this.#known.get(mask) ?? this.#ofMask(mask);
    this.#known.set(mask, known);
    const { flopsPerStep, ...bytes } = known;
    return { ...bytes, flops: flopsPerStep * localSteps };
  }

  #ofMask(mask: Mask): Omit<DeviceWork, "flops"> & { readonly flopsPerStep: number } {
    const { network, stepRows, downlink, maskFamily } = this.#settings;
    const { kept } = compileMask(network, mask);
    const beside = this.#controls ? 4 * kept : 0;
    return {
      bytesDown: wireBytesDown(network, downlink, maskFamily, [{ mask }]) + beside,
      flopsPerStep: 3 * compileMask(network, mask).forwardFlops * stepRows,
      bytesUp: this.#encodedBytes(kept) + beside,
    };
  }

  #encodedBytes(length: number): number {
    const key = { seed: 0, round: 0, client: 0 };
    const found =
      this.#encoded.get(length) ??
      this.#encoding.encode(normals(this.#engine, length, { seed: 0, purpose: Purpose.encoding }), key).length;
    this.#encoded.set(length, found);
    return found;
  }
}
