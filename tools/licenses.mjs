/** Whose code is in what the build bundles. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Folder of the package that a bundled module comes from; undefined for this one's and for those that stand in for what browsers do not have. */
export function packageOf(id) {
  if (id.startsWith("\0")) return undefined;
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replaceAll("\\", "/"))?.[0];
}

/** The licenses of the packages with these folders. */
export function licensesOf(folders) {
  return [...folders].filter(Boolean).sort().map(licenseOf).join("\n");
}

/** Name, version, license and its text, where the package has one. */
function licenseOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const texts = readdirSync(folder).filter((each) => /^(?:licen[cs]e|notice)/i.test(each));
  const content = texts.map((each) => readFileSync(join(folder, each), "utf8").trim());
  return [`${name} ${version}, ${license}`, "-".repeat(80), ...content, ""].join("\n");
}
