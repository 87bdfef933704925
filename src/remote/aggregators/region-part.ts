import { canonicalJson } from "../../canonical-json.js";
import { sumMoments } from "../../data/moments.js";
import { FedscoreError } from "../../errors.js";
import type { Engine } from "../../kernels/index.js";
import { ClientNumbers } from "../clients/client-numbers.js";
import { ClientTrainer } from "../clients/client-trainer.js";
import { evaluationOf } from "../clients/evaluation.js";
import { LastTask } from "../clients/last-task.js";
import type { ClientsLink } from "../clients/link.js";
import type { Hello, QuestionKind } from "../clients/messages.js";
import { NotOpen, Outdated, Refusal } from "../clients/no-answer.js";
import type { TakenPart } from "../clients/participant.js";
import { runRound } from "../clients/run-round.js";
import { gatherLosses, gatherMoments } from "../clients/statistics.js";
import { readNetwork } from "../clients/task-bodies.js";
import { encodeUpdate, type RegionOpening, readBlock, readOpening, setupIn } from "./messages.js";

/** What an aggregator has for the run that it takes part in. */
export interface RegionSide {
  readonly engine: Engine;
  /** To its clients. */
  readonly link: ClientsLink;
  readonly session: string;
  readonly members: readonly Hello[];
  readonly maximumNorm: number | undefined;
}

/** A run as an aggregator sees it: what it is asked it asks its clients, and answers for all of them. */
export class RegionPart implements TakenPart {
  readonly #side: RegionSide;
  readonly #last = new LastTask();
  #opened: { readonly opening: RegionOpening; readonly trainer: ClientTrainer } | undefined;

  constructor(side: RegionSide) {
    this.#side = side;
  }

  async answer(
    kind: QuestionKind,
    body: unknown,
    { place, signal }: { readonly place: number; readonly signal: AbortSignal | undefined },
  ): Promise<object | undefined> {
    switch (kind) {
      case "members":
        return this.#members();
      case "open":
        return this.#open(readOpening(body));
      case "block":
        return this.#train(body, place, signal);
      case "moments":
        return this.#moments(signal);
      case "loss":
        return this.#losses(body, signal);
      case "train":
      case "classes":
      case "summary":
        throw new Refusal("it is an aggregator, and no client");
    }
  }

  async close(over: boolean): Promise<void> {
    this.#opened?.trainer.close();
    await this.#side.link.close(over);
  }

  #members(): object {
    const { members } = this.#side;
    return {
      names: members.map(({ name }) => name),
      rows: Float64Array.from(members, ({ rows }) => rows),
      heldOut: Float64Array.from(members, ({ heldOut }) => heldOut),
    };
  }

  #open(opening: RegionOpening): object | undefined {
    const { engine, link, session, members, maximumNorm } = this.#side;
    if (opening.session !== session) return undefined;
    const known = new Set(members.map(({ name }) => name));
    const stranger = opening.clients.find((name) => !known.has(name));
    if (stranger !== undefined) throw new Refusal(`it has no client ${stranger}`);
    if (this.#opened && canonicalJson(this.#opened.opening) === canonicalJson(opening)) return {};
    this.#opened?.trainer.close();
    const { setup, first, clients, transform } = opening;
    const numbers = new ClientNumbers(clients, first);
    this.#opened = { opening, trainer: new ClientTrainer(engine, link, setup, { numbers, transform, maximumNorm }) };
    return {};
  }

  async #train(body: unknown, place: number, signal: AbortSignal | undefined): Promise<object> {
    const { opening, trainer } = this.#requireOpen(setupIn(body));
    const { block, parameters, deadline } = readBlock(body, opening.setup.network);
    const ended = this.#last.begin(place);
    const closing = deadline === undefined ? [] : [AbortSignal.timeout(1000 * deadline)];
    const until = AbortSignal.any([ended, ...closing, ...(signal ? [signal] : [])]);
    for await (const update of runRound(this.#side.link, trainer, { parameters, blocks: [block] }, until)) {
      if (ended.aborted || signal?.aborted) throw new Outdated("the round is over");
      return encodeUpdate(update);
    }
    throw new FedscoreError("FEDSCORE_WORKER", "the round gave no update of its block");
  }

  async #moments(signal: AbortSignal | undefined): Promise<object> {
    const { link, members } = this.#side;
    const names = members.map(({ name }) => name);
    const given = await gatherMoments(link, names, members[0].dimension, signal);
    const missing = given.filter(({ reply }) => "none" in reply).map(({ name }) => name);
    if (missing.length > 0) throw new Refusal(`of its clients ${missing.join(", ")} give no sums`.slice(0, 300));
    return { ...sumMoments(given.flatMap(({ reply }) => ("value" in reply ? [reply.value] : []))) };
  }

  async #losses(body: unknown, signal: AbortSignal | undefined): Promise<object> {
    const { setup, parameters } = readNetwork(body);
    const { opening } = this.#requireOpen(setup);
    const given = await gatherLosses(
      this.#side.link,
      opening.clients,
      { setup: opening.setup, parameters, of: "numbers" },
      signal,
    );
    return { evaluations: given.map(({ reply }, index) => evaluationOf(opening.first + index, reply)) };
  }

  #requireOpen(setup: string): { readonly opening: RegionOpening; readonly trainer: ClientTrainer } {
    if (this.#opened?.opening.setup.id !== setup) throw new NotOpen();
    return this.#opened;
  }
}
