import type { NetworkSpec } from "../../network/spec.js";
import type { Mask } from "../../pruning/mask.js";
import { neuronCoverage } from "../../pruning/neuron-coverage.js";
import type { CoverageNow } from "./messages.js";

/** Sums over rounds how many clients keep each neuron. */
export class CoverageWatch {
  readonly #network: NetworkSpec;
  readonly #sums: readonly Float64Array[];
  #rounds = 0;
  #clients = 0;

  constructor(network: NetworkSpec) {
    this.#network = network;
    this.#sums = network.hidden.map((width) => new Float64Array(width));
  }

  /** Of the rounds so far. */
  get now(): CoverageNow {
    const layers = this.#sums.map((sums) => sums.map((sum) => sum / this.#rounds));
    return { rounds: this.#rounds, clients: this.#clients, layers };
  }

  add(masks: readonly Mask[]): void {
    this.#rounds++;
    this.#clients = masks.length;
    neuronCoverage(this.#network, masks).forEach((counts, layer) => {
      for (let neuron = 0; neuron < counts.length; neuron++) this.#sums[layer][neuron] += counts[neuron];
    });
  }
}
