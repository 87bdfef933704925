import * as fs from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import type { Federation } from "../../../src/federation/federation.js";
import { temporaryFolder } from "../../cli/support.js";

vi.mock("node:fs", { spy: true });

const { path: folder, remove } = temporaryFolder();
afterEach(remove);

it("has the updates on the disk before the checkpoint that they belong to", async () => {
  // Other files of this process may have loaded them with the file system as it is.
  vi.resetModules();
  const { UpdatesLog } = await import("../../../src/experiment/files/updates-log.js");
  const { folderKeeper } = await import("../../../src/experiment/keep/folder-keeper.js");
  const { KeptStage } = await import("../../../src/experiment/stages/kept-stage.js");
  const log = new UpdatesLog(join(folder, "updates.bin"), 0);
  const synced: number[] = [];
  const federation = {
    round: 1,
    checkpoint() {
      synced.push(vi.mocked(fs.fsyncSync).mock.calls.length);
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
