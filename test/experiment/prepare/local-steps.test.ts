import { expect, it } from "vitest";
import { parseConfig } from "../../../src/experiment/config/parse.js";
import { folderInput } from "../../../src/experiment/files/folder-input.js";
import { federationOptions, stepsPerRound } from "../../../src/experiment/prepare/federations.js";
import { prepareRun } from "../../../src/experiment/prepare/prepare-run.js";
import { simdEngine } from "../../support/engines.js";

const config = (federation: object) =>
  parseConfig({
    name: "steps",
    data: { kind: "ring", modes: 4, radius: 1, standardDeviation: 0.1, train: 40, heldOut: 8 },
    training: { localSteps: 6 },
    federation: { clients: 5, ...federation },
  });

it("client n takes entry n of federation.localSteps modulo its length, else training.localSteps", async () => {
  const engine = await simdEngine();
  const stepsOf = async (federation: object) => {
    const parsed = config(federation);
    const options = federationOptions(parsed, await prepareRun(engine, parsed, folderInput("."), undefined));
    return options.clients.map(({ localSteps }) => localSteps ?? options.localSteps);
  };
  expect(await stepsOf({})).toEqual([6, 6, 6, 6, 6]);
  expect(await stepsOf({ localSteps: [5, 10, 20] })).toEqual([5, 10, 20, 5, 10]);
});

it("the dense reference makes the steps of all participants, of unequal ones their mean", () => {
  expect(stepsPerRound(config({}))).toBe(30);
  expect(stepsPerRound(config({ participation: 0.6 }))).toBe(18);
  expect(stepsPerRound(config({ localSteps: [5, 10, 20] }))).toBe(50);
  expect(stepsPerRound(config({ localSteps: [5, 10, 20], participation: 0.4 }))).toBe(20);
});
