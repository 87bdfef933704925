import source from "#embedded-worker";
import { serveNats } from "./serve-nats.js";

/** The script of the page of `fedscore worker --page`: works for the server that the page names, or its address after "?server=". */
const log = document.querySelector("#log");
const settings: { readonly server: string } = JSON.parse(document.querySelector("#settings")?.textContent ?? "{}");
const asked = new URLSearchParams(location.search);
const threads = asked.get("threads");

function tell(text: string): void {
  log?.append(`${new Date().toLocaleTimeString()}  ${text}\n`);
}

/** A file's page may start no module from memory, but a script, which the worker's text is without its empty export. */
const script = `"use strict";${source.replace(/export\s*\{\s*\};?\s*$/, "")}`;
const workerUrl = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));

const leave = new AbortController();
addEventListener("pagehide", () => leave.abort());
try {
  await serveNats({
    server: asked.get("server") ?? settings.server,
    name: asked.get("name") ?? "browser",
    ...(threads !== null && { threads: Number(threads) }),
    createWorker: () => new Worker(workerUrl),
    onNote: tell,
    signal: leave.signal,
  });
} catch (error) {
  tell(error instanceof Error ? error.message : String(error));
}
