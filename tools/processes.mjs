/** Servers and workers of a test, a bench or a measurement. Each ends when its standard input does, so none outlives who started it, whatever ends that. */
import { spawn } from "node:child_process";

/** Milliseconds in which a process must be ready, and in which it must have ended. */
const patience = { start: 20_000, end: 5000 };

export class Processes {
  #children = [];

  /** Resolves once the process has written a text; @throws Error with what it wrote where it ends, or is too slow. */
  start(command, args, { ready, env = {} }) {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
    const ended = new Promise((resolve) => child.once("close", resolve));
    this.#children.push({ child, ended });
    child.stdin.on("error", () => {});
    return new Promise((resolve, reject) => {
      let log = "";
      const fail = (reason) => reject(new Error(`${[command, ...args].join(" ")} ${reason}: ${log.trim()}`));
      const timer = setTimeout(() => fail("did not start"), patience.start);
      const settle = (end) => {
        clearTimeout(timer);
        end();
      };
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (data) => {
          log = `${log}${data}`.slice(-4000);
          if (log.includes(ready)) settle(resolve);
        });
      child.once("error", ({ message }) => settle(() => fail(message)));
      child.once("exit", () => settle(() => fail("ended")));
    });
  }

  /** Ends all of them, the latest first. */
  async close() {
    for (const { child, ended } of this.#children.splice(0).reverse()) {
      child.stdin.end();
      const timer = setTimeout(() => child.kill("SIGKILL"), patience.end);
      await ended;
      clearTimeout(timer);
    }
  }
}

/** What `work` gives, with processes that end with it. */
export async function withProcesses(work) {
  const processes = new Processes();
  try {
    return await work(processes);
  } finally {
    await processes.close();
  }
}
