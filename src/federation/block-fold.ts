import { firstNonFinite } from "../data/finite.js";
import { ArgumentError, requireBoolean, requireLength, requireObject, requireTyped } from "../errors.js";
import { layoutOf, requireNetwork } from "../network/spec.js";
import { compileMask } from "../pruning/compiled-mask.js";
import { requireWeight } from "../pruning/fold.js";
import { eachRun, scatterKept } from "../pruning/kept-entries.js";
import { sumLength } from "./blocks.js";
import { clipUpdate } from "./client-privacy/clip-update.js";
import type {
  AbsentClient,
  ArrivedUpdate,
  Block,
  ClientAssignment,
  ClientReport,
  ClientState,
  TrainingSetup,
} from "./messages.js";
import { requireBlock } from "./require-answer.js";
import { requireAbsent, requireReport } from "./require-update.js";
import { startOf } from "./start-of.js";

/** Where a client of a block ended, or that it gave no update. */
export type ClientOutcome =
  | {
      /**
       * float32 [kept]: where it ended, the entries that its mask keeps, in their order; how far it moved, where the setup has an encoding or the block a
       * clipNorm; empty where the update is not finite.
       */
      readonly local: Float32Array;
      readonly report: ClientReport;
      /** Whether its update needed no clipping, as the client says; asked for where the block has a clipNorm. */
      readonly isWithin?: boolean;
      /** float32 [kept]: its control variate as its rule has left it. Absent: the rule has none. */
      readonly control?: Float32Array;
    }
  | { readonly absent: AbsentClient };

/**
 * Sums the updates of a block's clients in the order of the block, with the bytes of `runBlocks`: folding is in float64, without fused
 * multiply-adds, and rounded once. Takes float64 [P] of memory, whatever the number of clients, and float32 [P] for each that has a control variate.
 * Where the block has a clipNorm no client is believed to have kept to it: longer updates are shortened here.
 */
export class BlockFold {
  readonly #setup: Pick<TrainingSetup, "network" | "encoding">;
  readonly #parameters: Float32Array;
  readonly #block: Block;
  readonly #sum: Float64Array;
  readonly #reports: ClientReport[] = [];
  readonly #absent: AbsentClient[] = [];
  readonly #states: ClientState[] = [];
  #within = 0;

  /**
   * @param setup of the run, as `Transport.open` is given it.
   * @param parameters float32 [P]: what the round started from.
   * @throws ArgumentError or ArgumentTypeError naming what of it is wrong.
   */
  constructor(setup: Pick<TrainingSetup, "network" | "encoding">, parameters: Float32Array, block: Block) {
    const { network } = requireObject("setup", setup);
    requireNetwork("setup.network", network);
    requireTyped("parameters", parameters, Float32Array);
    requireLength("parameters", parameters, layoutOf(network).size);
    requireFinite("parameters", parameters);
    requireBlock(network, block);
    if (setup.encoding && "feedback" in setup.encoding && setup.encoding.feedback) {
      const rule =
        "must be false: what a client has not sent comes with its update alone, which is not among its outcome";
      throw new ArgumentError("setup.encoding.feedback", rule, true);
    }
    this.#setup = setup;
    this.#parameters = parameters;
    this.#block = block;
    this.#sum = new Float64Array(sumLength(network, block));
  }

  /**
   * What the next client of the block gave.
   * @throws ArgumentError or ArgumentTypeError where that is of another client, of another length than its mask keeps, or not finite.
   */
  add(outcome: ClientOutcome): void {
    const { clients } = this.#block;
    const assignment = clients[this.#reports.length + this.#absent.length];
    if (!assignment)
      throw new ArgumentError("outcomes", `must be those of ${clients.length} clients`, clients.length + 1);
    requireObject("outcome", outcome);
    const { client } = assignment;
    if ("absent" in outcome) {
      requireAbsent("outcome.absent", [outcome.absent]);
      requireClient("outcome.absent.client", outcome.absent.client, client);
      this.#absent.push(outcome.absent);
      return;
    }
    const { local, report, isWithin, control } = outcome;
    requireClient("outcome.report.client", requireObject("outcome.report", report).client, client);
    requireReport(this.#reports.length, report);
    if (report.nonFiniteStep === undefined) {
      this.#fold(assignment, local);
      if (this.#block.clipNorm !== undefined) requireBoolean("outcome.isWithin", isWithin);
      if (isWithin) this.#within++;
      if (control !== undefined) this.#states.push({ control: this.#spread(assignment, control) });
    }
    this.#reports.push(report);
  }

  /** @throws ArgumentError where not all clients of the block have been added. */
  end(): ArrivedUpdate {
    const { id, round, block, clients } = this.#block;
    const added = this.#reports.length + this.#absent.length;
    if (added !== clients.length)
      throw new ArgumentError("outcomes", `must be those of ${clients.length} clients`, added);
    return {
      ...{ id, round, block, sum: Float32Array.from(this.#sum), reports: this.#reports },
      ...(this.#states.length > 0 && { states: this.#states }),
      ...(this.#block.clipNorm !== undefined && { within: this.#within }),
      ...(this.#absent.length > 0 && { absent: this.#absent }),
    };
  }

  /** float32 [P], 0 where the mask keeps nothing. */
  #spread({ mask }: ClientAssignment, control: Float32Array): Float32Array {
    const { network } = this.#setup;
    const compiled = compileMask(network, mask);
    requireTyped("outcome.control", control, Float32Array);
    requireLength("outcome.control", control, compiled.kept);
    requireFinite("outcome.control", control);
    const whole = new Float32Array(layoutOf(network).size);
    scatterKept(compiled, control, whole);
    return whole;
  }

  #fold({ mask, weight }: ClientAssignment, local: Float32Array): void {
    requireWeight(weight);
    requireTyped("outcome.local", local, Float32Array);
    const { clipNorm } = this.#block;
    const start = startOf(this.#setup, mask, this.#parameters, clipNorm !== undefined);
    requireLength("outcome.local", local, start.length);
    requireFinite("outcome.local", local);
    const sum = this.#sum;
    const ended = clipNorm === undefined ? local : local.slice();
    if (clipNorm !== undefined) clipUpdate(ended, clipNorm / weight);
    let at = 0;
    const fold = (to: number) => {
      sum[to] += weight * (ended[at] - start[at]);
      at++;
    };
    if (this.#block.commonMask) for (let i = 0; i < sum.length; i++) fold(i);
    else
      eachRun(compileMask(this.#setup.network, mask), (from, to) => {
        for (let i = from; i < to; i++) fold(i);
      });
  }
}

function requireFinite(argument: string, values: Float32Array): void {
  const broken = firstNonFinite(values);
  if (broken >= 0) throw new ArgumentError(`${argument}[${broken}]`, "must be finite", values[broken]);
}

function requireClient(argument: string, found: number, expected: number): void {
  if (found !== expected) throw new ArgumentError(argument, `must be ${expected}, whose turn it is`, found);
}
