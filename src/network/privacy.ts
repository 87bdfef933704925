import { ArgumentError } from "../errors.js";
import { type Filled, type Given, wholeSettings } from "../family.js";
import { boolean, integer, number, required } from "../fields.js";

/** What may be set of the privacy of a client's records: ranges, defaults and the config's texts. */
export const recordPrivacyFields = {
  clipNorm: number(
    "(0, inf)",
    required,
    "C: largest Euclidean norm of what one record adds to the gradient of a step; larger ones are scaled down to it.",
  ),
  noiseMultiplier: number(
    "[0, inf)",
    required,
    "z: standard deviation, in units of C, of the noise on each parameter of a step's sum of clipped gradients. 0 protects nobody.",
  ),
  noiseDraws: integer(
    "[1, 1024]",
    1,
    "Noise levels and noises that each drawn record is met with in a step; its gradient is the mean over them (noise multiplicity, arXiv 2210.09929). It costs as many rows a step, and no privacy.",
  ),
  reproducible: boolean(
    false,
    "Draw the noise and the records from the run's seed, for tests and comparisons. Who knows the seed can then take the noise away again, so that it protects nobody.",
  ),
};

/**
 * Differentially private steps of a client (Abadi et al. 2016, arXiv 1607.00133, algorithm 1): each record is in a step with probability batchSize / rows,
 * its gradient is clipped to C, and the sum gets normal noise of standard deviation z C before it is divided by batchSize.
 */
export type RecordPrivacy = Filled<typeof recordPrivacyFields>;

/** The same as a person writes it. */
export type RecordPrivacyOptions = Given<typeof recordPrivacyFields>;

/** Rows that a step meets, where privacy is on the expected number of them. */
export function rowsOfStep({
  batchSize,
  privacy,
}: {
  readonly batchSize: number;
  readonly privacy?: RecordPrivacy | undefined;
}): number {
  return batchSize * (privacy?.noiseDraws ?? 1);
}

/** @throws ArgumentError or ArgumentTypeError naming the first setting that is absent or out of range, as `${argument}.clipNorm`. */
export function requirePrivacy(argument: string, settings: RecordPrivacy): void {
  wholeSettings(recordPrivacyFields, argument, settings);
}

/** @throws ArgumentError where each of a client's records would have to be drawn more often than always. */
export function requireRecords(argument: string, batchSize: number, client: number, records: number): void {
  if (batchSize <= records) return;
  const rule = `must be at most the ${records} records of client ${client} beside privacy: each is drawn with probability batchSize / records`;
  throw new ArgumentError(argument, rule, batchSize);
}
