import type { LabEvent, LabRequest, RunFile } from "./lab/messages.js";

type FileEvent = Extract<LabEvent, { readonly kind: "file" | "noFile" }>;

interface FileInMaking {
  readonly answer: Promise<FileEvent>;
  readonly resolve: (event: FileEvent) => void;
}

/** The page's side of its laboratory, a worker that starts with the page and ends with it. */
export class LabClient {
  readonly #worker = new Worker(new URL("./lab/lab.ts", import.meta.url), { type: "module" });
  readonly #awaited = new Map<string, FileInMaking>();

  /** @param onEvent is told of all but files. */
  constructor(onEvent: (event: Exclude<LabEvent, FileEvent>) => void, onDeath: (message: string) => void) {
    this.#worker.addEventListener("message", ({ data }: MessageEvent<LabEvent>) => {
      if (data.kind !== "file" && data.kind !== "noFile") return onEvent(data);
      const key = keyOf(data.run, data.name);
      this.#awaited.get(key)?.resolve(data);
      this.#awaited.delete(key);
    });
    this.#worker.addEventListener("error", ({ message }) => onDeath(message || "the lab's worker could not be loaded"));
  }

  ask(request: LabRequest): void {
    this.#worker.postMessage(request);
  }

  /** A file that is asked for again while it is made is made once. @throws Error saying why the run has no such file. */
  async file(run: number, name: RunFile): Promise<Uint8Array<ArrayBuffer> | string> {
    const answer = await (this.#awaited.get(keyOf(run, name)) ?? this.#await(run, name)).answer;
    if (answer.kind === "noFile") throw new Error(answer.message);
    return answer.content;
  }

  #await(run: number, name: RunFile): FileInMaking {
    let resolve: FileInMaking["resolve"] = () => {};
    const answer = new Promise<FileEvent>((settle) => {
      resolve = settle;
    });
    const awaited = { answer, resolve };
    this.#awaited.set(keyOf(run, name), awaited);
    this.ask({ kind: "file", run, name });
    return awaited;
  }
}

function keyOf(run: number, name: RunFile): string {
  return `${run} ${name}`;
}
