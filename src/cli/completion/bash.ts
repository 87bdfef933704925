import { allCommands, type CompletedCommand } from "./tree.js";

/** A script that completes commands, options and their choices in bash (3.2 too); files where nothing is known. */
export function bashCompletion(program: CompletedCommand): string {
  const all = allCommands(program);
  return `# Completion of fedscore in bash: eval "$(fedscore completion bash)"
_fedscore() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" place="" index words=""
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "$place \${COMP_WORDS[index]}" in
      ${placePattern(all)}) place="$place \${COMP_WORDS[index]}" ;;
    esac
  done
  case "$place|$previous" in
${valueCases(all, (choices) => `COMPREPLY=($(compgen -W '${choices.join(" ")}' -- "$word"))`, ":")}
  esac
  case "$place" in
${all.map((command) => `    "${placeOf(command)}") ${listOf(command)} ;;`).join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _fedscore fedscore
`;
}

/** Options are offered where a word begins like one. */
function listOf({ options, commands, choices }: CompletedCommand): string {
  const flags = options.flatMap((option) => option.flags);
  const others = [...commands.map(({ path }) => path[path.length - 1]), ...choices];
  return `if [[ "$word" == -* ]]; then words='${flags.join(" ")}'; else words='${others.join(" ")}'; fi`;
}

/** " keys add". */
export function placeOf({ path }: CompletedCommand): string {
  return path.map((word) => ` ${word}`).join("");
}

/** The places of all commands but the program, as alternatives of a case. */
export function placePattern(all: readonly CompletedCommand[]): string {
  return all
    .filter(({ path }) => path.length > 0)
    .map((command) => `"${placeOf(command)}"`)
    .join("|");
}

/** Cases of what stands behind an option that takes a value. @param offer what offers choices. @param files what leaves it to files. */
export function valueCases(
  all: readonly CompletedCommand[],
  offer: (choices: readonly string[]) => string,
  files: string,
): string {
  const cases = all.flatMap((command) =>
    command.options
      .filter(({ takesValue }) => takesValue)
      .map(({ flags, choices }) => {
        const pattern = flags.map((flag) => `"${placeOf(command)}|${flag}"`).join("|");
        return `    ${pattern}) ${choices.length > 0 ? offer(choices) : files}; return ;;`;
      }),
  );
  return cases.join("\n");
}
