import type { ClientTimes } from "../../federation/devices/virtual-round.js";
import type { ClientShare, RoundReport } from "../../federation/round-report.js";
import { layoutOf, type NetworkSpec } from "../../network/spec.js";
import type { LayerCoverage } from "../../pruning/round-coverage.js";
import type { DroppedUpdate, HistoryState, RoundSummary } from "./history-state.js";
import type { ExperimentResult } from "./schema.js";

/** Numbers of a round that report, record and result have alike. */
type RoundNumbers = Pick<
  RoundReport,
  "round" | "loss" | "seconds" | "flops" | "bytesUp" | "bytesDown" | "wireBytesUp" | "wireBytesDown"
>;

function numbersOf(round: RoundNumbers): RoundNumbers {
  const { loss, seconds, flops, bytesUp, bytesDown, wireBytesUp, wireBytesDown } = round;
  const known = { ...(loss !== undefined && { loss }) };
  return { round: round.round, ...known, seconds, flops, bytesUp, bytesDown, wireBytesUp, wireBytesDown };
}

/** A complete round as log.jsonl keeps it. */
export interface RoundRecord extends RoundNumbers, Pick<RoundReport, "dropped" | "absent" | "shares"> {
  /** Mean training loss on the held-out rows that decide when training ends, where it was measured. */
  readonly heldOutLoss?: number;
  readonly event: "round";
  readonly stage: "training" | "reference";
  readonly coverage: Pick<RoundReport["coverage"], "minimum" | "pruningNoise"> & {
    readonly perLayer: readonly Pick<LayerCoverage, "mean" | "min">[];
    /** [Gamma, number of parameters that so many clients kept]. */
    readonly histogram: readonly (readonly [number, number])[];
  };
  /** Clients that were expected, where clients are protected: nothing is said of who took part. */
  readonly expectedClients?: number;
  /** Columns over the participants that answered; no losses where these are not told. */
  readonly clients: {
    readonly id: readonly number[];
    readonly loss: readonly number[];
    readonly flops: readonly number[];
    /** Parameters that the client kept. */
    readonly parameters: readonly number[];
  };
  /** Where time is virtual. */
  readonly virtual?: NonNullable<RoundSummary["virtual"]> & { readonly clients: readonly ClientTimes[] };
}

export function recordOf(stage: RoundRecord["stage"], report: RoundReport, heldOutLoss?: number): RoundRecord {
  const { dropped, absent, shares, coverage, clients, virtual, privacy } = report;
  return {
    event: "round",
    stage,
    ...numbersOf(report),
    ...(heldOutLoss !== undefined && { heldOutLoss }),
    ...(privacy && { expectedClients: Math.round(privacy.expectedClients) }),
    dropped,
    absent,
    ...(shares && { shares }),
    coverage: {
      minimum: coverage.minimum,
      perLayer: coverage.perLayer.map(({ mean, min }) => ({ mean, min })),
      histogram: coverage.histogram.map(({ clients, parameters }) => [clients, parameters]),
      pruningNoise: coverage.pruningNoise,
    },
    clients: {
      id: clients.map(({ client }) => client),
      loss: report.loss === undefined ? [] : clients.map((client) => client.loss),
      flops: clients.map((client) => client.flops),
      parameters: clients.map(({ parameters }) => parameters),
    },
    ...(virtual && { virtual }),
  };
}

interface ClientTotals {
  rounds: number;
  absent: number;
  /** Absent until it has given an update that was averaged. */
  loss?: number;
  flops: number;
  bytesUp: number;
  bytesDown: number;
  /** Sum of the shares of its updates, and how many they were. Absent where no rule has weighed one. */
  weighed?: { shares: number; updates: number };
  virtual?: NonNullable<HistoryState["clients"][number]["virtual"]>;
}

/** Folds the rounds of a run into what its result says of them. */
export class RunHistory {
  readonly #perRound: RoundSummary[];
  readonly #clients: Map<number, ClientTotals>;
  readonly #histogram: number[];
  readonly #dropped: DroppedUpdate[];

  /** @param earlier what the `state` of an interrupted run was. */
  constructor(earlier: HistoryState = { perRound: [], clients: [], histogram: [], dropped: [] }) {
    this.#perRound = [...earlier.perRound];
    this.#clients = new Map(earlier.clients.map(({ id, ...totals }) => [id, totals]));
    this.#histogram = [...earlier.histogram];
    this.#dropped = [...earlier.dropped];
  }

  /** All of it as JSON: part of a checkpoint. */
  get state(): HistoryState {
    return {
      perRound: this.#perRound,
      clients: [...this.#clients].map(([id, totals]) => ({ id, ...totals })),
      histogram: this.#histogram,
      dropped: this.#dropped,
    };
  }

  add(record: RoundRecord): void {
    const { round, heldOutLoss, dropped, absent, shares, coverage, clients, virtual, expectedClients } = record;
    const lost = new Set(dropped);
    const averaged = clients.loss.filter((_, index) => !lost.has(clients.id[index]));
    this.#perRound.push({
      ...numbersOf(record),
      ...(averaged.length > 0 && { clientLoss: endsOf(averaged) }),
      ...(heldOutLoss !== undefined && { heldOutLoss }),
      participants: expectedClients ?? clients.id.length + absent.length,
      dropped: dropped.length,
      absent: absent.map(({ parameters: _, ...absence }) => absence),
      ...(shares && { leftOut: shares.flatMap(({ client, share }) => (share === 0 ? [client] : [])) }),
      coverage: coverage.perLayer,
      pruningNoise: coverage.pruningNoise,
      ...(virtual && { virtual: roundTimes(virtual) }),
    });
    for (const [gamma, parameters] of coverage.histogram) {
      while (this.#histogram.length <= gamma) this.#histogram.push(0);
      this.#histogram[gamma] += parameters;
    }
    for (const client of dropped) this.#dropped.push({ round, client });
    clients.id.forEach((id, index) => {
      const totals = this.#asked(id, clients.parameters[index]);
      totals.flops += clients.flops[index];
      if (lost.has(id)) return;
      totals.bytesUp += 4 * clients.parameters[index];
      if (clients.loss.length > 0) totals.loss = clients.loss[index];
    });
    for (const each of shares ?? []) this.#weigh(each);
    for (const { client, parameters } of absent) this.#asked(client, parameters).absent++;
    for (const times of virtual?.clients ?? []) this.#took(times);
  }

  #weigh({ client, share }: ClientShare): void {
    const totals = this.#clients.get(client);
    if (!totals) return;
    const { shares, updates } = totals.weighed ?? { shares: 0, updates: 0 };
    totals.weighed = { shares: shares + share, updates: updates + 1 };
  }

  /** The totals of a client that was asked in one more round. */
  #asked(id: number, parameters: number): ClientTotals {
    const totals = this.#clients.get(id) ?? { rounds: 0, absent: 0, flops: 0, bytesUp: 0, bytesDown: 0 };
    this.#clients.set(id, totals);
    totals.rounds++;
    totals.bytesDown += 4 * parameters;
    return totals;
  }

  #took({ client, download, compute, upload, staleness }: ClientTimes): void {
    const totals = this.#clients.get(client);
    if (!totals) return;
    const before = totals.virtual ?? { sent: 0, download: 0, compute: 0, upload: 0 };
    totals.virtual = {
      sent: before.sent + 1,
      download: before.download + download,
      compute: before.compute + compute,
      upload: before.upload + upload,
      ...(staleness !== undefined && { staleness: (before.staleness ?? 0) + staleness }),
    };
  }

  get rounds(): number {
    return this.#perRound.length;
  }

  get perRound(): readonly RoundSummary[] {
    return this.#perRound;
  }

  /** Updates that were left out of their round's average. */
  get dropped(): readonly DroppedUpdate[] {
    return this.#dropped;
  }

  /** Clients that gave no update in a round. */
  get absent(): readonly DroppedUpdate[] {
    return this.#perRound.flatMap(({ round, absent }) => absent.map(({ client }) => ({ round, client })));
  }

  /** Wall time of all rounds. */
  get seconds(): number {
    return sum(this.#perRound, ({ seconds }) => seconds);
  }

  training(): ExperimentResult["training"] {
    return {
      rounds: this.#perRound.length,
      loss: this.#perRound.flatMap(({ loss }) => loss ?? []),
      seconds: this.seconds,
      flops: sum(this.#perRound, ({ flops }) => flops),
      bytesUp: sum(this.#perRound, ({ bytesUp }) => bytesUp),
      bytesDown: sum(this.#perRound, ({ bytesDown }) => bytesDown),
      wireBytesUp: sum(this.#perRound, ({ wireBytesUp }) => wireBytesUp),
      wireBytesDown: sum(this.#perRound, ({ wireBytesDown }) => wireBytesDown),
      perRound: this.#perRound,
    };
  }

  /** @param neverCovered parameters that no client has kept in any round. */
  coverage(network: NetworkSpec, minimum: number, neverCovered: number): ExperimentResult["coverage"] {
    const layers = layoutOf(network).maps.map(({ name }) => name);
    return { min: minimum, histogram: this.#histogram, layers, neverCovered };
  }

  /** Clients that were asked, by id. */
  clients(samples: (id: number) => number, keepRatio: (id: number) => number): ExperimentResult["clients"] {
    const ids = [...this.#clients].sort(([a], [b]) => a - b);
    return ids.map(([id, { weighed, ...totals }]) => ({
      ...{ id, samples: samples(id), keepRatio: keepRatio(id), ...totals },
      ...(weighed && { share: weighed.shares / weighed.updates }),
    }));
  }
}

function roundTimes({ end, seconds, last }: NonNullable<RoundRecord["virtual"]>): NonNullable<RoundSummary["virtual"]> {
  return { end, seconds, ...(last && { last }) };
}

function sum<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((total, item) => total + amount(item), 0);
}

function endsOf(values: readonly number[]): { low: number; high: number } {
  const least = (a: number, b: number) => Math.min(a, b);
  const most = (a: number, b: number) => Math.max(a, b);
  return { low: values.reduce(least), high: values.reduce(most) };
}
