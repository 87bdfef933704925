/** A worker process of one place, as `fedscore worker --threads 1` is one, that knows the short task too. Ends when standard input does. */
import { Worker } from "node:worker_threads";
import { serveNats } from "../../dist/entries/nats.js";

process.stdin.resume().once("end", () => process.exit());
const onNote = (text) => console.log(text);
const createWorker = () => new Worker(new URL("./thread.mjs", import.meta.url));
await serveNats({ server: process.env.FEDSCORE_SERVER, threads: 1, createWorker, onNote });
