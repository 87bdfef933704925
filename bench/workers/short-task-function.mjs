/** The short task as pools of fedscore call it. */
import { shortTask } from "../harness/short-task.mjs";

export const shortTaskFunction = {
  name: "shortTask",
  run: (_engine, input) => shortTask(input),
  transfer: ({ buffer }) => [buffer],
};
