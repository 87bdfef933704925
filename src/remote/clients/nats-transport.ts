import { ArgumentError, FedscoreError } from "../../errors.js";
import { BlockFold } from "../../federation/block-fold.js";
import type { ArrivedUpdate, RoundTask, TrainingSetup } from "../../federation/messages.js";
import type { Transport } from "../../federation/transport.js";
import { createEngine, type Engine } from "../../kernels/index.js";
import { encodeMessage } from "../codec.js";
import { randomIdentity } from "../protocol.js";
import { shownServer } from "../server-options.js";
import { sha256 } from "../sha256.js";
import type { ClientStatus } from "../status/run-status.js";
import type { HeldOutLoss } from "./answers.js";
import { ClientTrainer } from "./client-trainer.js";
import { foldInTurn } from "./fold-in-turn.js";
import { ClientsLink, type Reply } from "./link.js";
import type { RefusedMessages } from "./refusals.js";
import { gatherLosses } from "./statistics.js";
import { type NatsTransportOptions, requireTransportOptions } from "./transport-options.js";

/** A transport whose clients are elsewhere. */
export interface NatsTransport extends Transport {
  /** What a coordinator that starts again must say. */
  readonly identity: { readonly run: string; readonly secret: string };
  /** Messages that were refused, by the client whose subject they came on. */
  readonly refused: readonly RefusedMessages[];
  /** Answers that came when their round was closed. */
  readonly late: number;
  /** Bytes of messages and their data, to clients and from them. */
  readonly bytes: { readonly down: number; readonly up: number };
  /** Each client as it is seen now. */
  clientStatus(): ClientStatus[];
  /**
   * The mean training loss of parameters, float32 [P], on the rows that each client holds out, once it was told of a federation: as many entries as there are
   * clients, in their order.
   * @throws FedscoreError FEDSCORE_UNSUPPORTED before any federation has trained on this transport.
   */
  evaluate(parameters: Float32Array, signal?: AbortSignal): Promise<readonly ClientEvaluation[]>;
}

/** The loss of a client's held-out rows, or why there is none. */
export type ClientEvaluation =
  | { readonly client: number; readonly loss: number; readonly rows: number }
  | { readonly client: number; readonly reason: "late" | "lost" | "refused"; readonly message?: string };

/** Milliseconds. */
const defaults = { lostAfter: 15_000, maxAge: 7 * 24 * 3_600_000 } as const;

/**
 * A transport to clients that hold their own data and are known by name (`joinFederation`, `fedscore join`). Blocks are split into a task for each
 * client; given who answered, their sums have the bytes of a run in which one machine has all data (variant "simd").
 * @throws FedscoreError FEDSCORE_WORKER, FEDSCORE_DENIED, FEDSCORE_UNSUPPORTED; ArgumentError or ArgumentTypeError naming an option.
 */
export async function natsTransport(options: NatsTransportOptions): Promise<NatsTransport> {
  requireTransportOptions(options);
  const { run = randomIdentity(), secret = randomIdentity(), onNote = () => {} } = options;
  const { lostAfter = defaults.lostAfter, maxAge = defaults.maxAge } = options;
  const engine = await createEngine({ variant: "simd" });
  const link = await ClientsLink.open(options, { run, secret, lostAfter, maxAge, onNote });
  return transportOver(engine, link, options);
}

/** The same over a link that is open, which the transport closes. */
export function transportOver(engine: Engine, link: ClientsLink, options: NatsTransportOptions): NatsTransport {
  const { clients, server } = options;
  const name = `clients by nats (${shownServer(server)})`;
  const absences = new Map<string, number>();
  let trainer: ClientTrainer | undefined;
  let setupId: string | undefined;
  let last: TrainingSetup | undefined;
  return {
    name,
    identity: link.identity,
    get refused() {
      return link.refusals.list();
    },
    get late() {
      return link.late;
    },
    get bytes() {
      return { ...link.bytes };
    },
    clientStatus: () =>
      clients.map((each) => ({
        name: each,
        state: link.roster.seats.has(each) ? (trainer?.stateOf(each) ?? "waits") : "was never there",
        lastSeen: link.roster.seats.get(each)?.date ?? null,
        absent: absences.get(each) ?? 0,
      })),
    async evaluate(parameters, signal) {
      if (!last) throw new FedscoreError("FEDSCORE_UNSUPPORTED", `${name}: no federation has trained here yet`);
      const given = await gatherLosses(link, clients, last, parameters, signal);
      return given.map(({ reply }, client) => evaluationOf(client, reply));
    },
    async open(setup: TrainingSetup) {
      requireNoData(name, setup);
      if (setupId !== undefined) {
        const message = `${name}: one federation at a time`;
        throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { setup: setup.id });
      }
      setupId = setup.id;
      last = await asTold(setup);
      trainer = new ClientTrainer(engine, link, last, options);
    },
    async forget(setup: string) {
      if (setupId !== setup) return;
      setupId = undefined;
      trainer?.close();
      trainer = undefined;
    },
    async *run(round, signal) {
      if (round.blocks.length === 0) return;
      const [{ setup }] = round.blocks;
      if (!trainer || setupId !== setup)
        throw new FedscoreError("FEDSCORE_WORKER", `blocks of ${setup} came before their setup`, { setup });
      yield* runRound(link, trainer, round, { clients, absences, signal });
    },
    close: () => link.close(true),
  };
}

function evaluationOf(client: number, reply: Reply<HeldOutLoss>): ClientEvaluation {
  if ("value" in reply) return { client, ...reply.value };
  const { none: reason, message } = reply;
  return { client, reason, ...(message !== undefined && { message }) };
}

interface RoundContext {
  readonly clients: readonly string[];
  readonly absences: Map<string, number>;
  readonly signal: AbortSignal | undefined;
}

async function* runRound(
  link: ClientsLink,
  trainer: ClientTrainer,
  { parameters, blocks }: RoundTask,
  { clients, absences, signal }: RoundContext,
): AsyncGenerator<ArrivedUpdate, void, undefined> {
  const stranger = blocks.flatMap((block) => block.clients).find(({ client }) => clients[client] === undefined);
  if (stranger) throw new ArgumentError("clients", `must name client ${stranger.client}`, clients.length);
  const unanswered: string[] = [];
  const asked = blocks.map((block) => {
    const outcomes = block.clients.map(async (assignment) => {
      const outcome = await trainer.train(block, assignment, parameters, signal);
      if ("absent" in outcome) unanswered.push(clients[outcome.absent.client]);
      return outcome;
    });
    return foldInTurn(new BlockFold(trainer.setup, parameters, block), outcomes);
  });
  try {
    yield* asTheyCome(asked);
  } finally {
    for (const name of unanswered) absences.set(name, (absences.get(name) ?? 0) + 1);
    await link.endRound(unanswered);
  }
}

async function* asTheyCome<Value>(promises: readonly Promise<Value>[]): AsyncGenerator<Value, void, undefined> {
  const left = new Map(promises.map((each, index) => [index, each.then((value) => ({ index, value }))]));
  while (left.size > 0) {
    const { index, value } = await Promise.race(left.values());
    left.delete(index);
    yield value;
  }
}

/** The setup under a name that is a function of its content: a coordinator that starts again, after whatever else, tells the same. */
async function asTold(setup: TrainingSetup): Promise<TrainingSetup> {
  const digest = await sha256(encodeMessage({ ...setup, id: "" }));
  return { ...setup, id: digest.slice(0, 32) };
}

function requireNoData(name: string, { id, points }: TrainingSetup): void {
  if (points === undefined) return;
  const message = `${name}: this federation has points, which clients would have to be sent: give it none, and each client a rowCount`;
  throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { setup: id });
}
