import { placeOf, placePattern, valueCases } from "./bash.js";
import { allCommands, type CompletedCommand } from "./tree.js";

/** The same in zsh, with what each command and option is for. */
export function zshCompletion(program: CompletedCommand): string {
  const all = allCommands(program);
  return `#compdef fedscore
# Completion of fedscore in zsh, after compinit: source <(fedscore completion zsh)
_fedscore() {
  local place="" previous="\${words[CURRENT-1]}" index
  local -a flags others
  for ((index = 2; index < CURRENT; index++)); do
    case "$place \${words[index]}" in
      (${placePattern(all)}) place="$place \${words[index]}" ;;
    esac
  done
  case "$place|$previous" in
${valueCases(all, (choices) => `compadd -- ${choices.join(" ")}`, "_files").replace(/^ {4}"/gm, '    ("')}
  esac
  case "$place" in
${all.map((command) => `    ("${placeOf(command)}") ${listOf(command)} ;;`).join("\n")}
  esac
  if [[ "\${words[CURRENT]}" == -* ]]; then _describe -o option flags
  elif (( $#others )); then _describe command others
  else _files; fi
}
if [[ "$funcstack[1]" == _fedscore ]]; then _fedscore "$@"; else compdef _fedscore fedscore; fi
`;
}

function listOf({ options, commands, choices }: CompletedCommand): string {
  const flags = options.flatMap((option) => option.flags.map((flag) => entry(flag, option.description)));
  const others = [
    ...commands.map(({ path, description }) => entry(path[path.length - 1], description)),
    ...choices.map((choice) => entry(choice, "")),
  ];
  return `flags=(${flags.join(" ")}); others=(${others.join(" ")})`;
}

/** 'name:what it is'. */
function entry(name: string, description: string): string {
  const text = description === "" ? name : `${name}:${description}`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}
