import { describe, expect, it } from "vitest";
import { concurrently, inOrder } from "../../src/workers/concurrent.js";

/** Work that a test ends by hand. */
function manualWork() {
  const started: { item: number; signal: AbortSignal | undefined; resolve(): void; reject(error: Error): void }[] = [];
  const work = (item: number, signal?: AbortSignal) =>
    new Promise<number>((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(new Error("ended")));
      started.push({ item, signal, resolve: () => resolve(10 * item), reject });
    });
  return { started, work };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

async function collect<T>(results: AsyncIterable<T>, into: T[] = []): Promise<T[]> {
  for await (const result of results) into.push(result);
  return into;
}

describe("inOrder", () => {
  it("gives results in the order of the items, only so many under way", async () => {
    const { started, work } = manualWork();
    const seen: number[] = [];
    const all = collect(inOrder([1, 2, 3, 4], 2, work), seen);
    await turn();
    expect(started.map(({ item }) => item)).toEqual([1, 2]);
    started[1].resolve();
    await turn();
    expect(seen).toEqual([]);
    started[0].resolve();
    await turn();
    expect(seen).toEqual([10, 20]);
    for (const each of started) each.resolve();
    await turn();
    expect(started.map(({ item }) => item)).toEqual([1, 2, 3, 4]);
    for (const each of started) each.resolve();
    expect(await all).toEqual([10, 20, 30, 40]);
    expect(await collect(inOrder([], 2, work))).toEqual([]);
  });

  it("fails with the first failure, after what was under way", async () => {
    const { started, work } = manualWork();
    let over = false;
    const all = collect(inOrder([1, 2, 3], 2, work)).finally(() => {
      over = true;
    });
    started[0].reject(new Error("first"));
    await turn();
    expect(over).toBe(false);
    started[1].reject(new Error("second"));
    await expect(all).rejects.toThrow("first");
    expect(started).toHaveLength(2);
  });
});

describe("concurrently", () => {
  it("starts items in order, at most so many at once, and gives results as they arrive", async () => {
    const { started, work } = manualWork();
    const seen: number[] = [];
    const all = collect(concurrently([1, 2, 3, 4], 3, undefined, work), seen);
    expect(started.map(({ item }) => item)).toEqual([1, 2, 3]);
    started[2].resolve();
    started[1].resolve();
    await turn();
    expect(seen).toEqual([30, 20]);
    expect(started.map(({ item }) => item)).toEqual([1, 2, 3, 4]);
    for (const each of started) each.resolve();
    expect(await all).toEqual([30, 20, 10, 40]);
    expect(await collect(concurrently([], 3, undefined, work))).toEqual([]);
  });

  it("ends the others at the first failure, starts no more, and still gives what had arrived", async () => {
    const { started, work } = manualWork();
    const seen: number[] = [];
    const all = collect(concurrently([1, 2, 3, 4], 3, undefined, work), seen);
    started[0].reject(new Error("first"));
    started[1].resolve();
    await expect(all).rejects.toThrow("first");
    expect(seen).toEqual([20]);
    expect(started).toHaveLength(3);
    expect(started[2].signal?.aborted).toBe(true);
  });

  it("hears an abort, also one that came before and one that the work does not mind", async () => {
    const { started, work } = manualWork();
    const aborter = new AbortController();
    const all = collect(concurrently([1, 2, 3], 2, aborter.signal, work));
    const deaf = collect(concurrently([1, 2, 3], 1, aborter.signal, (item) => turn().then(() => item)));
    aborter.abort(new Error("enough"));
    const aborted = { code: "FEDSCORE_ABORTED", cause: new Error("enough") };
    await expect(all).rejects.toMatchObject(aborted);
    await expect(deaf).rejects.toMatchObject(aborted);
    expect(started).toHaveLength(2);
    await expect(collect(concurrently([1], 1, aborter.signal, work))).rejects.toMatchObject(aborted);
    expect(started).toHaveLength(2);
  });

  it("ends what is under way when nobody listens any more", async () => {
    const { started, work } = manualWork();
    const results = concurrently([1, 2, 3], 3, undefined, work);
    const first = results.next();
    started[1].resolve();
    expect(await first).toEqual({ done: false, value: 20 });
    await results.return();
    expect(started[0].signal?.aborted).toBe(true);
  });
});
