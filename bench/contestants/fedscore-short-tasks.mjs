/** Short tasks in the pool that the environment names. */
import { Worker } from "node:worker_threads";
import { createEngine } from "../../dist/index.js";
import { checkOf, shortTasks as tasksOf } from "../harness/short-task.mjs";
import { shortTaskFunction } from "../workers/short-task-function.mjs";
import { poolOf, trafficOf } from "./fedscore-pools.mjs";

const engine = await createEngine({ variant: "simd" });
const createWorker = () => new Worker(new URL("../workers/thread.mjs", import.meta.url));
const pool = await poolOf(engine, { createWorker });

async function shortTasks(params) {
  const tasks = tasksOf(params);
  const run = () => Promise.all(tasks.map((task) => pool.call(shortTaskFunction, task, { ahead: true })));
  return { units: params.tasks, run, check: async () => checkOf(await run()) };
}

/** One task by a server; then the pool is closed. check: [messages, bytes]. */
async function wire(params) {
  const { run } = await shortTasks(params);
  await run();
  const { messages, bytes } = await trafficOf(run);
  await pool.close();
  return { run, check: () => [messages / params.tasks, bytes / params.tasks] };
}

export const versions = {};
export const workloads = { shortTasks, wire };
