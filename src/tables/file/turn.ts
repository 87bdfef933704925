/** Rows between two turns. */
export const rowsBetweenTurns = 2 ** 16;

/** Lets what else the thread has to do happen, such as a person's Ctrl-C or a click: promises that are kept at once leave no time for it. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
