/** BullMQ: a queue in Redis (REDIS_PORT), its jobs added in bulk, their results heard of by its stream of events. */
import { createRequire } from "node:module";
import { Queue, QueueEvents } from "bullmq";
import { checkOf, shortTasks as tasksOf } from "../harness/short-task.mjs";
import { arrayOf, dataOf, queueName } from "./bullmq-shared.mjs";

const connection = { host: "127.0.0.1", port: Number(process.env.REDIS_PORT), maxRetriesPerRequest: null };
/** Events hold results: those of a few runs are kept. */
const streams = { events: { maxLen: 500 } };
let jobs = 0;

async function shortTasks(params) {
  const queue = new Queue(queueName, {
    connection,
    streams,
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  });
  const events = new QueueEvents(queueName, { connection });
  const waiting = new Map();
  events.on("completed", ({ jobId, returnvalue }) => waiting.get(jobId)?.resolve(arrayOf(returnvalue)));
  events.on("failed", ({ jobId, failedReason }) => waiting.get(jobId)?.reject(new Error(failedReason)));
  await Promise.all([queue.waitUntilReady(), events.waitUntilReady()]);
  const tasks = tasksOf(params);
  const run = async () => {
    const named = tasks.map((task) => ({ name: "short", data: dataOf(task), opts: { jobId: `job-${++jobs}` } }));
    const answers = named.map(({ opts: { jobId } }) => answerTo(jobId, waiting));
    await queue.addBulk(named);
    return Promise.all(answers);
  };
  return {
    units: params.tasks,
    run,
    check: async () => checkOf(await run()),
    close: () => Promise.all([queue.close(), events.close()]),
  };
}

async function answerTo(jobId, waiting) {
  try {
    return await new Promise((resolve, reject) => waiting.set(jobId, { resolve, reject }));
  } finally {
    waiting.delete(jobId);
  }
}

const versionOf = (name) => createRequire(import.meta.url)(`${name}/package.json`).version;
export const versions = { bullmq: versionOf("bullmq"), ioredis: versionOf("ioredis") };
export const workloads = { shortTasks };
