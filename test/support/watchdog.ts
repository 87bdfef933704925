import { Worker } from "node:worker_threads";

/** Watches over calls that may never end, from another thread: an endless loop leaves this one no turn. */
export interface Watchdog {
  /** What the call gives. A call that has not ended in time is named on stderr, and ends the process. */
  over<T>(name: string, call: () => T | Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const watcher = `
const { parentPort, workerData } = require("node:worker_threads");
const { writeSync } = require("node:fs");
let timer;
parentPort.on("message", (name) => {
  clearTimeout(timer);
  if (name === null) return;
  timer = setTimeout(() => {
    writeSync(2, "\\nhas not ended after " + workerData / 1000 + " s: " + name + "\\n");
    process.kill(process.pid, "SIGKILL");
  }, workerData);
});`;

/** @param patience longest time of one call, milliseconds. */
export function openWatchdog(patience: number): Watchdog {
  const thread = new Worker(watcher, { eval: true, execArgv: [], workerData: patience });
  thread.unref();
  return {
    async over(name, call) {
      thread.postMessage(name);
      try {
        return await call();
      } finally {
        thread.postMessage(null);
      }
    },
    async close() {
      await thread.terminate();
    },
  };
}
