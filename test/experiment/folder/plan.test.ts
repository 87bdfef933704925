import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeSafetensors } from "../../../src/data/formats/safetensors.js";
import { parseConfig } from "../../../src/experiment/config/parse.js";
import type { ExperimentConfig } from "../../../src/experiment/config/schema.js";
import { encodeCheckpointFile } from "../../../src/experiment/files/checkpoint-file.js";
import { type FolderOptions, planFolder } from "../../../src/experiment/folder/plan.js";
import { rowsElsewhere } from "../../../src/experiment/result/rows-elsewhere.js";
import { sha256 } from "../../../src/sha256.js";

const base = { name: "a", data: { kind: "ring" } } as const;
const config = parseConfig(base);
const other = parseConfig({ ...base, seed: 7 });
const longer = parseConfig({ ...base, training: { rounds: 80 } });
const shorter = parseConfig({ ...base, training: { rounds: 20 } });

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "fedscore-")), "out");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

/** What planFolder says: the action, or the reason of its refusal. */
function plan(options: FolderOptions = {}, asked = config): string {
  try {
    return planFolder(folder, asked, options).action;
  } catch (error) {
    expect(["FEDSCORE_FILE", "FEDSCORE_CHECKPOINT"]).toContain((error as { code?: string }).code);
    return (error as Error).message
      .replace(`cannot use output folder ${folder}: `, "")
      .replaceAll(`${folder}/`, "")
      .replaceAll(`${folder}\\`, "");
  }
}

function make(files: Record<string, string | Uint8Array>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}

const start = (of: unknown) => `${JSON.stringify({ event: "start", config: of })}\n`;
const resultOf = (of: unknown) => JSON.stringify({ config: of });
const checkpointOf = (of: ExperimentConfig, rounds = 40) =>
  encodeCheckpointFile({
    run: { version: "0.1.0", variant: "simd", config: of, checksums: { data: "d".repeat(64), config: "c".repeat(64) } },
    rounds,
    found: {},
    arrays: { federation: new Uint8Array(3) },
  });
const modelOf = (bias: number) => writeSafetensors([{ name: "bias", shape: [1], values: Float32Array.of(bias) }], {});
const model = modelOf(0);

describe("planFolder", () => {
  test("no folder and an empty folder start, and are not touched", () => {
    expect(plan()).toBe("start");
    expect(plan({ resume: true })).toBe("start");
    expect(() => readdirSync(folder)).toThrow("ENOENT");
    make({});
    expect(plan()).toBe("start");
    make({ "fedscore.lock": "", "checkpoint.bin.77.tmp": "" });
    mkdirSync(join(folder, "replaced"));
    expect(plan()).toBe("start");
  });

  test("an interrupted run is neither lost nor continued unasked", () => {
    make({ "log.jsonl": start(config), "checkpoint.bin": checkpointOf(config) });
    expect(plan()).toBe("it holds an interrupted run: choose --resume to go on, or --overwrite to start again");
    expect(plan({ resume: true })).toBe("resume");
    expect(plan({ overwrite: true })).toBe("start");
    expect(plan({ resume: true, overwrite: true })).toBe("resume");
  });

  test("a log does not decide: without one, with half of one and with one of another run a checkpoint is resumed", () => {
    for (const log of [undefined, "", '{"event":"sta', "\0\0\0\0", start(other)]) {
      make({ "checkpoint.bin": checkpointOf(config), ...(log !== undefined && { "log.jsonl": log }) });
      expect(plan({ resume: true })).toBe("resume");
    }
  });

  test("a finished run of the same config is not replaced unasked, and left alone with resume", () => {
    const files = { "result.json": resultOf(config), "checkpoint.bin": checkpointOf(config, 50) };
    make({ ...files, "log.jsonl": start(config), "model.safetensors": model });
    expect(plan()).toBe(
      "it holds the finished run of this config: choose --resume to keep it, or --overwrite to run it again",
    );
    expect(plan({ resume: true })).toBe("finished");
    expect(plan({ overwrite: true })).toBe("start");
    expect(plan({ resume: true, overwrite: true })).toBe("finished");
  });

  test("a run is finished without what needs rows that clients hold, and without nothing else", () => {
    const without = (notComputed: string) =>
      JSON.stringify({ config, measured: { mmd: { notComputed, code: "FEDSCORE_UNSUPPORTED" } } });
    make({ "checkpoint.bin": checkpointOf(config, 50), "model.safetensors": model });
    make({ "result.json": without(rowsElsewhere) });
    expect(plan({ resume: true })).toBe("finished");
    make({ "result.json": without("it ended in NaN") });
    expect(plan({ resume: true })).toBe("resume");
  });

  test("a finished run without its model, or with a damaged one, is continued", () => {
    make({ "result.json": resultOf(config), "checkpoint.bin": checkpointOf(config, 50) });
    expect(plan({ resume: true })).toBe("resume");
    make({ "model.safetensors": model.subarray(0, 20) });
    expect(plan({ resume: true })).toBe("resume");
  });

  test("a finished run with the model of another is continued, and without a checkpoint told so", () => {
    const parameters = sha256(new Float32Array(1));
    make({ "result.json": JSON.stringify({ config, checksums: { parameters } }), "model.safetensors": model });
    expect(plan({ resume: true })).toBe("finished");
    make({ "model.safetensors": modelOf(1) });
    expect(plan({ resume: true })).toBe(
      "its model.safetensors is missing, damaged or not that of its result.json, and there is no checkpoint to go on from: --overwrite alone runs it again",
    );
    expect(plan({ resume: true, overwrite: true })).toBe("start");
    make({ "checkpoint.bin": checkpointOf(config, 50) });
    expect(plan({ resume: true })).toBe("resume");
  });

  test("a run of which a part could not be computed is continued when asked, and not lost unasked", () => {
    const failed = { notComputed: "no numbers", code: "FEDSCORE_NON_FINITE" };
    const result = JSON.stringify({ config, certificate: failed });
    make({ "log.jsonl": start(config), "result.json": result, "checkpoint.bin": checkpointOf(config, 50) });
    expect(plan()).toBe(
      "it holds a run of which a part could not be computed: choose --resume to compute what comes after training again, or --overwrite to start again",
    );
    expect(plan({ resume: true })).toBe("resume");
    expect(plan({ overwrite: true })).toBe("start");
  });

  test("a run of another config is replaced with overwrite only", () => {
    const reason =
      "it holds the result of another config (seed differs): choose another --out, or --overwrite alone to replace it";
    for (const checkpoint of [{}, { "checkpoint.bin": checkpointOf(other, 50) }]) {
      make({ "log.jsonl": start(other), "result.json": resultOf(other), ...checkpoint });
      expect(plan()).toBe(reason);
      expect(plan({ resume: true })).toBe(reason);
      expect(plan({ overwrite: true })).toBe("start");
      expect(plan({ resume: true, overwrite: true })).toBe("start");
    }
  });

  test("an interrupted run of another config likewise", () => {
    make({ "log.jsonl": start(other), "checkpoint.bin": checkpointOf(other) });
    expect(plan()).toMatch(/^it holds an interrupted run of another config \(seed differs\)/);
    expect(plan({ resume: true })).toMatch(/^it holds an interrupted run of another config \(seed differs\)/);
    expect(plan({ resume: true, overwrite: true })).toBe("start");
  });

  test("rounds are added to an interrupted and to a finished run, and not taken back below what is done", () => {
    make({ "log.jsonl": start(config), "checkpoint.bin": checkpointOf(config) });
    expect(plan({ resume: true }, longer)).toBe("resume");
    expect(plan({ resume: true }, shorter)).toBe(
      "cannot resume from checkpoint.bin: it has done 40 rounds, and config.training.rounds is 20: rounds can be added, not taken back; --overwrite alone, without --resume, starts again",
    );
    make({ "result.json": resultOf(config), "checkpoint.bin": checkpointOf(config, 50), "model.safetensors": model });
    expect(plan({ resume: true }, longer)).toBe("resume");
    expect(plan({}, longer)).toMatch(/^it holds the result of another config \(training.rounds differs\)/);
    expect(plan({ resume: true })).toBe("finished");
    rmSync(join(folder, "checkpoint.bin"));
    expect(plan({ resume: true }, longer)).toMatch(
      /^it holds the result of another config \(training.rounds differs, and there is no checkpoint to add rounds to\)/,
    );
  });

  test("a damaged checkpoint names the way to start anew, and stands in no way of it", () => {
    const bytes = checkpointOf(config);
    bytes[60] ^= 1;
    make({ "log.jsonl": start(config), "checkpoint.bin": bytes });
    const reason =
      "cannot resume from checkpoint.bin: its checksum does not match: it was cut off or changed; --overwrite alone, without --resume, starts again";
    for (const options of [{}, { resume: true }, { resume: true, overwrite: true }]) expect(plan(options)).toBe(reason);
    expect(plan({ overwrite: true })).toBe("start");
  });

  test.each(["", "{", "\0\0\0", "[]", "null", '{"config":5}', `{"config":${"[".repeat(30_000)}${"]".repeat(30_000)}}`])(
    "a damaged result.json too: %.20s",
    (text) => {
      make({ "log.jsonl": start(config), "result.json": text });
      for (const options of [{}, { resume: true }]) {
        expect(plan(options)).toBe("its result.json is damaged: --overwrite alone runs it again");
      }
      expect(plan({ overwrite: true })).toBe("start");
      make({ "checkpoint.bin": checkpointOf(config) });
      expect(plan({ resume: true })).toBe("resume");
    },
  );

  test("a run that failed before its first checkpoint starts again", () => {
    for (const log of [`${start(other)}{"event":"round"`, '{"event":"start","con']) {
      make({ "log.jsonl": log });
      expect(plan()).toBe("start");
    }
  });

  test("somebody else's folder is refused", () => {
    make({ "thesis.tex": "", "log.jsonl": "theirs" });
    expect(plan()).toBe(
      "it holds files of something else (thesis.tex): choose another --out, or --overwrite to write into it",
    );
    expect(plan({ overwrite: true })).toBe("start");
  });

  test("a file in place of the folder, or of one of its files, is refused", () => {
    writeFileSync(folder, "");
    expect(plan()).toBe("a part of the path is not a folder");
    rmSync(folder);
    for (const name of ["result.json", "checkpoint.bin"]) {
      mkdirSync(join(folder, name), { recursive: true });
      expect(plan({ resume: true })).toBe(`cannot read ${name}: it is a folder`);
      rmSync(folder, { recursive: true });
    }
  });
});
