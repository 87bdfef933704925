/** Callbacks of abort signals, with one listener a signal however many they are: Node warns of more than ten listeners. */
export class AbortListeners {
  readonly #callbacks = new Map<AbortSignal, Set<() => void>>();

  /** Calls `callback` when the signal aborts, unless the returned function was called before. */
  add(signal: AbortSignal, callback: () => void): () => void {
    const callbacks = this.#callbacks.get(signal) ?? this.#listen(signal);
    callbacks.add(callback);
    return () => {
      callbacks.delete(callback);
      if (callbacks.size === 0) this.#forget(signal);
    };
  }

  #listen(signal: AbortSignal): Set<() => void> {
    const callbacks = new Set<() => void>();
    this.#callbacks.set(signal, callbacks);
    signal.addEventListener("abort", this.#onAbort);
    return callbacks;
  }

  #forget(signal: AbortSignal): void {
    signal.removeEventListener("abort", this.#onAbort);
    this.#callbacks.delete(signal);
  }

  readonly #onAbort = ({ target }: Event): void => {
    for (const [signal, callbacks] of this.#callbacks) {
      if (signal === target) for (const callback of [...callbacks]) callback();
    }
  };
}
