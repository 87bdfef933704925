import { FedscoreError } from "../errors.js";
import { mostMessageBytes } from "./codec.js";
import { apiCode, codeOf, publishOnce, type Server } from "./jetstream.js";
import { type Payload, streamNames, subjects } from "./protocol.js";
import { sha256 } from "./sha256.js";

/** Chunks that are asked for or sent at the same time. */
const window = 8;

/** Bytes that a message has beside its chunk or its inline data: subject, headers, the rest of it. */
const aside = 16_384;

/** Most bytes of a chunk, and of data that stand in their message. */
const mostTogether = 2 ** 19;

/** Data of a call that is not on the server any more. */
export class MissingData extends FedscoreError {
  constructor(name: string) {
    super("FEDSCORE_MESSAGE", `the data ${name} is not on the server any more`, { name });
  }
}

/** Where chunks are: a stream, and the subject of each. */
export interface DataPlace {
  readonly stream: string;
  subject(name: string, index: number | "*"): string;
}

/** The place of what the workers of a pool share. */
export function poolPlace(run: string): DataPlace {
  return { stream: streamNames.data, subject: (name, index) => subjects.chunk(run, name, index) };
}

/** What is too large for a message: in chunks, each on a subject of its own that takes one message, so that nothing is stored twice. */
export class DataStore {
  readonly #server: Server;
  readonly #place: DataPlace;
  /** How often the same content was put, by its name. */
  readonly #uses = new Map<string, number>();

  constructor(server: Server, place: DataPlace) {
    this.#server = server;
    this.#place = place;
  }

  /**
   * Bytes as a payload: as they are, up to `mostInline` of them and what the server takes; else stored under the name of their content, once however
   * often they are put.
   */
  async put(bytes: Uint8Array, mostInline = mostTogether): Promise<Payload> {
    if (bytes.length <= Math.min(mostInline, this.#chunkSize())) return { inline: bytes };
    const hash = await sha256(bytes);
    this.#uses.set(hash, (this.#uses.get(hash) ?? 0) + 1);
    return this.#store(hash, bytes, hash);
  }

  /** The same under a name that nobody can guess (`randomIdentity`): for answers, which may be of several workers. */
  async putAlone(bytes: Uint8Array, name: string): Promise<Payload> {
    if (bytes.length <= this.#chunkSize()) return { inline: bytes };
    return this.#store(name, bytes, await sha256(bytes));
  }

  /**
   * @throws MissingData where a chunk is not there; FedscoreError FEDSCORE_MESSAGE where the bytes are others than the payload says; an error of
   * the connection.
   */
  async get(payload: Payload): Promise<Uint8Array> {
    if ("inline" in payload) return payload.inline;
    const { name, bytes: length, chunks, sha256: expected } = payload;
    const read = new Array<Uint8Array>(chunks);
    let total = 0;
    await inWindow(chunks, async (index) => {
      read[index] = await this.#chunk(name, index);
      total += read[index].length;
      if (total > length) throw damaged(name);
    });
    if (total !== length) throw damaged(name);
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const chunk of read) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    if ((await sha256(bytes)) !== expected) throw damaged(name);
    return bytes;
  }

  /** Deletes what was put, once as often as it was put; what the server does not delete now goes with the run. */
  async delete(payload: Payload): Promise<void> {
    if ("inline" in payload) return;
    const { name } = payload;
    const uses = (this.#uses.get(name) ?? 1) - 1;
    if (uses > 0) return void this.#uses.set(name, uses);
    this.#uses.delete(name);
    const { connection, manager } = this.#server;
    if (connection.isClosed()) return;
    await manager.streams.purge(this.#place.stream, { filter: this.#place.subject(name, "*") }).catch(() => {});
  }

  async #store(name: string, bytes: Uint8Array, hash: string): Promise<Payload> {
    if (bytes.length > mostMessageBytes)
      throw new FedscoreError("FEDSCORE_MESSAGE", `a message of ${bytes.length} bytes is too large`);
    const size = this.#chunkSize();
    const chunks = Math.ceil(bytes.length / size);
    await inWindow(chunks, async (index) => {
      const chunk = bytes.subarray(index * size, (index + 1) * size);
      await publishOnce(this.#server, this.#place.subject(name, index), chunk);
    });
    return { name, bytes: bytes.length, chunks, sha256: hash };
  }

  /** A power of two, so that machines that see other limits cut data in the same way. */
  #chunkSize(): number {
    const most = this.#server.connection.info?.max_payload ?? 2 ** 20;
    return Math.min(mostTogether, 2 ** Math.floor(Math.log2(Math.max(most - aside, most / 2))));
  }

  async #chunk(name: string, index: number): Promise<Uint8Array> {
    const query = { last_by_subj: this.#place.subject(name, index) };
    const message = await this.#server.manager.direct.getMessage(this.#place.stream, query).catch((error: unknown) => {
      const code = codeOf(error);
      if (code === 404 || code === apiCode.noMessage || code === apiCode.streamNotFound) return null;
      throw error;
    });
    if (!message) throw new MissingData(name);
    return message.data;
  }
}

/** Runs `work` for 0 to count - 1, some at the same time; ends at the first failure. */
async function inWindow(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  try {
    await Promise.all(Array.from({ length: Math.min(window, count) }, lane));
  } finally {
    next = count;
  }
}

function damaged(name: string): FedscoreError {
  return new FedscoreError("FEDSCORE_MESSAGE", `the data ${name} is not what its message says`, { name });
}
