import { InvalidArgumentError } from "commander";

/** Parses an option that is an integer in [low, high]. */
export function integer(low: number, high = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isInteger(value) && value >= low && value <= high) return value;
    throw new InvalidArgumentError(
      high === Number.MAX_SAFE_INTEGER
        ? `It must be an integer >= ${low}.`
        : `It must be an integer in [${low}, ${high}].`,
    );
  };
}

/** Parses an option that is a number in [low, high]. */
export function number(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`It must be a number in [${low}, ${high}].`);
  };
}
