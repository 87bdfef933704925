import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { UpdatesLog } from "../../../src/experiment/files/updates-log.js";
import { folderKeeper } from "../../../src/experiment/keep/folder-keeper.js";
import { KeptStage } from "../../../src/experiment/stages/kept-stage.js";
import type { Federation } from "../../../src/federation/federation.js";
import { temporaryFolder } from "../../cli/support.js";

const { path: folder, remove } = temporaryFolder();
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  remove();
});

it("has the updates on the disk before the checkpoint that they belong to", () => {
  // Not by vi.mock: other files of this process would be left with modules that are not those of their mocks.
  const sync = vi.spyOn(fs, "fsyncSync");
  syncBuiltinESMExports();
  const log = new UpdatesLog(join(folder, "updates.bin"), 0);
  const synced: number[] = [];
  const federation = {
    round: 1,
    checkpoint() {
      synced.push(sync.mock.calls.length);
      throw new Error("as far as this");
    },
  } as unknown as Federation;
  const run = {
    ...{
      identity: {},
      config: { training: {} },
      keeper: folderKeeper(folder, {}),
      earlier: undefined,
      apriori: undefined,
    },
    beforeSave: () => log.flush(),
  };
  const stage = new KeptStage(run as never, "training", federation);
  vi.spyOn(stage.history, "rounds", "get").mockReturnValue(1);
  expect(() => stage.save()).toThrow("as far as this");
  expect(synced).toEqual([1]);
});
