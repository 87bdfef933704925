import { afterEach, expect, it, vi } from "vitest";
import type { LabEvent, LabRequest } from "../../src/web/lab/messages.js";
import { LabClient } from "../../src/web/lab-client.js";

const asked: LabRequest[] = [];
let answer: (event: LabEvent) => void = () => {};

/** Takes what it is asked, and answers when the test does. */
class HeldWorker {
  addEventListener(kind: string, listen: (event: { readonly data: LabEvent }) => void) {
    if (kind === "message") answer = (data) => listen({ data });
  }

  postMessage(request: LabRequest) {
    asked.push(request);
  }
}

afterEach(() => {
  vi.unstubAllGlobals();
  asked.length = 0;
});

const ignore = () => {};

it("makes a file once for all who ask while it is made, and again for who asks later", async () => {
  vi.stubGlobal("Worker", HeldWorker);
  const lab = new LabClient(ignore, ignore);
  const both = [lab.file(1, "report.html"), lab.file(1, "report.html")];
  expect(asked).toEqual([{ kind: "file", run: 1, name: "report.html" }]);
  answer({ kind: "file", run: 1, name: "report.html", content: "page" });
  expect(await Promise.all(both)).toEqual(["page", "page"]);
  const later = lab.file(1, "report.html");
  answer({ kind: "noFile", run: 1, name: "report.html", message: "no such run" });
  await expect(later).rejects.toThrow("no such run");
});
