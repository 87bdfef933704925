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

/** Examples below a heading, what each does behind it, or below it where it is long. */
export function exampleText(examples: readonly Example[]): string {
  const longest = examples.reduce((length, [line]) => Math.max(length, line.length), 0);
  const lines = examples.map(([line, what]) => `  ${line.padEnd(longest)}  ${what}`.trimEnd());
  return ["Examples:", ...lines].join("\n");
}
