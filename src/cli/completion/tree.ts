import type { Argument, Command, Option } from "commander";

/** An option of a command, for a shell. */
export interface CompletedOption {
  /** "--out", "-o". */
  readonly flags: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  /** What its value may be; empty: a file, or anything. */
  readonly choices: readonly string[];
}

/** A command, for a shell. */
export interface CompletedCommand {
  /** Words that lead to it from the program: none for the program itself, ["keys", "add"]. */
  readonly path: readonly string[];
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** What its arguments may be; empty: files, or anything. */
  readonly choices: readonly string[];
  readonly commands: readonly CompletedCommand[];
}

/** A command line as shells complete it: all that its help shows. */
export function completedCommand(command: Command, path: readonly string[] = []): CompletedCommand {
  const help = command.createHelp();
  return {
    path,
    description: firstLine(command.description()),
    options: help.visibleOptions(command).map(completedOption),
    choices: command.registeredArguments.flatMap(({ argChoices }: Argument) => argChoices ?? []),
    commands: help.visibleCommands(command).map((inner) => completedCommand(inner, [...path, inner.name()])),
  };
}

/** A command and all below it. */
export function allCommands(command: CompletedCommand): CompletedCommand[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

function completedOption({ short, long, description, required, optional, argChoices }: Option): CompletedOption {
  return {
    flags: [long, short].filter((flag) => flag !== undefined),
    description: firstLine(description),
    // A value that may be left out is none that a shell can wait for.
    takesValue: required && !optional,
    choices: argChoices ?? [],
  };
}

function firstLine(text: string): string {
  return text.split("\n")[0];
}
