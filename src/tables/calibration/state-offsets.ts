/** Most times that every state gets its offset. */
const mostSweeps = 30;
/** Share of rows that may stay in a wrong state. */
const tolerance = 0.001;

/**
 * Offsets under which each state is the most likely one of its share of the rows: the potentials of the semi-discrete optimal transport from rows to states, so of all
 * ways to get these shares the one that gives up least likeness (Peyre and Cuturi, Computational Optimal Transport, 2019, section 5.2). State after state gets the offset at which its share is
 * right, given the others', until all are.
 * @param likeness float64 [rows, states].
 * @param shares of the states, >= 0 with sum 1.
 */
export function stateOffsets(likeness: Float64Array, shares: readonly number[]): Float64Array {
  const states = shares.length;
  const rows = likeness.length / states;
  const wanted = shares.map((share) => Math.round(share * rows));
  const offsets = new Float64Array(states);
  const leaders = new Leaders(likeness, offsets);
  for (let sweep = 0; sweep < mostSweeps && leaders.misplaced(wanted) > tolerance * rows; sweep++) {
    for (let state = 0; state < states; state++) {
      offsets[state] = offsetFor(wanted[state] ?? 0, leaders.leads(state));
      leaders.update(state);
    }
  }
  const mean = offsets.reduce((sum, offset, state) => sum + offset * (shares[state] ?? 0), 0);
  return offsets.map((offset) => offset - mean);
}

/** The offset that as many rows exceed their lead with as are wanted, halfway to the next row. */
function offsetFor(wanted: number, leads: Float64Array): number {
  const ascending = leads.sort();
  const count = ascending.length;
  const at = (place: number) => ascending[place] ?? 0;
  const gap = count > 1 ? (at(count - 1) - at(0)) / count : 1;
  const below = wanted > 0 ? at(wanted - 1) : at(0) - gap;
  const above = wanted < count ? at(wanted) : at(count - 1) + gap;
  return (below + above) / 2;
}

/** The two most likely states of each row under offsets that change. */
class Leaders {
  readonly #likeness: Float64Array;
  readonly #offsets: Float64Array;
  readonly #first: Int32Array;
  readonly #second: Int32Array;

  constructor(likeness: Float64Array, offsets: Float64Array) {
    const rows = likeness.length / offsets.length;
    this.#likeness = likeness;
    this.#offsets = offsets;
    this.#first = new Int32Array(rows);
    this.#second = new Int32Array(rows);
    for (let row = 0; row < rows; row++) this.#rank(row);
  }

  /** Rows that are in no state that wants them. */
  misplaced(wanted: readonly number[]): number {
    const counts = new Int32Array(wanted.length);
    for (const state of this.#first) counts[state] = (counts[state] ?? 0) + 1;
    return wanted.reduce((sum, count, state) => sum + Math.abs(count - (counts[state] ?? 0)), 0) / 2;
  }

  /** By how much the best other state of each row leads one that has no offset. */
  leads(state: number): Float64Array {
    const states = this.#offsets.length;
    return Float64Array.from(this.#first, (first, row) => {
      const rival = first === state ? (this.#second[row] ?? 0) : first;
      return this.#value(row, rival) - (this.#likeness[row * states + state] ?? 0);
    });
  }

  /** After the offset of a state changed. */
  update(state: number): void {
    for (const [row, first] of this.#first.entries()) {
      const second = this.#second[row] ?? 0;
      if (first === state || second === state) this.#rank(row);
      else if (this.#value(row, state) > this.#value(row, first)) {
        this.#second[row] = first;
        this.#first[row] = state;
      } else if (this.#value(row, state) > this.#value(row, second)) this.#second[row] = state;
    }
  }

  #value(row: number, state: number): number {
    return (this.#likeness[row * this.#offsets.length + state] ?? 0) + (this.#offsets[state] ?? 0);
  }

  #rank(row: number): void {
    let [first, second, best, next] = [0, 0, -Infinity, -Infinity];
    for (let state = 0; state < this.#offsets.length; state++) {
      const value = this.#value(row, state);
      if (value > best) [second, next, first, best] = [first, best, state, value];
      else if (value > next) [second, next] = [state, value];
    }
    this.#first[row] = first;
    this.#second[row] = second;
  }
}
