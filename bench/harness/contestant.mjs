/** A contestant in a process of its own, spoken to by harness/serve.mjs or contestants/pytorch.py: one JSON line each way. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** The line that names an error; Node's stack traces end with others. */
function lastWords(stderr) {
  const lines = stderr.trim().split("\n");
  return lines.findLast((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1);
}

export class Contestant {
  #process;
  #answers;
  #stderr = "";
  #closed;
  #requests = 0;

  /** @param entry of harness/roster.mjs. */
  constructor(entry) {
    this.entry = entry;
    const { command, args, env } = entry;
    const environment = Object.fromEntries(
      Object.entries({ ...process.env, ...env }).filter(([, value]) => value !== undefined),
    );
    this.#process = spawn(command, args, { env: environment, stdio: ["pipe", "pipe", "pipe"] });
    this.#closed = new Promise((resolve) => this.#process.once("close", resolve));
    this.#process.on("error", ({ message }) => {
      this.#stderr = message;
    });
    this.#process.stdin.on("error", () => {});
    this.#process.stderr.on("data", (data) => {
      this.#stderr = `${this.#stderr}${data}`.slice(-4000);
    });
    this.#answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  get pid() {
    return this.#process.pid;
  }

  /** @throws Error with the contestant's own message, or its last words where it died. */
  async ask(request) {
    const id = ++this.#requests;
    this.#process.stdin.write(`${JSON.stringify({ id, ...request })}\n`);
    const { value, done } = await this.#answers.next();
    if (done) {
      await this.#closed;
      throw new Error(`${this.entry.label} died: ${lastWords(this.#stderr)}`);
    }
    const answer = JSON.parse(value);
    if (answer.error) throw new Error(`${this.entry.label}: ${answer.error}`);
    return answer;
  }

  close() {
    this.#process.stdin.end();
    this.#process.kill();
  }
}

/** The numbers that a workload's check returns, from a process of its own. */
export async function numbersOf(entry, workload, params) {
  const contestant = new Contestant(entry);
  try {
    const { check } = await contestant.ask({ op: "prepare", workload, params });
    return check;
  } finally {
    contestant.close();
  }
}
