import { afterEach, describe, expect, it, vi } from "vitest";
import { interruptible } from "../../src/cli/interrupt.js";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

describe("interruptible work", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each(signals)("%s: the first aborts, the second leaves with 130 at once", async (name) => {
    const codes: unknown[] = [];
    vi.spyOn(process, "exit").mockImplementation((code) => {
      codes.push(code);
      throw new Error("left");
    });
    let notes = 0;
    await interruptible(
      () => notes++,
      async (signal) => {
        expect(signal.aborted).toBe(false);
        process.emit(name);
        expect([notes, signal.aborted]).toEqual([1, true]);
        expect(() => process.emit(name)).toThrow("left");
        expect([notes, codes]).toEqual([1, [130]]);
      },
    );
  });

  it("listens while it works, and not after it, whether it ends well or not", async () => {
    const listeners = () => signals.map((name) => process.listenerCount(name));
    const before = listeners();
    const answer = await interruptible(
      () => {},
      async () => {
        expect(listeners()).toEqual(before.map((count) => count + 1));
        return 7;
      },
    );
    expect(answer).toBe(7);
    expect(listeners()).toEqual(before);
    const failing = interruptible(
      () => {},
      () => Promise.reject(new Error("failed")),
    );
    await expect(failing).rejects.toThrow("failed");
    expect(listeners()).toEqual(before);
  });
});
