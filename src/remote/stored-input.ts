import type { DataStore } from "./data-store.js";
import type { Payload } from "./protocol.js";

/** Input of a call or an installation, and where it is on the server: put there when it is asked for first. */
export class StoredInput {
  readonly #data: DataStore;
  readonly #encode: () => Uint8Array;
  readonly #mostInline: number;
  #stored: Promise<Payload> | undefined;
  #deleted: Promise<void> | undefined;

  constructor(data: DataStore, encode: () => Uint8Array, mostInline: number) {
    this.#data = data;
    this.#encode = encode;
    this.#mostInline = mostInline;
  }

  /** A failure is not kept: the next that asks tries again. */
  payload(): Promise<Payload> {
    const stored = this.#stored ?? this.#put();
    this.#stored = stored;
    return stored;
  }

  /** It is not needed any more, or was lost: it is put again where somebody asks. */
  delete(): void {
    const stored = this.#stored;
    this.#stored = undefined;
    if (stored) this.#deleted = this.#deletionOf(stored);
  }

  async #put(): Promise<Payload> {
    try {
      await this.#deleted;
      return await this.#data.put(this.#encode(), this.#mostInline);
    } catch (error) {
      this.#stored = undefined;
      throw error;
    }
  }

  async #deletionOf(stored: Promise<Payload>): Promise<void> {
    const payload = await stored.catch(() => undefined);
    if (payload) await this.#data.delete(payload);
  }
}
