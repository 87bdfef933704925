/** What a line of a page asks of the command line, held against the tree of commands. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command, CommanderError } from "commander";

const folder = fileURLToPath(new URL("../../src/cli/commands", import.meta.url));

/** The program with all of its commands, none of which does anything. */
async function programTree(): Promise<Command> {
  const program = new Command("fedscore").version("0");
  for (const file of readdirSync(folder)) {
    const exported: Record<string, unknown> = await import(/* @vite-ignore */ `${folder}/${file}`);
    for (const [name, make] of Object.entries(exported)) {
      const command: unknown = name.endsWith("Command") && typeof make === "function" ? make() : undefined;
      if (command instanceof Command) program.addCommand(silent(command));
    }
  }
  return program;
}

function silent(command: Command): Command {
  command.commands.forEach(silent);
  return command.exitOverride().configureOutput({ writeErr: () => {}, outputError: () => {} });
}

let tree: Promise<Command> | undefined;

/** Words of a line of a shell, without their quotes. */
const wordsOf = (line: string) =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? "");

/** The command that a line names, and the words behind its name. */
async function commandIn(line: string): Promise<{ command: Command; words: string[] }> {
  tree ??= programTree();
  let command = await tree;
  let words = wordsOf(line);
  for (;;) {
    const next = command.commands.find((each) => each.name() === words[0]);
    if (!next) return { command, words };
    [command, words] = [next, words.slice(1)];
  }
}

/** What is wrong with a command `fedscore ...`, its name left out: an unknown command or option, a value that an option does not take, missing arguments. */
export async function faultOf(line: string): Promise<string | undefined> {
  const { command, words } = await commandIn(line);
  if (command.commands.length > 0) return words.length > 0 ? `${command.name()} has no command ${words[0]}` : undefined;
  try {
    const { operands, unknown } = command.parseOptions(words);
    if (unknown.length > 0) return `${command.name()} has no option ${unknown[0]}`;
    const taken = command.registeredArguments;
    const most = taken.some(({ variadic }) => variadic) ? Number.POSITIVE_INFINITY : taken.length;
    const least = taken.filter(({ required }) => required).length;
    return operands.length < least || operands.length > most ? `${command.name()} takes other arguments` : undefined;
  } catch (error) {
    if (error instanceof CommanderError) return error.message;
    throw error;
  }
}

/** Options that a part of a command, as sentences have it, names and the command has not. */
export async function unknownOptions(line: string): Promise<string[]> {
  const { command, words } = await commandIn(line);
  const known = new Set(command.options.flatMap(({ long, short }) => [long, short]).concat("--help", "-h"));
  const isCommand = command.parent !== null || words.length === 0;
  return [
    ...(isCommand ? [] : [`no command ${words[0]}`]),
    ...words.filter((word) => word.startsWith("-") && !known.has(word)),
  ];
}
