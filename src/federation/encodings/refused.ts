import { firstNonFinite } from "../../data/finite.js";
import { FedscoreError } from "../../errors.js";

/** Bytes that are not what an encoding gives. */
export function refused(kind: string, problem: string, details: Readonly<Record<string, unknown>>): FedscoreError {
  return new FedscoreError("FEDSCORE_WORKER", `these bytes are no ${kind} numbers: ${problem}`, details);
}

/** @throws FedscoreError FEDSCORE_WORKER unless there are exactly so many bytes. */
export function requireBytes(kind: string, bytes: Uint8Array, expected: number): void {
  if (bytes.length === expected) return;
  throw refused(kind, `${bytes.length} bytes, not ${expected}`, { bytes: bytes.length, expected });
}

/** The numbers, unless one of them is NaN or infinite. @throws FedscoreError FEDSCORE_WORKER. */
export function requireFiniteNumbers<Values extends Float32Array>(kind: string, values: Values): Values {
  const broken = firstNonFinite(values);
  if (broken < 0) return values;
  throw refused(kind, `entry ${broken} is ${values[broken]}`, { entry: broken });
}
