import { ArgumentError, requireArray, requireInteger, requireMethods, requireObject } from "../errors.js";
import type { AbsentClient, ArrivedUpdate, Block, RoundTask } from "./messages.js";
import { requireAbsent } from "./require-update.js";
import type { Transport } from "./transport.js";

/** Who gave no update in a round, as its report says. */
export interface AnsweredRound {
  readonly round: number;
  readonly absent: readonly AbsentClient[];
}

/**
 * A transport on which the clients answer that answered before, and no others: with it a federation of the same options, but without
 * `deadline` and `aggregationGoal`, gives the bytes of the run that `rounds` are from.
 * @param transport where those clients run, such as that of a pool.
 * @param rounds reports of all rounds that are to be run, or `training.perRound` of a result.
 * @throws ArgumentError or ArgumentTypeError naming what is no round; while a round runs, where it is not among them or its clients are others.
 */
export function replayTransport(transport: Transport, rounds: readonly AnsweredRound[]): Transport {
  requireMethods("transport", transport, ["open", "run", "forget", "close"]);
  requireArray("rounds", rounds);
  const absences = new Map(rounds.map((each, index) => requireRound(`rounds[${index}]`, each)));
  return {
    name: `${transport.name}, replayed`,
    open: (setup, signal) => transport.open(setup, signal),
    forget: (setup) => transport.forget(setup),
    close: () => transport.close(),
    async *run({ parameters, control, blocks, levelLosses }: RoundTask, signal) {
      const absent = absencesOf(absences, blocks);
      const replayed = blocks.map((block) => replayedBlock(block, absent));
      for (const { block, missing } of replayed) {
        if (block.clients.length === 0) yield withoutAnyone(block, missing);
      }
      const asked = new Map(replayed.flatMap((each) => (each.block.clients.length > 0 ? [[each.block.id, each]] : [])));
      const left = Array.from(asked.values(), ({ block }) => block);
      if (left.length === 0) return;
      const task = {
        ...{ parameters, blocks: left },
        ...(control && { control }),
        ...(levelLosses && { levelLosses }),
      };
      for await (const update of transport.run(task, signal)) {
        const missing = asked.get(update.id)?.missing ?? [];
        yield missing.length === 0 ? update : withAbsent(update, missing);
      }
    },
  };
}

function requireRound(
  argument: string,
  each: AnsweredRound,
): [round: number, absent: ReadonlyMap<number, AbsentClient>] {
  const { round, absent } = requireObject(argument, each);
  requireInteger(`${argument}.round`, round, 0);
  requireAbsent(`${argument}.absent`, absent);
  const byClient = absent.map(({ client, reason, message }): [number, AbsentClient] => [
    client,
    { client, reason, ...(message !== undefined && { message }) },
  ]);
  return [round, new Map(byClient)];
}

function absencesOf(
  rounds: ReadonlyMap<number, ReadonlyMap<number, AbsentClient>>,
  blocks: readonly Block[],
): ReadonlyMap<number, AbsentClient> {
  const [{ round }] = blocks;
  const absent = rounds.get(round);
  if (!absent) throw new ArgumentError("rounds", `must say who answered in round ${round}`, [...rounds.keys()]);
  const asked = new Set(blocks.flatMap(({ clients }) => clients.map(({ client }) => client)));
  const stranger = [...absent.keys()].find((client) => !asked.has(client));
  if (stranger !== undefined)
    throw new ArgumentError("rounds", `must be of this run: in round ${round} it does not ask this client`, stranger);
  return absent;
}

/** The block without those that gave no update. Its mask stays, and so does the length of its sum. */
function replayedBlock(block: Block, absent: ReadonlyMap<number, AbsentClient>) {
  const clients = block.clients.filter(({ client }) => !absent.has(client));
  const missing = block.clients.flatMap(({ client }) => absent.get(client) ?? []);
  return { block: missing.length === 0 ? block : { ...block, clients }, missing };
}

function withoutAnyone({ id, round, block }: Block, absent: readonly AbsentClient[]): ArrivedUpdate {
  return { id, round, block, sum: new Float32Array(0), reports: [], absent };
}

/** Of the same memory: `release`, where there is one, stays that of the update. */
function withAbsent(update: ArrivedUpdate, absent: readonly AbsentClient[]): ArrivedUpdate {
  return { ...update, absent, release: () => update.release?.() };
}
