import type { Command } from "commander";

/** A command line, and what it does. */
export type Example = readonly [line: string, what: string];

/**
 * Ends a command's help with examples.
 * @param about what else is to be known, before them.
 */
export function withExamples(command: Command, examples: readonly Example[], about?: string): Command {
  const text = about === undefined ? "" : `\n${about.trim()}\n`;
  return command.addHelpText("after", `${text}\n${exampleText(examples)}`);
}

/** Longer lines do not move what is said of the others to the right. */
const widest = 44;

/** Examples below a heading, and behind each what it does. */
export function exampleText(examples: readonly Example[]): string {
  const column = examples.reduce(
    (length, [line]) => (line.length > widest ? length : Math.max(length, line.length)),
    0,
  );
  const lines = examples.map(([line, what]) => `  ${line.padEnd(column)}  ${what}`.trimEnd());
  return ["Examples:", ...lines].join("\n");
}
