import { describe, expect, it } from "vitest";
import { Gate } from "../../../src/web/lab/gate.js";

const untold = () => {};
const never = new AbortController().signal;

/** Whether a promise is settled once all that waits for nothing has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const waiting = Symbol("waiting");
  const later = new Promise((resolve) => setTimeout(resolve, 0, waiting));
  return (await Promise.race([promise, later])) !== waiting;
}

describe("a gate", () => {
  it("lets all through until it is shut, and again once it is open", async () => {
    const gate = new Gate(untold);
    await gate.pass(never);
    gate.shutNow();
    const held = gate.pass(never);
    expect(await isSettled(held)).toBe(false);
    gate.open();
    await held;
    await gate.pass(never);
  });

  it("lets one through for each step, and stays shut", async () => {
    const gate = new Gate(untold);
    gate.step();
    await gate.pass(never);
    const held = gate.pass(never);
    expect(await isSettled(held)).toBe(false);
    gate.step();
    await held;
    expect(gate.shut).toBe(true);
    expect(await isSettled(gate.pass(never))).toBe(false);
  });

  it("gives up with an abort", async () => {
    const gate = new Gate(untold);
    const stop = new AbortController();
    gate.shutNow();
    const held = gate.pass(stop.signal);
    stop.abort();
    await expect(held).rejects.toMatchObject({ code: "FEDSCORE_ABORTED" });
  });

  it("tells once that work is held, by however many, and once that it is not", async () => {
    const told: boolean[] = [];
    const gate = new Gate((isHeld) => told.push(isHeld));
    await gate.pass(never);
    gate.shutNow();
    expect(told).toEqual([]);
    const held = [gate.pass(never), gate.pass(never)];
    expect(told).toEqual([true]);
    gate.open();
    await Promise.all(held);
    await gate.pass(never);
    expect(told).toEqual([true, false]);
  });
});
