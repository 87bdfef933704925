import { ArgumentError, ArgumentTypeError, FedscoreError } from "../../errors.js";

/**
 * Runs code of the lower floors on a part of the config; an argument that it refuses is named by its key of the config.
 * With section "config.sampling", `grid.times[2] must ...` becomes `config.sampling.grid.times[2] must ...`.
 * @param keyOf the key in the section, where it is not the argument's own name.
 */
export function inSection<T>(section: string, work: () => T, keyOf?: (argument: string) => string): T {
  try {
    return work();
  } catch (error) {
    throw namedIn(section, error, keyOf);
  }
}

/** The error with an argument that it refuses named by its key of the config; other errors as they are. */
export function namedIn(section: string, error: unknown, keyOf = (argument: string) => argument): unknown {
  if (!(error instanceof ArgumentError || error instanceof ArgumentTypeError)) return error;
  const argument = `${section}.${keyOf(error.argument)}`;
  const problem = error.message.slice(error.argument.length);
  return new FedscoreError("FEDSCORE_INVALID_CONFIG", `${argument}${problem}`, { argument }, error);
}
