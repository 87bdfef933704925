import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ExitCode, isAbort, RunFailure, reportError } from "../../src/cli/exit.js";
import { type ErrorCode, FedscoreError } from "../../src/errors.js";

describe("exit codes", () => {
  let printed = "";
  beforeEach(() => {
    printed = "";
    vi.spyOn(process.stderr, "write").mockImplementation((chunk) => {
      printed += String(chunk);
      return true;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const { failed, badInput, interrupted } = ExitCode;
  /** Before anything runs, and inside a run, where no reason is the input's fault but a checkpoint that is not of this run. */
  const expected: Record<ErrorCode, readonly [number, number]> = {
    FEDSCORE_INVALID_ARGUMENT: [badInput, failed],
    FEDSCORE_INVALID_TYPE: [badInput, failed],
    FEDSCORE_INVALID_CONFIG: [badInput, failed],
    FEDSCORE_INVALID_DATA: [badInput, failed],
    FEDSCORE_FILE: [badInput, failed],
    FEDSCORE_UNSUPPORTED: [badInput, failed],
    FEDSCORE_CHECKPOINT: [badInput, badInput],
    FEDSCORE_OUT_OF_MEMORY: [failed, failed],
    FEDSCORE_NON_FINITE: [failed, failed],
    FEDSCORE_TOO_FEW_UPDATES: [failed, failed],
    FEDSCORE_WORKER: [failed, failed],
    FEDSCORE_MESSAGE: [failed, failed],
    FEDSCORE_DENIED: [failed, failed],
    FEDSCORE_BOUND_VIOLATED: [failed, failed],
    FEDSCORE_ABORTED: [interrupted, interrupted],
  };

  it.each(Object.entries(expected))("%s, before a run and inside of it", (name, [before, inside]) => {
    const code = name as ErrorCode;
    const error = new FedscoreError(code, "what is wrong");
    expect(reportError(error)).toBe(before);
    expect(reportError(new RunFailure(error))).toBe(inside);
    expect(reportError(new RunFailure(new RunFailure(error)))).toBe(inside);
    expect(isAbort(new RunFailure(error))).toBe(code === "FEDSCORE_ABORTED");
    expect(printed).toBe(code === "FEDSCORE_ABORTED" ? "" : "fedscore: what is wrong\n".repeat(3));
  });

  it("0, 1, 2 and 130 are what the help says", () => {
    expect(ExitCode).toEqual({ done: 0, failed: 1, badInput: 2, interrupted: 130 });
  });
});
