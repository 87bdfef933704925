import { joinedLayers, layoutOf, type NetworkSpec, normalizedWidths } from "../network/spec.js";
import type { Mask, StructuredMask } from "./mask.js";

/** Neighbouring indices: [starts[k], ends[k]). */
interface Runs {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** [start, end) of the flat parameter vector; `packed` is where it starts in the vector of the submodel. */
export type VisitRun = (start: number, end: number, packed: number) => void;

/** What a valid mask means for a network, each part worked out when it is first asked for. */
export class CompiledMask {
  readonly mask: Mask;
  /**
   * The network that a client with this mask runs: hidden widths shrink; inputs, outputs and joints stay. A full or unstructured mask
   * runs the whole network.
   */
  readonly spec: NetworkSpec;
  readonly #network: NetworkSpec;
  #kept: number | undefined;
  #forwardFlops: number | undefined;
  #keep: Uint8Array | undefined;
  #units: readonly Uint32Array[] | undefined;
  #runs: readonly Runs[] | undefined;

  /** See compileMask. */
  constructor(network: NetworkSpec, mask: Mask) {
    this.mask = mask;
    this.#network = network;
    this.spec = mask.kind === "structured" ? smallerSpec(network, mask) : network;
  }

  /** Number of parameters that the mask keeps: the ones of `keep`. */
  get kept(): number {
    this.#kept ??= this.mask.kind === "unstructured" ? onesOf(this.mask.keep) : layoutOf(this.spec).size;
    return this.#kept;
  }

  /** Multiply-adds x 2 of one row's forward pass through `spec`. */
  get forwardFlops(): number {
    this.#forwardFlops ??= layoutOf(this.spec).entries.reduce(
      (flops, { kind, length }) => (kind === "weight" ? flops + 2 * length : flops),
      0,
    );
    return this.#forwardFlops;
  }

  /** 0 or 1 per entry of the flat parameter vector. Not to be changed. */
  get keep(): Uint8Array {
    this.#keep ??= this.#expanded();
    return this.#keep;
  }

  /**
   * Kept units of every layer, inputs, outputs and conditions included: one ascending array per entry of the layout's units. Of an
   * unstructured mask all units. Not to be changed.
   */
  get units(): readonly Uint32Array[] {
    this.#units ??= layoutOf(this.#network).units.map((width, index) => this.#hidden[index - 1] ?? wholeLayer(width));
    return this.#units;
  }

  /** Visits runs that together are the entries of the kept units' parameters, each once, ascending. */
  visit(visit: VisitRun): void {
    const { maps, size } = layoutOf(this.#network);
    if (this.mask.kind !== "structured") {
      visit(0, size, 0);
      return;
    }
    this.#runs ??= this.units.map(runsOf);
    const { units } = this;
    const runs = this.#runs;
    let packed = 0;
    for (const { rows, columns, fanIn, fanOut, offset } of maps) {
      for (const row of units[rows]) {
        visitRuns(runs[columns], offset + row * fanIn, packed, visit);
        packed += units[columns].length;
      }
      visitRuns(runs[rows], offset + fanOut * fanIn, packed, visit);
      packed += units[rows].length;
    }
  }

  get #hidden(): readonly Uint32Array[] {
    return this.mask.kind === "structured" ? this.mask.kept : [];
  }

  #expanded(): Uint8Array {
    if (this.mask.kind === "unstructured") return this.mask.keep;
    const keep = new Uint8Array(layoutOf(this.#network).size);
    this.visit((start, end) => keep.fill(1, start, end));
    return keep;
  }
}

const compiled = new WeakMap<NetworkSpec, WeakMap<Mask, CompiledMask>>();

/**
 * What a mask means for a network: made once for each mask object, which must not be changed afterwards. It must be valid (see
 * validateMask): a server checks what its mask family made, clients take it as it comes.
 */
export function compileMask(network: NetworkSpec, mask: Mask): CompiledMask {
  const known = compiled.get(network) ?? new WeakMap<Mask, CompiledMask>();
  compiled.set(network, known);
  const found = known.get(mask) ?? new CompiledMask(network, mask);
  known.set(mask, found);
  return found;
}

function smallerSpec(network: NetworkSpec, { kept }: StructuredMask): NetworkSpec {
  return {
    ...network,
    hidden: kept.map((neurons) => neurons.length),
    ...((network.residual || network.joints) && { joints: joinedLayers(network) }),
    ...(network.normalization === "rms" && { normalizedWidths: normalizedWidths(network) }),
  };
}

/** 0 ... width - 1, made once for each width: inputs and outputs are kept whole by every mask. */
const wholeLayers = new Map<number, Uint32Array>();

function wholeLayer(width: number): Uint32Array {
  const known = wholeLayers.get(width);
  if (known) return known;
  const units = Uint32Array.from({ length: width }, (_, unit) => unit);
  wholeLayers.set(width, units);
  return units;
}

function onesOf(keep: Uint8Array): number {
  let ones = 0;
  for (let i = 0; i < keep.length; i++) ones += keep[i];
  return ones;
}

function visitRuns({ starts, ends }: Runs, offset: number, packed: number, visit: VisitRun): void {
  for (let k = 0, at = packed; k < starts.length; k++) {
    visit(offset + starts[k], offset + ends[k], at);
    at += ends[k] - starts[k];
  }
}

function runsOf(ascending: Uint32Array): Runs {
  const starts: number[] = [];
  const ends: number[] = [];
  for (const index of ascending) {
    if (ends.at(-1) === index) ends[ends.length - 1]++;
    else {
      starts.push(index);
      ends.push(index + 1);
    }
  }
  return { starts, ends };
}
