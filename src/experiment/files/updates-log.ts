import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { crc32 } from "../../crc32.js";
import { FedscoreError } from "../../errors.js";
import type { AcceptedUpdate } from "../../remote/clients/transport-options.js";
import { decodeMessage, encodeMessage } from "../../remote/codec.js";
import { onPath } from "./on-path.js";

/**
 * The updates that a coordinated run has folded, in the order they came: "fedscore updates 1\n", then for each its length and the CRC-32 of its
 * bytes, uint32 each, little-endian, and the bytes of a message.
 */
const magic = new TextEncoder().encode("fedscore updates 1\n");
const headBytes = 8;

/** A whole record: which update it is, and where its bytes lie. */
interface Place {
  readonly round: number;
  readonly client: number;
  readonly begin: number;
  readonly length: number;
}

/** The log of a run that goes on. */
export class UpdatesLog {
  readonly #path: string;
  /** Rounds before it goes on of which it has no update, as after a power failure or where the run kept none: no replay comes past them. */
  readonly missing: readonly number[];

  /** Begins a log, or goes on with one behind the updates of its first `rounds` rounds. @throws FedscoreError FEDSCORE_FILE. */
  constructor(path: string, rounds: number) {
    this.#path = path;
    if (rounds === 0 || !existsSync(path)) onPath("write", path, () => writeFileSync(path, magic));
    const kept = rounds === 0 ? new Set<number>() : cutAfter(path, rounds);
    this.missing = Array.from({ length: rounds }, (_, round) => round).filter((round) => !kept.has(round));
  }

  add({ round, local, report, control }: AcceptedUpdate): void {
    const bytes = encodeMessage({ round, local, report, ...(control && { control }) });
    const record = new Uint8Array(headBytes + bytes.length);
    const view = new DataView(record.buffer);
    view.setUint32(0, bytes.length, true);
    view.setUint32(4, crc32(bytes), true);
    record.set(bytes, headBytes);
    onPath("write", this.#path, () => appendFileSync(this.#path, record));
  }

  /** Waits until the disk has what was added: a checkpoint that it is written before may be replayed after a power failure too. */
  flush(): void {
    onPath("write", this.#path, () => {
      const file = openSync(this.#path, "r+");
      try {
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    });
  }
}

/** The updates of a log, read when they are asked for; of several of one client in one round the last. */
export class LoggedUpdates {
  readonly #path: string;
  readonly #places = new Map<string, Place>();

  /** @throws FedscoreError FEDSCORE_FILE where there is no log. What a crash has cut off at its end is not there. */
  constructor(path: string) {
    this.#path = path;
    for (const place of recordsOf(path)) this.#places.set(keyOf(place.round, place.client), place);
  }

  /** @throws FedscoreError FEDSCORE_FILE where the log does not have it. */
  get(round: number, client: number): AcceptedUpdate {
    const place = this.#places.get(keyOf(round, client));
    if (!place) {
      const message = `${this.#path} does not have the update of client ${client} in round ${round}`;
      throw new FedscoreError("FEDSCORE_FILE", message, { round, client });
    }
    return onPath("read", this.#path, () => {
      const file = openSync(this.#path, "r");
      try {
        return updateIn(bytesAt(file, place.begin, place.length));
      } finally {
        closeSync(file);
      }
    });
  }
}

/** Leaves the records of the first rounds; the rounds that have any. */
function cutAfter(path: string, rounds: number): Set<number> {
  const kept = new Set<number>();
  let end = magic.length;
  for (const { round, begin, length } of recordsOf(path)) {
    if (round >= rounds) break;
    kept.add(round);
    end = begin + length;
  }
  onPath("write", path, () => truncateSync(path, end));
  return kept;
}

/** Whole records, until the end or the first damaged one. */
function* recordsOf(path: string): Generator<Place> {
  const file = onPath("read", path, () => openSync(path, "r"));
  try {
    const { size } = fstatSync(file);
    if (size < magic.length || !Buffer.from(magic).equals(bytesAt(file, 0, magic.length)))
      throw new FedscoreError("FEDSCORE_FILE", `${path} is not the log of the updates of a run`, { path });
    for (let at = magic.length; at + headBytes <= size; ) {
      const head = bytesAt(file, at, headBytes);
      const [length, sum] = [head.readUInt32LE(0), head.readUInt32LE(4)];
      const begin = at + headBytes;
      if (begin + length > size) return;
      const bytes = bytesAt(file, begin, length);
      if (crc32(bytes) !== sum) return;
      const { round, report } = updateIn(bytes);
      yield { round, client: report.client, begin, length };
      at = begin + length;
    }
  } finally {
    closeSync(file);
  }
}

function bytesAt(file: number, begin: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readSync(file, bytes, 0, length, begin);
  return bytes;
}

/** Bytes whose checksum is right were written here. */
function updateIn(bytes: Uint8Array): AcceptedUpdate {
  return decodeMessage(bytes) as AcceptedUpdate;
}

function keyOf(round: number, client: number): string {
  return `${round}/${client}`;
}
