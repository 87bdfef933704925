import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ClientsLink } from "../../../src/remote/clients/link.js";
import { encode, type Hello, readHello } from "../../../src/remote/clients/messages.js";
import { Roster } from "../../../src/remote/clients/roster.js";
import { type Wanted, waitForClients } from "../../../src/remote/clients/wait-for-clients.js";
import { randomIdentity } from "../../../src/remote/protocol.js";
import { fedscoreVersion } from "../../../src/remote/version.js";

const lostAfter = 3000;
const session = randomIdentity();
let roster: Roster;
let notes: string[];

beforeEach(() => {
  vi.useFakeTimers();
  notes = [];
  roster = new Roster({ since: 0 } as never, () => {});
});
afterEach(() => {
  vi.useRealTimers();
});

function hello(name: string, change: Partial<Hello> = {}): Hello {
  const counts = { rows: 50, heldOut: 5, dimension: 2, gives: [] };
  return { ...{ name, session, version: fedscoreVersion }, ...counts, ...change };
}

/** Who is waited for while these clients say each second that they are there. */
function waiting(wanted: Wanted, ...here: Hello[]) {
  const say = () => {
    roster.hearServer();
    roster.look();
    for (const each of here) roster.hear(each);
  };
  say();
  const timer = setInterval(say, 1000);
  const link = { roster, settings: { lostAfter }, throwIfDenied() {} } as unknown as ClientsLink;
  const found = waitForClients(link, wanted, { signal: undefined, onNote: (text) => void notes.push(text) });
  const names = found.then((hellos) => hellos.map(({ name }) => name)).finally(() => clearInterval(timer));
  return { names, here };
}

const isThere = (promise: Promise<unknown>) => Promise.race([promise.then(() => true), Promise.resolve(false)]);

it("takes the dimension that most clients have, and waits for as many of them as it is to have", async () => {
  const { names, here } = waiting({ minimum: 3 }, hello("a", { dimension: 3 }), hello("b"), hello("c"));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await isThere(names)).toBe(false);
  here.push(hello("d"));
  await vi.advanceTimersByTimeAsync(4000);
  expect(await names).toEqual(["b", "c", "d"]);
  expect(notes.at(-1)).toBe("client a is left out: its rows have 3 numbers, those of the others 2");
});

it("does not count who has left", async () => {
  const { names, here } = waiting({ minimum: 2 });
  roster.hear(hello("gone"));
  await vi.advanceTimersByTimeAsync(lostAfter);
  here.push(hello("b"));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await isThere(names)).toBe(false);
  here.push(hello("c"));
  await vi.advanceTimersByTimeAsync(4000);
  expect(await names).toEqual(["b", "c"]);
});

it("goes on with the clients that a run had, and says which of them has other rows now", async () => {
  const known = {
    dimension: 2,
    clients: [
      { name: "a", rows: 50, heldOut: 5 },
      { name: "b", rows: 50, heldOut: 5 },
    ],
  };
  const { names, here } = waiting({ minimum: 2, known }, hello("a", { rows: 51 }), hello("stranger"));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await isThere(names)).toBe(false);
  here.push(hello("b"));
  await vi.advanceTimersByTimeAsync(4000);
  expect(await names).toEqual(["a", "b"]);
  expect(notes.at(-1)).toBe(
    "client a has 51 rows and holds out 5, where it had 50 and 5 when the run began: its weight stays",
  );
});

it("waits for tables where a run is of tables, and for numbers where it is not, and says who holds the other", async () => {
  const table = { rows: 7, heldOut: 1 };
  const numbers = { rows: 0, heldOut: 0, dimension: 0 };
  const here = () => [hello("both", { table }), hello("numbers"), hello("table", { ...numbers, table })];
  const ofTables = waiting({ minimum: 3, holds: "table" }, ...here());
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await isThere(ofTables.names)).toBe(false);
  // Said once, while it still waits.
  expect(notes.filter((note) => note.includes("is left out"))).toEqual([
    "client numbers is left out: it holds no table",
  ]);
  ofTables.here.push(hello("other", { ...numbers, table }));
  await vi.advanceTimersByTimeAsync(4000);
  expect(await ofTables.names).toEqual(["both", "other", "table"]);

  notes = [];
  roster = new Roster({ since: 0 } as never, () => {});
  const ofNumbers = waiting({ minimum: 2 }, ...here());
  await vi.advanceTimersByTimeAsync(4000);
  expect(await ofNumbers.names).toEqual(["both", "numbers"]);
  expect(notes.at(-1)).toBe('client table is left out: it holds a table, which is for config.data of kind "table"');
});

it("believes no more rows of a client than a run can number", () => {
  expect(readHello(encode(hello("a", { rows: 2 ** 32 - 1 })))).toMatchObject({ rows: 2 ** 32 - 1 });
  expect(() => readHello(encode(hello("a", { rows: 2 ** 32 })))).toThrow("has no integer in [0, 4294967295] in rows");
});
