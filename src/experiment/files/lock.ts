import { linkSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import * as z from "zod";
import { FedscoreError } from "../../errors.js";
import { writeAtomically } from "./atomic.js";
import { causeOf, codeOf } from "./cause.js";
import { makeFolder } from "./make-folder.js";
import { onPath } from "./on-path.js";

/** In an output folder while a process writes there. */
export const lockName = "fedscore.lock";

const holderSchema = z.strictObject({
  pid: z.int().gte(1),
  host: z.string(),
  /** When the lock was taken, ISO 8601. */
  since: z.string(),
  /** When the process began, by the system's own clock; null where it does not say. Pids are given again to other processes. */
  begun: z.string().nullable(),
  /** Of this lock alone. */
  id: z.string(),
});

type Holder = z.output<typeof holderSchema>;

/**
 * Takes an output folder for this process, and makes it where there is none. What a process of this machine left that is no more is taken over.
 * @returns gives the folder back.
 * @throws FedscoreError FEDSCORE_FILE naming the process that has it.
 */
export function lockFolder(folder: string): () => void {
  const made = inFolder(folder, () => makeFolder(folder));
  const path = join(folder, lockName);
  const begun = beginOf(process.pid) ?? null;
  const mine: Holder = {
    pid: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
    begun,
    id: crypto.randomUUID(),
  };
  // A second time where the lock that was in the way is gone when it is looked at.
  const isMine = () => create(path, mine) || takeOver(folder, path, mine) || create(path, mine);
  if (!inFolder(folder, isMine)) throw held(folder, path);
  return () => release(folder, path, mine, made);
}

/** Runs `work`; what the system refuses is a reason to choose another folder. */
function inFolder<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const refusal = error instanceof FedscoreError ? error.cause : error;
    if (codeOf(refusal) === undefined) throw error;
    const message = `cannot use output folder ${folder}: ${causeOf(refusal)}: choose another --out`;
    throw new FedscoreError("FEDSCORE_FILE", message, { folder }, refusal);
  }
}

/** Gives a folder back as far as it is still there: what became of it meanwhile was told by what wrote into it. */
function release(folder: string, path: string, mine: Holder, made: string | undefined): void {
  try {
    if (holderOf(path)?.id === mine.id) rmSync(path, { force: true });
    if (made !== undefined) removeEmpty(folder, made);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
}

/** Removes an empty folder and those above it that are empty then, up to the first that was made for it. */
function removeEmpty(folder: string, made: string): void {
  for (let path = resolve(folder); path.startsWith(made); path = dirname(path)) rmdirSync(path);
}

/** Whether the lock is there now and this process's: whole or not at all; false where there is one already. */
function create(path: string, holder: Holder): boolean {
  const text = `${JSON.stringify(holder)}\n`;
  const whole = `${path}.${holder.id}`;
  writeAtomically(whole, text);
  try {
    linkSync(whole, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    return createWithoutLinks(path, text);
  } finally {
    rmSync(whole, { force: true });
  }
}

/** On file systems that have no hard links: a reader may see half of it for a moment. */
function createWithoutLinks(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    return onPath("write", path, () => {
      throw error;
    });
  }
}

/**
 * Replaces the lock of a process that is no more; false where there is none now. Of several that try, the one goes on that makes the claim
 * beside it; the lock is then looked at again, as another one may have been quicker and be done.
 */
function takeOver(folder: string, path: string, mine: Holder): boolean {
  const found = holderOf(path);
  if (found === undefined) return false;
  if (isAlive(found)) throw held(folder, path, found);
  const claim = `${path}.claim`;
  if (!create(claim, mine)) throw held(folder, claim);
  const again = holderOf(path);
  if (again?.id === found.id) {
    onPath("write", path, () => renameSync(claim, path));
    return true;
  }
  rmSync(claim, { force: true });
  throw held(folder, path, again);
}

/** Undefined where there is no lock. @throws FedscoreError FEDSCORE_FILE where the file is none. */
function holderOf(path: string): Holder | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    return onPath("read", path, () => {
      throw error;
    });
  }
  const parsed = holderSchema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new FedscoreError("FEDSCORE_FILE", `${path} is damaged: remove it if no run is writing into its folder`, {
    path,
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether the process may still be there; of other machines nobody knows. */
function isAlive({ pid, host, begun }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === "ESRCH") return false;
  }
  const now = beginOf(pid);
  return begun === null || now === undefined || begun === now;
}

/** Start of a process in clock ticks since the machine's, where /proc says it: the 22nd field, the 20th after the name in parentheses. */
function beginOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

function held(folder: string, path: string, holder?: Holder): FedscoreError {
  const { pid, host, since } = holder ?? {};
  const who = pid === process.pid && host === hostname() ? "this process" : `process ${pid} on ${host}`;
  const what = holder ? `${who} has been writing into it since ${since}` : "another process is about to write into it";
  const unknown = host === hostname() ? "" : `; if no run is writing there any more, remove ${path}`;
  const message = `cannot use output folder ${folder}: ${what}: wait for it, stop it, or choose another --out${unknown}`;
  return new FedscoreError("FEDSCORE_FILE", message, { folder, path, ...(holder && { pid, host, since }) });
}
