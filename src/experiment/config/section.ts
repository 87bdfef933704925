import { ArgumentError, ArgumentTypeError, FedscoreError } from "../../errors.js";

/**
 * Runs code of the lower floors on a part of the config; an argument that it refuses is named by its key of the config.
 * With section "config.sampling", `grid.times[2] must ...` becomes `config.sampling.grid.times[2] must ...`.
 */
export function inSection<T>(section: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw namedIn(section, error);
  }
}

/** The error with an argument that it refuses named by its key of the config; other errors as they are. */
export function namedIn(section: string, error: unknown): unknown {
  if (!(error instanceof ArgumentError || error instanceof ArgumentTypeError)) return error;
  const { argument } = error;
  return new FedscoreError(
    "FEDSCORE_INVALID_CONFIG",
    `${section}.${error.message}`,
    { argument: `${section}.${argument}` },
    error,
  );
}
