import { FedscoreError, throwIfAborted } from "../../errors.js";
import type { Given } from "../../remote/clients/statistics.js";
import type { Waiting } from "../../remote/clients/wait-for-clients.js";

/** How it is said that statistics are missing. */
interface Missing {
  /** What one client's is called and what it is not in: `the sums of client ${name} are not in the transforms`. */
  readonly of: (name: string) => string;
  /** Said where nobody gives any. */
  readonly all: string;
}

/** The statistics that clients gave; who gave none is named with the reason. @throws FedscoreError FEDSCORE_UNSUPPORTED where nobody gave any; FEDSCORE_ABORTED. */
export function givenStatistics<Value>(
  answers: readonly Given<Value>[],
  { of, all }: Missing,
  { signal, onNote }: Waiting,
): Value[] {
  throwIfAborted(signal);
  for (const { name, reply } of answers)
    if ("none" in reply) onNote(`${of(name)}: ${reply.message ?? `it is ${reply.none}`}`);
  const values = answers.flatMap(({ reply }) => ("value" in reply ? [reply.value] : []));
  if (values.length === 0) throw new FedscoreError("FEDSCORE_UNSUPPORTED", all);
  return values;
}
