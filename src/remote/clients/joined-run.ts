import { canonicalJson } from "../../canonical-json.js";
import type { Dataset } from "../../data/dataset.js";
import { rowCount } from "../../data/dataset.js";
import { clientMoments } from "../../data/moments.js";
import { requireReach, requireTrainable } from "../../data/range.js";
import { ArgumentError, FedscoreError } from "../../errors.js";
import { requireClientMemory } from "../../federation/client-memory.js";
import type { OwnEvaluation, OwnLoss, OwnSteps, OwnUpdate } from "../../federation/own-training.js";
import { ownTraining } from "../../federation/own-training.js";
import type { Engine } from "../../kernels/index.js";
import type { NetworkSpec } from "../../network/spec.js";
import { trainingRows } from "../../network/training-rows.js";
import { type Held, hold } from "../../workers/task.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import { LastTask } from "./last-task.js";
import type { QuestionKind } from "./messages.js";
import { NotOpen, Outdated, Refusal } from "./no-answer.js";
import { inOwnWords } from "./own-words.js";
import type { TakenPart } from "./participant.js";
import {
  type CompletePolicy,
  countClasses,
  mostClasses,
  type StatisticName,
  statisticProblem,
  trainingProblem,
} from "./policy.js";
import { type ClientRows, mapped, rowsFor } from "./rows-for.js";
import {
  type ControlsBody,
  type OpenBody,
  readNetwork,
  readOpen,
  readSummaryTask,
  readTrain,
  type SummaryBody,
} from "./task-bodies.js";

/** The client's own side of all runs. */
export interface ClientSide extends ClientRows {
  readonly engine: Engine;
  readonly pool: WorkerPool;
  readonly session: string;
  readonly policy: CompletePolicy;
}

/** A setup that a run has told of, and its rows in a worker. */
interface Opened {
  readonly body: OpenBody;
  readonly dimension: number;
  readonly rows: number;
  readonly heldOut: number;
  readonly held: Held<OwnSteps | OwnEvaluation, OwnUpdate | OwnLoss>;
}

/** One run as a client sees it. */
export class JoinedRun implements TakenPart {
  readonly #side: ClientSide;
  #opened: Opened | undefined;
  #isClosed = false;
  /** Why the setup was refused. */
  #refusal: string | undefined;
  /** Rounds that it trained in. */
  #trained = 0;
  /** float32 [P] of a round's network: its control variates as rounds have left them. The coordinator says which counts, as an update may have come too late. */
  #controls: ReadonlyMap<number, Float32Array> = new Map();
  readonly #last = new LastTask();

  constructor(side: ClientSide) {
    this.#side = side;
  }

  /**
   * The answer to a task; undefined where there is none to give.
   * @param place of the task in the stream of tasks: one that comes later ends the training of those before it.
   * @throws Refusal, NotOpen, Outdated, FedscoreError.
   */
  async answer(
    kind: QuestionKind,
    body: unknown,
    { place, signal }: { readonly place: number; readonly signal: AbortSignal | undefined },
  ): Promise<object | undefined> {
    switch (kind) {
      case "open":
        return this.#open(readOpen(body));
      case "train":
        return this.#train(body, place, signal);
      case "loss":
        return this.#loss(body, signal);
      case "moments":
        return this.#moments();
      case "classes":
        return this.#classes();
      case "summary":
        return this.#summary(readSummaryTask(body));
      case "members":
      case "block":
        throw new Refusal("it is a client, and no aggregator");
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#drop();
  }

  #openedBy(body: OpenBody): Opened | undefined {
    return this.#opened && canonicalJson(this.#opened.body) === canonicalJson(body) ? this.#opened : undefined;
  }

  #drop(): void {
    this.#opened?.held.close();
    this.#opened = undefined;
  }

  async #open(body: OpenBody): Promise<object | undefined> {
    const { engine, pool, session } = this.#side;
    if (body.session !== session) return undefined;
    // Told again: tasks that wait for the rows in the worker must find them there.
    const already = this.#openedBy(body);
    if (already) return countsOf(already);
    this.#drop();
    try {
      const { train, heldOut } = await rowsFor(this.#side, body);
      if (this.#isClosed) throw new Outdated("the run is over");
      const meanwhile = this.#openedBy(body);
      if (meanwhile) return countsOf(meanwhile);
      this.#drop();
      const rows = mapped(engine, train, body);
      const apart = heldOut
        ? mapped(engine, heldOut, body)
        : { points: new Float32Array(0), dimension: rows.dimension };
      inOwnWords(
        "its rows have numbers that float32 cannot train on: the coordinator's transforms must scale them",
        () => {
          requireTrainable("the rows", rows.points, rows.dimension, "the coordinator's transforms must scale them");
          requireReach("the held-out rows", apart.points, rows.dimension, "as the others");
        },
      );
      const { points: _points, clientRows: _rows, ...setup } = body.setup;
      const { network } = setup;
      const own = inOwnWords(
        "its rows do not fit the run's network: their dimension or their classes are others",
        () => ({
          rows: trainingRows(network, rows.points, train.labels, "the labels of the rows"),
          heldOut: trainingRows(
            network,
            apart.points,
            heldOut?.labels ?? new Int32Array(0),
            "the labels of the held-out rows",
          ),
        }),
      );
      const held = hold(pool, ownTraining, { setup, ...own });
      const counts = { rows: rows.points.length / rows.dimension, heldOut: apart.points.length / rows.dimension };
      this.#opened = { body, dimension: rows.dimension, ...counts, held };
      this.#refusal = undefined;
      return countsOf(this.#opened);
    } catch (error) {
      this.#refusal = error instanceof Error ? error.message : String(error);
      throw error;
    }
  }

  async #train(body: unknown, place: number, signal: AbortSignal | undefined): Promise<object> {
    const { round, localSteps, keep, network, parameters, setup, clipNorm, controls } = readTrain(body);
    const opened = this.#requireOpen(setup, network);
    const problem = trainingProblem(this.#side.policy, { round, localSteps, trained: this.#trained });
    if (problem !== undefined) throw new Refusal(problem);
    const held = controls && this.#controlsBefore(controls);
    const ended = this.#last.begin(place);
    this.#trained++;
    const { client } = opened.body;
    const task: OwnSteps = {
      ...{ kind: "train", network, parameters, client, round, localSteps, ...(keep && { keep }) },
      ...(clipNorm !== undefined && { clipNorm }),
      ...(controls && { controls: { mean: controls.mean, own: held?.own } }),
    };
    const update = await opened.held
      .call(task, { signal: signal ? AbortSignal.any([signal, ended]) : ended })
      .catch((error: unknown) => {
        throw ended.aborted ? new Outdated("the round is over") : error;
      });
    if (!("local" in update)) throw new FedscoreError("FEDSCORE_WORKER", "training gave no update");
    const { loss, steps, flops, nonFiniteStep } = update.report;
    const { encoded, isWithin, control } = update;
    if (control) this.#controls = new Map([...(held?.still ?? []), [round, control]]);
    const kept = (values: Float32Array) => (keep ? values.filter((_, index) => keep[index] === 1) : values);
    return {
      round,
      ...(encoded ? { encoded } : { local: kept(update.local) }),
      loss,
      steps,
      flops,
      ...(nonFiniteStep !== undefined && { nonFiniteStep }),
      ...(isWithin !== undefined && { isWithin }),
      ...(control && { control: kept(control) }),
    };
  }

  /** Its control variate before a round, and what of its earlier ones may still count after it. */
  #controlsBefore({ own, mean }: ControlsBody): {
    readonly own: Float32Array | undefined;
    readonly still: readonly (readonly [number, Float32Array])[];
  } {
    if (typeof own !== "number") return { own, still: [] };
    const control = this.#controls.get(own);
    if (control?.length !== mean.length) throw new Refusal(`it has no control variate of round ${own}`);
    return { own: control, still: [[own, control]] };
  }

  async #loss(body: unknown, signal: AbortSignal | undefined): Promise<object> {
    const { network, parameters, setup } = readNetwork(body);
    const opened = this.#requireOpen(setup, network);
    this.#requireStatistic("loss", opened.heldOut);
    const { client } = opened.body;
    return await opened.held.call({ kind: "evaluate", network, parameters, client }, { signal });
  }

  #moments(): object {
    const { engine } = this.#side;
    const data = this.#requireNumbers();
    const count = rowCount(data);
    this.#requireStatistic("moments", count);
    const rows = Uint32Array.from({ length: count }, (_, row) => row);
    return inOwnWords("its rows vary by more than float32 holds, in which they are added up", () =>
      clientMoments(engine, data.exact ?? data.points, data.dimension, rows),
    );
  }

  #classes(): object {
    const { policy } = this.#side;
    const data = this.#requireNumbers();
    this.#requireStatistic("classes", rowCount(data));
    if (!data.labels) throw new Refusal("its rows have no classes");
    const counted = countClasses(policy, data.labels);
    const { length } = counted.classes;
    if (length > mostClasses)
      throw new Refusal(`its rows have ${length} classes, the most that are named are ${mostClasses}`);
    return counted;
  }

  async #summary({ smallestCount, ...asked }: SummaryBody): Promise<object> {
    const { table, policy } = this.#side;
    if (!table) throw new Refusal("it holds no table");
    this.#requireStatistic("summary", table.counts.rows);
    return { ...(await table.summarize({ ...asked, smallestCount: Math.max(smallestCount, policy.smallestGroup) })) };
  }

  #requireNumbers(): Dataset {
    const { data } = this.#side;
    if (!data) throw new Refusal("it holds a table, and no rows of numbers");
    return data;
  }

  #requireStatistic(statistic: StatisticName, rows: number): void {
    const problem = statisticProblem(this.#side.policy, statistic, rows);
    if (problem !== undefined) throw new Refusal(problem);
  }

  #requireOpen(setup: string, network: NetworkSpec): Opened {
    if (this.#refusal !== undefined) throw new Refusal(`it has not joined: ${this.#refusal}`);
    if (this.#opened?.body.setup.id !== setup) throw new NotOpen();
    const { dimension, rows, body } = this.#opened;
    if (network.dimension !== dimension)
      throw new ArgumentError("network.dimension", `must be ${dimension}, that of the rows`, network.dimension);
    const { training } = body.setup;
    requireClientMemory(this.#side.engine, { network, training, whole: true, rows, rowsArgument: "data" });
    return this.#opened;
  }
}

function countsOf({ rows, heldOut }: Opened): object {
  return { rows, heldOut };
}
