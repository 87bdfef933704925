import type { DroppedFile, LabEvent, LabRequest, RunFile } from "./lab/messages.js";

type FileEvent = Extract<LabEvent, { readonly kind: "file" | "noFile" }>;

/** The page's side of its laboratory, a worker that starts with the page and ends with it. */
export class LabClient {
  readonly #worker = new Worker(new URL("./lab/lab.ts", import.meta.url), { type: "module" });
  readonly #awaited = new Map<string, (event: FileEvent) => void>();

  /** @param onEvent is told of all but files. */
  constructor(onEvent: (event: Exclude<LabEvent, FileEvent>) => void, onDeath: (message: string) => void) {
    this.#worker.addEventListener("message", ({ data }: MessageEvent<LabEvent>) => {
      if (data.kind !== "file" && data.kind !== "noFile") return onEvent(data);
      const key = keyOf(data.run, data.name);
      this.#awaited.get(key)?.(data);
      this.#awaited.delete(key);
    });
    this.#worker.addEventListener("error", ({ message }) => onDeath(message || "the lab's worker could not be loaded"));
  }

  ask(request: LabRequest): void {
    this.#worker.postMessage(request);
  }

  survey(file: DroppedFile): void {
    this.ask({ kind: "survey", file });
  }

  /** @throws Error saying why the run has no such file. */
  async file(run: number, name: RunFile): Promise<Uint8Array<ArrayBuffer> | string> {
    const answer = await new Promise<FileEvent>((resolve) => {
      this.#awaited.set(keyOf(run, name), resolve);
      this.ask({ kind: "file", run, name });
    });
    if (answer.kind === "noFile") throw new Error(answer.message);
    return answer.content;
  }
}

function keyOf(run: number, name: RunFile): string {
  return `${run} ${name}`;
}
