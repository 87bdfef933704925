import { expect, it } from "vitest";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { parseConfig } from "../../../src/experiment/config/parse.js";
import { levelSettings, trainingSettings } from "../../../src/experiment/prepare/training-settings.js";

const config = (levels: object) => ({
  name: "levels",
  data: { kind: "ring" },
  sampling: { grid: { kind: "benton", steps: 12 } },
  training: { levels },
});

it("draws training levels where the steps of the sampling grid start", () => {
  const parsed = parseConfig(config({ spacing: "grid" }));
  const grid = createGrid({ kind: "benton", steps: 12 }, createSchedule(parsed.schedule));
  expect(levelSettings(parsed.training, grid)).toEqual({ spacing: "grid", times: [...grid.times] });
  expect(levelSettings(parseConfig(config({})).training, grid)).toEqual({ spacing: "time", count: 1000 });
});

it("hands a learning rate that changes to the clients", () => {
  const rated = parseConfig({ ...config({}), training: { rate: { kind: "cosine", rounds: 30 } } });
  const rate = { kind: "cosine", rounds: 30, final: 0, warmup: 0, moves: "step" };
  expect(trainingSettings(rated, undefined).rate).toEqual(rate);
  expect(trainingSettings(parseConfig(config({})), undefined)).not.toHaveProperty("rate");
});

it("refuses a number of levels beside the grid's own", () => {
  expect(() => parseConfig(config({ spacing: "grid", count: 5 }))).toThrow(
    /config\.training\.levels\.count must be absent with spacing grid/,
  );
});
