import { bashCompletion } from "./bash.js";
import { fishCompletion } from "./fish.js";
import type { CompletedCommand } from "./tree.js";
import { zshCompletion } from "./zsh.js";

/** What a shell reads to complete fedscore, by its name. */
export const shells: Readonly<Record<string, (program: CompletedCommand) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};
