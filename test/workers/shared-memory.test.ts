import { afterEach, describe, expect, it, vi } from "vitest";
import { claim, Slots, sharedFloats, threadsShareMemory } from "../../src/workers/shared-memory.js";

describe("Slots", () => {
  it("hand out memory again that was written and given back, the smallest that has room", () => {
    const slots = new Slots(3);
    const taken = [20, 5, 10].map((length) => slots.take(length));
    for (const slot of taken) {
      claim(slot).fill(1);
      slots.giveBack(slot);
    }
    expect(slots.take(7).buffer).toBe(taken[2].buffer);
    expect(slots.take(7).buffer).toBe(taken[0].buffer);
    const fresh = slots.take(7);
    expect(taken.map(({ buffer }) => buffer)).not.toContain(fresh.buffer);
    expect(slots.floatsOf(fresh)).toEqual(new Float32Array(7));
  });

  it("show the caller what was written", () => {
    const slots = new Slots(1);
    const slot = slots.take(3);
    claim(structuredClone(slot)).set([1, 2, 3]);
    expect([...slots.floatsOf(slot)]).toEqual([1, 2, 3]);
  });

  it("keep only so many that are not in use", () => {
    const slots = new Slots(1);
    const [first, second] = [slots.take(2), slots.take(2)];
    for (const slot of [first, second]) {
      claim(slot);
      slots.giveBack(slot);
    }
    expect(slots.take(2).buffer).toBe(first.buffer);
    expect(slots.take(2).buffer).not.toBe(second.buffer);
  });

  it("drop memory that two threads claimed, and what nobody claimed: a lost one may still write there", () => {
    const slots = new Slots(3);
    const twice = slots.take(2);
    claim(twice);
    claim(twice);
    expect(() => claim(twice)).not.toThrow();
    slots.giveBack(twice);
    const never = slots.take(2);
    slots.giveBack(never);
    expect([twice.buffer, never.buffer]).not.toContain(slots.take(2).buffer);
  });

  it("refuse who comes late, when the memory is free or has gone to another use", () => {
    const slots = new Slots(3);
    const slot = slots.take(2);
    claim(slot);
    slots.giveBack(slot);
    const late = { code: "FEDSCORE_WORKER", details: { ticket: slot.ticket } };
    expect(() => claim(slot)).toThrow(expect.objectContaining(late));
    const next = slots.take(2);
    expect(next.buffer).toBe(slot.buffer);
    expect(() => claim(slot)).toThrow(expect.objectContaining(late));
    claim(next);
    expect(() => claim(slot)).toThrow(expect.objectContaining(late));
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

it("knows of no shared memory on pages that are not isolated, or where there is none", () => {
  vi.stubGlobal("crossOriginIsolated", false);
  expect(threadsShareMemory()).toBe(false);
  vi.stubGlobal("crossOriginIsolated", true);
  expect(threadsShareMemory()).toBe(true);
  vi.stubGlobal("SharedArrayBuffer", undefined);
  expect(threadsShareMemory()).toBe(false);
});

it("shares memory between the threads of Node", () => {
  expect(threadsShareMemory()).toBe(true);
  const floats = sharedFloats(4);
  structuredClone(floats)[2] = 5;
  expect([...floats]).toEqual([0, 0, 5, 0]);
});
