import { ExitCode } from "./exit.js";

/** Ctrl-C, a request to end, a terminal that is closed. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs `work` with an AbortSignal that the first Ctrl-C aborts, so that it can write its checkpoint; a second Ctrl-C leaves at once.
 * `onInterrupt` is called at the first.
 */
export async function interruptible<T>(onInterrupt: () => void, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(ExitCode.interrupted);
    onInterrupt();
    controller.abort();
  };
  for (const name of signals) process.on(name, interrupt);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of signals) process.off(name, interrupt);
  }
}
