import { throwIfAborted } from "../../errors.js";

/** Holds work while it is shut; a step lets one through. */
export class Gate {
  #shut = false;
  #steps = 0;
  #waiting: (() => void)[] = [];
  #told = false;
  readonly #onHeld: (isHeld: boolean) => void;

  /** @param onHeld is told when work begins to be held, and when it is held no more. */
  constructor(onHeld: (isHeld: boolean) => void) {
    this.#onHeld = onHeld;
  }

  get shut(): boolean {
    return this.#shut;
  }

  shutNow(): void {
    this.#shut = true;
  }

  open(): void {
    this.#shut = false;
    this.#tell();
    this.#wake();
  }

  /** The next that passes is let through, and the gate is shut behind it. */
  step(): void {
    this.#shut = true;
    this.#steps = 1;
    this.#wake();
  }

  /** @throws FedscoreError FEDSCORE_ABORTED. */
  async pass(signal: AbortSignal): Promise<void> {
    this.#tell();
    const wake = () => this.#wake();
    signal.addEventListener("abort", wake);
    try {
      while (this.#shut && this.#steps === 0 && !signal.aborted)
        await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    } finally {
      signal.removeEventListener("abort", wake);
    }
    throwIfAborted(signal);
    this.#steps = 0;
  }

  #tell(): void {
    if (this.#told === this.#shut) return;
    this.#told = this.#shut;
    this.#onHeld(this.#shut);
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
