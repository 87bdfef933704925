/**
 * P A = L U of a square matrix with partial pivoting, float64, in memory that is used again for every matrix of the same size: determinant,
 * solutions and the norm of the inverse.
 */
export class LuDecomposition {
  readonly #d: number;
  readonly #factors: Float64Array;
  readonly #rows: Int32Array;
  readonly #column: Float64Array;
  readonly #log: (x: number) => number;
  #sign = 0;

  /**
   * @param dimension d of the matrices.
   * @param log the natural logarithm, of portableMath where bits matter.
   */
  constructor(dimension: number, log: (x: number) => number = Math.log) {
    this.#d = dimension;
    this.#log = log;
    this.#factors = new Float64Array(dimension * dimension);
    this.#rows = new Int32Array(dimension);
    this.#column = new Float64Array(dimension);
  }

  /** Takes a matrix, float64 [d, d] row-major, which is left as it is. False where it is singular or not finite. */
  factor(matrix: Float64Array): boolean {
    const d = this.#d;
    const a = this.#factors;
    a.set(matrix);
    this.#sign = 1;
    for (let k = 0; k < d; k++) {
      const pivot = this.#pivotOf(k);
      const size = Math.abs(a[pivot * d + k]);
      if (!(size > 0 && size < Number.POSITIVE_INFINITY)) {
        this.#sign = 0;
        return false;
      }
      this.#rows[k] = pivot;
      if (pivot !== k) this.#swap(k, pivot);
      for (let i = k + 1; i < d; i++) {
        const share = a[i * d + k] / a[k * d + k];
        a[i * d + k] = share;
        for (let j = k + 1; j < d; j++) a[i * d + j] -= share * a[k * d + j];
      }
    }
    return true;
  }

  /** Sign of the determinant; 0 of a singular matrix. */
  get sign(): number {
    const d = this.#d;
    let sign = this.#sign;
    for (let k = 0; k < d; k++) if (this.#factors[k * (d + 1)] < 0) sign = -sign;
    return sign;
  }

  /** log |det A| of a matrix that `factor` took. */
  get logDeterminant(): number {
    const d = this.#d;
    let sum = 0;
    for (let k = 0; k < d; k++) sum += this.#log(Math.abs(this.#factors[k * (d + 1)]));
    return sum;
  }

  /** b = A^-1 b in place, b float64 [d]. */
  solve(b: Float64Array): void {
    const d = this.#d;
    const a = this.#factors;
    // Whole rows were swapped, those of L too: all of P comes first.
    for (let k = 0; k < d; k++) {
      const pivot = this.#rows[k];
      const held = b[k];
      b[k] = b[pivot];
      b[pivot] = held;
    }
    for (let i = 1; i < d; i++) {
      for (let j = 0; j < i; j++) b[i] -= a[i * d + j] * b[j];
    }
    for (let i = d - 1; i >= 0; i--) {
      for (let j = i + 1; j < d; j++) b[i] -= a[i * d + j] * b[j];
      b[i] /= a[i * (d + 1)];
    }
  }

  /** The Frobenius norm of A^-1, from whose inverse on no singular value of A is smaller. */
  inverseNorm(): number {
    const column = this.#column;
    let squares = 0;
    for (let j = 0; j < this.#d; j++) {
      column.fill(0);
      column[j] = 1;
      this.solve(column);
      for (let i = 0; i < this.#d; i++) squares += column[i] * column[i];
    }
    return Math.sqrt(squares);
  }

  #pivotOf(k: number): number {
    const d = this.#d;
    let pivot = k;
    for (let i = k + 1; i < d; i++) {
      if (Math.abs(this.#factors[i * d + k]) > Math.abs(this.#factors[pivot * d + k])) pivot = i;
    }
    return pivot;
  }

  #swap(i: number, k: number): void {
    const d = this.#d;
    const a = this.#factors;
    for (let j = 0; j < d; j++) {
      const held = a[i * d + j];
      a[i * d + j] = a[k * d + j];
      a[k * d + j] = held;
    }
    this.#sign = -this.#sign;
  }
}
