/** The public face: which names each sub-path has, and that every one of them says what it is. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

interface PublicName {
  readonly name: string;
  readonly kind: "value" | "type";
  /** The source file that the entry takes it from. */
  readonly from: string;
}

/** What an entry exports. @throws where a line of it is anything but named exports from other files. */
function namesOf(entry: string): PublicName[] {
  const source = readFileSync(join(root, entry), "utf8");
  const statement = /export (type )?\{([^}]*)\} from "([^"]+)";\n/g;
  expect(source.replace(statement, "").trim(), `${entry} holds named exports and what it is`).toMatch(
    /^\/\*\*[\s\S]*?\*\/$/,
  );
  return [...source.matchAll(statement)].flatMap(([, all, list, path]) =>
    list
      .split(",")
      .map((each) => each.trim())
      .filter((each) => each !== "")
      .map((each) => ({
        name: each.replace(/^type /, ""),
        kind: all || each.startsWith("type ") ? ("type" as const) : ("value" as const),
        from: join(dirname(entry), path.replace(/\.js$/, ".ts")),
      })),
  );
}

const subPaths = readdirSync(join(root, "src/entries")).map((file) => file.replace(/\.ts$/, ""));
const entries = new Map([
  ["fedscore", namesOf("src/index.ts")],
  ...subPaths.map((name) => [`fedscore/${name}`, namesOf(`src/entries/${name}.ts`)] as const),
]);

/** The declaration of a name with the docstring before it, followed through files that pass it on. */
function declarationOf({ name, from }: PublicName): { readonly documented: boolean } | undefined {
  const source = readFileSync(join(root, from), "utf8");
  const declared = new RegExp(
    `(\\*/\\n)?export (?:declare )?(?:abstract )?(?:async )?(?:function\\*?|const|class|enum|interface|type) ${name}\\b`,
  ).exec(source);
  if (declared) return { documented: declared[1] !== undefined };
  const passed = new RegExp(`export (?:type )?\\{[^}]*\\b${name}\\b[^}]*\\} from "([^"]+)"`).exec(source);
  return passed
    ? declarationOf({ name, kind: "value", from: join(dirname(from), passed[1].replace(/\.js$/, ".ts")) })
    : undefined;
}

describe("the public face", () => {
  it("has these names, whose list is to be looked at when it changes", async () => {
    const lines = [...entries].flatMap(([entry, names]) => [
      `## ${entry}`,
      ...names.map(({ name, kind }) => (kind === "type" ? `type ${name}` : name)).sort(),
      "",
    ]);
    await expect(lines.join("\n")).toMatchFileSnapshot("entries.txt");
  });

  it("says in each entry by which name it is imported: the API reference calls it so", () => {
    for (const entry of entries.keys()) {
      const file = entry === "fedscore" ? "src/index.ts" : `src/entries/${entry.replace("fedscore/", "")}.ts`;
      expect(readFileSync(join(root, file), "utf8")).toContain(` * @module ${entry}\n`);
    }
  });

  it("publishes each name once, but for what the first entry picks", () => {
    const homes = new Map<string, string[]>();
    for (const [entry, names] of entries) {
      if (entry === "fedscore") continue;
      for (const { name } of names) homes.set(name, [...(homes.get(name) ?? []), entry]);
    }
    expect([...homes].filter(([, places]) => places.length > 1)).toEqual([]);
  });

  it("is about forty names wide at the first entry, those of the errors included", () => {
    expect(entries.get("fedscore")?.length).toBeLessThan(55);
  });

  it("keeps checks and helpers of its own to itself", () => {
    const inner = /^(require|validateOptions|describeValue|throwIfAborted|words$)/;
    expect([...entries.values()].flat().filter(({ name }) => inner.test(name))).toEqual([]);
  });

  it("says of each name what it is", () => {
    const silent = [...entries].flatMap(([entry, names]) =>
      names.filter((each) => !declarationOf(each)?.documented).map(({ name, from }) => `${entry}: ${name} of ${from}`),
    );
    expect(silent).toEqual([]);
  });

  it("is what the package exports", () => {
    const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const expected = [
      "fedscore",
      ...subPaths.map((name) => `fedscore/${name}`),
      "fedscore/worker",
      "fedscore/package.json",
    ];
    expect(
      Object.keys(exports)
        .map((path) => path.replace(".", "fedscore"))
        .sort(),
    ).toEqual(expected.sort());
    for (const target of Object.values<string | { types: string; default: string }>(exports)) {
      const files = typeof target === "string" ? [target] : [target.types, target.default];
      for (const file of files) expect(existsSync(join(root, file)), file).toBe(true);
    }
  });

  it.each([...entries])("of %s is what the built package has", async (entry, names) => {
    const built = await import(/* @vite-ignore */ entry);
    expect(Object.keys(built).sort()).toEqual(
      names
        .filter(({ kind }) => kind === "value")
        .map(({ name }) => name)
        .sort(),
    );
  });
});
