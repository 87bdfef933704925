import { FedscoreError } from "../errors.js";

/** Whether threads can share memory here: in Node always, in a browser on pages that are cross-origin isolated. */
export function threadsShareMemory(): boolean {
  return typeof SharedArrayBuffer === "function" && globalThis.crossOriginIsolated !== false;
}

/** float32 [length], zeros, in memory that the threads of a pool share: a message that carries it carries a reference. */
export function sharedFloats(length: number): Float32Array<SharedArrayBuffer> {
  return new Float32Array(new SharedArrayBuffer(4 * length));
}

/** Where one call of a worker function writes what it would otherwise send. Plain data: it travels with the call. */
export interface Slot {
  readonly buffer: SharedArrayBuffer;
  /** Of this use of the memory. */
  readonly ticket: number;
}

/**
 * Bytes before a slot's floats, the first four of them its state, int32: the ticket of the use that may write, minus the ticket once one
 * thread writes, or one of these.
 */
const headerBytes = 64;
const closed = 0;
const severalWriters = -(2 ** 31);
const mostTickets = 2 ** 30;

/**
 * Memory for the answers of calls, reused: fresh pages cost more than what is written there. What was taken and is not given back, as
 * after a failure, is left to the garbage collector, so that a thread that was ended but still runs can do no harm.
 */
export class Slots {
  readonly #free: SharedArrayBuffer[] = [];
  readonly #kept: number;
  #tickets = 0;

  /** @param kept most unused slots that are kept. */
  constructor(kept: number) {
    this.#kept = kept;
  }

  /** Room for `length` float32, the smallest that is free and has it. */
  take(length: number): Slot {
    const bytes = headerBytes + 4 * length;
    const fitting = this.#free.filter(({ byteLength }) => byteLength >= bytes);
    const buffer = fitting.reduce<SharedArrayBuffer | undefined>(
      (best, each) => (best && best.byteLength <= each.byteLength ? best : each),
      undefined,
    );
    if (buffer) this.#free.splice(this.#free.indexOf(buffer), 1);
    this.#tickets = (this.#tickets % mostTickets) + 1;
    const slot = { buffer: buffer ?? new SharedArrayBuffer(bytes), ticket: this.#tickets };
    Atomics.store(stateOf(slot), 0, slot.ticket);
    return slot;
  }

  /** What was written, to be read before the slot is given back. */
  floatsOf(slot: Slot): Float32Array {
    return new Float32Array(slot.buffer, headerBytes);
  }

  /** Takes a slot back whose call has answered; one that several threads wrote to, because a worker was lost, is dropped. */
  giveBack(slot: Slot): void {
    const { buffer, ticket } = slot;
    const writtenByOne = Atomics.compareExchange(stateOf(slot), 0, -ticket, closed) === -ticket;
    if (writtenByOne && this.#free.length < this.#kept) this.#free.push(buffer);
  }
}

/**
 * Where a call runs: the floats to write to.
 * @throws FedscoreError FEDSCORE_WORKER where the slot has gone to another use: its caller listens no more.
 */
export function claim(slot: Slot): Float32Array {
  const { buffer, ticket } = slot;
  const state = stateOf(slot);
  const before = Atomics.compareExchange(state, 0, ticket, -ticket);
  const again = before === -ticket ? Atomics.compareExchange(state, 0, -ticket, severalWriters) : before;
  if (before !== ticket && again !== -ticket && again !== severalWriters) {
    throw new FedscoreError("FEDSCORE_WORKER", "the memory for this answer is in use by another call", { ticket });
  }
  return new Float32Array(buffer, headerBytes);
}

function stateOf({ buffer }: Slot): Int32Array {
  return new Int32Array(buffer, 0, 1);
}
