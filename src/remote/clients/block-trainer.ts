import type { ArrivedUpdate, Block, RoundTask, TrainingSetup } from "../../federation/messages.js";

/** What is told of a round while it runs. */
export interface RoundWatch {
  readonly signal: AbortSignal | undefined;
  /** Who was asked and gave nothing: what waits for it may go. */
  onUnanswered(name: string): void;
}

/** Has the blocks of one setup trained by whom a coordinator asks: clients, or aggregators that stand for them. */
export interface BlockTrainer {
  readonly setup: TrainingSetup;
  /** What somebody that is asked does now, in a word or two. */
  stateOf(name: string): string | undefined;
  /**
   * Clients that give nothing are absent, with their reasons.
   * @throws ArgumentError where nobody is known for a client of the block; what `ClientsLink.ask` throws.
   */
  runBlock(block: Block, round: RoundTask, watch: RoundWatch): Promise<ArrivedUpdate>;
  close(): void;
}
