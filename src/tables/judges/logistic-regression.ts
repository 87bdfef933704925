import { type Engine, portableMath } from "../../kernels/index.js";
import { type EncodedRows, noFeature } from "./encode-rows.js";
import { minimize } from "./minimize.js";

/** Scores of rows for one class, higher where they look more like it: float64 [rows]. */
export type ClassScores = (rows: EncodedRows, place: number) => Float64Array;

/**
 * Multinomial logistic regression with an intercept, which alone is not held small: least sum of -log probabilities + |weights|^2 / 2, the defaults of
 * scikit-learn's LogisticRegression. Of two classes the first has no weights.
 * @param labels [rows], places of `classes` classes.
 */
export function trainLogistic(engine: Engine, encoded: EncodedRows, labels: Uint32Array, classes: number): ClassScores {
  const { exp, log } = portableMath(engine);
  const { rows, width } = encoded;
  const heads = classes === 2 ? 1 : classes;
  const stride = width + 1;
  const shift = classes - heads;
  const logits = new Float64Array(heads);
  const objective = (weights: Float64Array, gradient: Float64Array) => {
    gradient.fill(0);
    let loss = 0;
    for (let row = 0; row < rows; row++) {
      for (let head = 0; head < heads; head++) logits[head] = logitOf(encoded, row, weights, head * stride);
      const label = labels[row] - shift;
      loss += softLabels(logits, label, shift, exp, log);
      for (let head = 0; head < heads; head++) addRow(encoded, row, logits[head] / rows, gradient, head * stride);
    }
    let squares = 0;
    for (let at = 0; at < weights.length; at++) {
      if (at % stride === width) continue;
      squares += weights[at] * weights[at];
      gradient[at] += weights[at] / rows;
    }
    return (loss + squares / 2) / rows;
  };
  const weights = minimize(objective, new Float64Array(heads * stride));
  return (judged, place) => scoresOf(judged, weights, heads, place - shift, exp);
}

function logitOf(
  { numberWidth, numbers, codeWidth, codes, width }: EncodedRows,
  row: number,
  weights: Float64Array,
  from: number,
): number {
  let sum = weights[from + width];
  for (let j = 0, at = row * numberWidth; j < numberWidth; j++, at++) sum += weights[from + j] * numbers[at];
  for (let j = 0, at = row * codeWidth; j < codeWidth; j++, at++)
    if (codes[at] !== noFeature) sum += weights[from + codes[at]];
  return sum;
}

function addRow(
  { numberWidth, numbers, codeWidth, codes, width }: EncodedRows,
  row: number,
  factor: number,
  gradient: Float64Array,
  from: number,
): void {
  gradient[from + width] += factor;
  for (let j = 0, at = row * numberWidth; j < numberWidth; j++, at++) gradient[from + j] += factor * numbers[at];
  for (let j = 0, at = row * codeWidth; j < codeWidth; j++, at++)
    if (codes[at] !== noFeature) gradient[from + codes[at]] += factor;
}

/** -log of the label's probability; the logits become probabilities less 1 at the label. `shift` classes before them have logit 0. */
function softLabels(
  logits: Float64Array,
  label: number,
  shift: number,
  exp: (x: number) => number,
  log: (x: number) => number,
): number {
  const chosen = label < 0 ? 0 : logits[label];
  let largest = shift > 0 ? 0 : Number.NEGATIVE_INFINITY;
  for (const logit of logits) largest = Math.max(largest, logit);
  let sum = shift * exp(-largest);
  for (let head = 0; head < logits.length; head++) sum += logits[head] = exp(logits[head] - largest);
  for (let head = 0; head < logits.length; head++) logits[head] = logits[head] / sum - (head === label ? 1 : 0);
  return largest + log(sum) - chosen;
}

/** Two classes are told apart by their logit; of more, each from the rest by its probability. */
function scoresOf(
  judged: EncodedRows,
  weights: Float64Array,
  heads: number,
  head: number,
  exp: (x: number) => number,
): Float64Array {
  const stride = judged.width + 1;
  const logit = (row: number, of: number) => logitOf(judged, row, weights, of * stride);
  if (heads === 1) return Float64Array.from({ length: judged.rows }, (_, row) => (head < 0 ? -1 : 1) * logit(row, 0));
  return Float64Array.from({ length: judged.rows }, (_, row) => {
    const logits = Float64Array.from({ length: heads }, (_each, of) => logit(row, of));
    const largest = logits.reduce((a, b) => Math.max(a, b));
    return exp(logits[head] - largest) / logits.reduce((sum, each) => sum + exp(each - largest), 0);
  });
}
