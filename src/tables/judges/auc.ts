import { normalInterval } from "./intervals.js";
import { type Measured, measured } from "./measured.js";

/** Area under the ROC curve of scores, and what each row adds to its error. */
export interface Auc {
  readonly value: number;
  /** [rows]: by how much the area deviates because of a row; the sum of squares estimates the variance. */
  readonly influence: Float64Array;
}

/**
 * Probability that a row of the class scores above one that is not of it, ties counted half, by mean ranks (Mann, Whitney, Ann. Math. Statist. 18,
 * 1947). The sum of squared influences is the variance of DeLong et al., Biometrics 44 (1988). None where either side has fewer than two rows.
 */
export function areaUnderCurve(scores: Float64Array, isOf: Uint8Array): Auc | undefined {
  const ofClass = isOf.reduce((sum, flag) => sum + flag, 0);
  const others = isOf.length - ofClass;
  if (ofClass < 2 || others < 2) return undefined;
  const placements = placementsOf(scores, isOf, ofClass, others);
  const sum = placements.reduce((total, placement, row) => total + (isOf[row] ? placement : 0), 0);
  const value = sum / ofClass;
  const spread = (count: number) => Math.sqrt(count * (count - 1));
  const [ofSpread, otherSpread] = [spread(ofClass), spread(others)];
  const influence = placements.map((placement, row) => (placement - value) / (isOf[row] ? ofSpread : otherSpread));
  return { value, influence };
}

/** Of each row: the share of the other side's rows that it stands on the right side of. */
function placementsOf(scores: Float64Array, isOf: Uint8Array, ofClass: number, others: number): Float64Array {
  const order = Uint32Array.from(scores, (_, row) => row).sort((a, b) => scores[a] - scores[b]);
  const placements = new Float64Array(scores.length);
  let [ofBelow, othersBelow] = [0, 0];
  for (let first = 0; first < order.length; ) {
    let end = first;
    let ofTied = 0;
    for (; end < order.length && scores[order[end]] === scores[order[first]]; end++) ofTied += isOf[order[end]];
    const othersTied = end - first - ofTied;
    for (; first < end; first++) {
      const row = order[first];
      placements[row] = isOf[row]
        ? (othersBelow + othersTied / 2) / others
        : (ofClass - ofBelow - ofTied + ofTied / 2) / ofClass;
    }
    ofBelow += ofTied;
    othersBelow += othersTied;
  }
  return placements;
}

/** An area with the interval that the rows' influences give; null at 0 and 1, where they vanish. */
export function measuredArea(
  name: string,
  { value, influence }: Auc,
  details: Readonly<Record<string, number>>,
): Measured {
  return measured(name, value, normalInterval(value, deviationOf(influence)), details);
}

/** Standard error that influences come to. */
export function deviationOf(influence: Float64Array): number {
  return Math.sqrt(influence.reduce((sum, each) => sum + each * each, 0));
}
