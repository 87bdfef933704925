import { trainBlocks } from "../../federation/training-tasks.js";
import type { CallOptions, Installation, WorkerFunction, WorkerPool } from "../../workers/worker-pool.js";
import { type ClientsNow, clientStates } from "./messages.js";

const [resting, waiting, atWork, done] = clientStates.keys();

/** What clients do, told by the calls that a pool is asked for. */
export class ClientsWatch {
  readonly #states: Uint8Array;
  readonly #loss: Float64Array;
  readonly #rounds: Uint32Array;
  #round = 0;

  constructor(clients: number) {
    this.#states = new Uint8Array(clients);
    this.#loss = new Float64Array(clients).fill(Number.NaN);
    this.#rounds = new Uint32Array(clients);
  }

  /** A copy. */
  get now(): ClientsNow {
    return {
      round: this.#round,
      states: this.#states.slice(),
      loss: this.#loss.slice(),
      rounds: this.#rounds.slice(),
    };
  }

  begin(round: number, participants: readonly number[]): void {
    this.#round = round;
    this.#states.fill(resting);
    for (const client of participants) this.#states[client] = waiting;
  }

  end(ids: readonly number[], losses: readonly number[]): void {
    ids.forEach((client, index) => {
      this.#loss[client] = losses[index];
      this.#rounds[client]++;
    });
  }

  /** The same pool, whose training calls are seen, and which lets no call pass that `before` does not. */
  watching(pool: WorkerPool, before: () => Promise<void>): WorkerPool {
    const mark = (clients: readonly number[], state: number) => {
      for (const client of clients) this.#states[client] = state;
    };
    return {
      name: pool.name,
      size: pool.size,
      // Blocks that go by message say which clients they are of, on pages that could share memory too.
      sharesMemory: false,
      async call<Input, Output>(job: WorkerFunction<Input, Output>, input: Input, options?: CallOptions) {
        if (job.name !== trainBlocks.call.name) {
          await before();
          return pool.call(job, input, options);
        }
        const clients = clientsIn(input);
        mark(clients, atWork);
        const output = await pool.call(job, input, options);
        mark(clients, done);
        return output;
      },
      install: <Input>(key: string, installation: Installation<Input>) => pool.install(key, installation),
      uninstall: (key) => pool.uninstall(key),
      close: () => pool.close(),
    };
  }
}

/** The clients of a call of `trainBlocks`, whose name alone says what its input is. */
function clientsIn(input: unknown): readonly number[] {
  const { blocks } = (input as Parameters<typeof trainBlocks.call.run>[1]).input;
  return blocks.flatMap(({ clients }) => clients.map(({ client }) => client));
}
