import { allCommands, type CompletedCommand, type CompletedOption } from "./tree.js";

/** The same in fish. */
export function fishCompletion(program: CompletedCommand): string {
  const lines = allCommands(program).flatMap((command) => {
    const here = `-n ${quoted(conditionOf(program, command))}`;
    return [
      ...command.commands.map(({ path, description }) =>
        [...start, "-f", here, `-a ${path[path.length - 1]}`, `-d ${quoted(description)}`].join(" "),
      ),
      ...(command.choices.length > 0
        ? [[...start, "-f", here, `-a ${quoted(command.choices.join(" "))}`].join(" ")]
        : []),
      ...command.options.map((option) => [...start, here, ...wordsOf(option)].join(" ")),
    ];
  });
  return `# Completion of fedscore in fish: fedscore completion fish | source
${lines.join("\n")}
`;
}

const start = ["complete", "-c fedscore"];

/** Which words stand on the line: those that lead to a command, and none that leads further. */
function conditionOf(program: CompletedCommand, { path, commands }: CompletedCommand): string {
  const outer =
    path.length === 0 ? [] : program.commands.map((each) => each.path[0]).filter((name) => name !== path[0]);
  const inner = commands.map((each) => each.path[path.length]);
  // "init" is a command and one of keys: what leads to a nested one comes before it.
  const others =
    path.length === 1
      ? outer.filter((name) => !inner.includes(name)).filter((name) => clash(program, name, path[0]))
      : [];
  const not = [...inner, ...others];
  const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`);
  return [...seen, ...(not.length > 0 ? [`not __fish_seen_subcommand_from ${not.join(" ")}`] : [])].join("; and ");
}

/** Whether a command has one inside that is called like another. */
function clash(program: CompletedCommand, name: string, other: string): boolean {
  return program.commands.some(
    ({ path, commands }) => path[0] === name && commands.some((each) => each.path[1] === other),
  );
}

function wordsOf({ flags, description, takesValue, choices }: CompletedOption): string[] {
  const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const value = takesValue ? ["-r", ...(choices.length > 0 ? ["-f", `-a ${quoted(choices.join(" "))}`] : [])] : [];
  return [...names, ...value, `-d ${quoted(description)}`];
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
