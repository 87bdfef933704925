import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Census } from "../../src/remote/census.js";
import { silence } from "../../src/remote/protocol.js";

let notes: string[];
let census: Census;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  notes = [];
  census = new Census((text) => notes.push(text));
});
afterEach(() => {
  vi.useRealTimers();
});

const beat = (name: string, places: number) => ({ worker: name.repeat(32), name, places });

/** Looks each second, as a pool does. */
function pass(seconds: number): void {
  for (let second = 0; second < seconds; second++) {
    vi.advanceTimersByTime(1000);
    census.look();
  }
}

it("counts the places of workers that are there, each worker once", () => {
  census.hear(beat("a", 2));
  census.hear(beat("b", 3));
  census.hear(beat("a", 2));
  expect(census.places).toBe(5);
  expect(notes).toEqual(["worker a joined: 2 places", "worker b joined: 3 places"]);
});

it("forgets a worker that leaves, and one that is silent for too long", () => {
  census.hear(beat("a", 1));
  census.hear(beat("b", 1));
  census.hear(beat("a", 0));
  expect(census.places).toBe(1);
  pass(silence.worker / 1000);
  expect(census.places).toBe(1);
  pass(1);
  expect(census.places).toBe(0);
  expect(notes.slice(2)).toEqual(["worker a left", "worker b left"]);
});

it("does not take its own absence for that of workers", () => {
  census.hear(beat("a", 1));
  vi.advanceTimersByTime(10 * silence.worker);
  census.look();
  expect(census.places).toBe(1);
  pass(silence.worker / 1000 + 1);
  expect(census.places).toBe(0);
});

it("tells once why a worker does not join", () => {
  const refusing = { ...beat("a", 0), refuses: "it has another version" };
  census.hear(refusing);
  census.hear(refusing);
  expect(census.places).toBe(0);
  expect(notes).toEqual(["worker a does not join: it has another version"]);
});
