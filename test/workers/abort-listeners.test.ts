import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { AbortListeners } from "../../src/workers/abort-listeners.js";

describe("AbortListeners", () => {
  test("many callbacks share one listener, which is gone when the last of them is", () => {
    const { signal } = new AbortController();
    const aborts = new AbortListeners();
    const removals = Array.from({ length: 20 }, () => aborts.add(signal, () => {}));
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    for (const remove of removals) remove();
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  test("an abort calls what was added to its signal and not removed, also callbacks that remove others", () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const aborts = new AbortListeners();
    const called: string[] = [];
    aborts.add(first.signal, () => called.push("a"));
    aborts.add(first.signal, () => called.push("removed"))();
    const remove = aborts.add(first.signal, () => {
      remove();
      called.push("b");
    });
    aborts.add(second.signal, () => called.push("other"));
    first.abort();
    expect(called).toEqual(["a", "b"]);
  });
});
