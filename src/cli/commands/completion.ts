import { Argument, Command } from "commander";
import { shells } from "../completion/index.js";
import { completedCommand } from "../completion/tree.js";
import { withExamples } from "../examples.js";
import { printScript } from "../output.js";

const after = `
Commands, options and what they may be are completed; where a file may stand, files. No program runs while you type.`;

export function completionCommand(): Command {
  return withExamples(
    new Command("completion")
      .description("print what lets a shell complete fedscore")
      .addArgument(new Argument("<shell>", "whose").choices(Object.keys(shells)))
      .action((shell: string, _options: object, command: Command) => {
        const script = shells[shell](completedCommand(command.parent ?? command));
        return printScript(script);
      }),
    [
      ['eval "$(fedscore completion bash)"', "in ~/.bashrc"],
      ["source <(fedscore completion zsh)", "in ~/.zshrc, after compinit"],
      ["fedscore completion fish | source", "in ~/.config/fish/config.fish"],
    ],
    after,
  );
}
