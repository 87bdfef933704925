import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { LoggedUpdates, UpdatesLog } from "../../../src/experiment/files/updates-log.js";
import type { AcceptedUpdate } from "../../../src/remote/clients/transport-options.js";
import { temporaryFolder } from "../../cli/support.js";

const { path: folder, remove } = temporaryFolder();
const path = join(folder, "updates.bin");
afterEach(remove);

function update(round: number, client: number): AcceptedUpdate {
  const report = { client, loss: 1, steps: 2, flops: 3, parameters: 4 };
  return { round, local: Float32Array.of(round, client, -0, 1e-30), report, control: Float32Array.of(client, round) };
}

it("keeps updates, goes on behind the rounds that are done, and takes what is damaged as not there", () => {
  const log = new UpdatesLog(path, 0);
  for (const [round, client] of [
    [0, 0],
    [0, 1],
    [1, 1],
    [1, 0],
    [2, 0],
  ])
    log.add(update(round, client));
  const kept = new LoggedUpdates(path);
  expect(kept.get(1, 0)).toEqual(update(1, 0));
  expect(kept.get(2, 0)).toEqual(update(2, 0));
  expect(() => kept.get(2, 1)).toThrow("does not have the update of client 1 in round 2");

  // A crash has cut a record off.
  appendFileSync(path, Uint8Array.of(40, 0, 0, 0, 1, 2));
  const next = new UpdatesLog(path, 2);
  expect(() => new LoggedUpdates(path).get(2, 0)).toThrow("round 2");
  next.add(update(2, 1));
  expect(new LoggedUpdates(path).get(2, 1)).toEqual(update(2, 1));
  expect(new LoggedUpdates(path).get(0, 1)).toEqual(update(0, 1));
  expect(next.missing).toEqual([]);
  expect(new UpdatesLog(path, 5).missing).toEqual([3, 4]);

  const bytes = readFileSync(path);
  bytes[bytes.length - 1] ^= 1;
  writeFileSync(path, bytes);
  expect(() => new LoggedUpdates(path).get(2, 1)).toThrow("round 2");
  writeFileSync(path, "something else");
  expect(() => new LoggedUpdates(path)).toThrow("is not the log of the updates of a run");
});
