/** A worker process of BullMQ. Ends when standard input does. Of 1, 2 and 4 jobs at a time 4 were the fastest: less waiting for Redis. */
import { Worker } from "bullmq";
import { queueName, taskOf, textOf } from "../contestants/bullmq-shared.mjs";
import { shortTask } from "../harness/short-task.mjs";

process.stdin.resume().once("end", () => process.exit());
const connection = { host: "127.0.0.1", port: Number(process.env.REDIS_PORT), maxRetriesPerRequest: null };
const worker = new Worker(queueName, async ({ data }) => textOf(shortTask(taskOf(data))), {
  connection,
  concurrency: 4,
});
worker.on("error", ({ message }) => console.error(message));
await worker.waitUntilReady();
console.log("ready");
