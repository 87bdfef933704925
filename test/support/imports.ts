/** Which files import which, and what must not be among that. */
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path/posix";

/** The specifiers that each file imports, type-only ones included; files by their path from one folder. */
export type Imports = ReadonlyMap<string, readonly string[]>;

export function importsIn(source: string): string[] {
  return [...source.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, specifier]) => specifier);
}

/** The same without those of types alone, of which nothing is left when the file runs. */
export function valueImportsIn(source: string): string[] {
  return importsIn(source.replace(/^(?:import|export) type [^;]*;/gm, ""));
}

/** @param imported what a file imports. */
export async function importsBelow(folder: string, imported = importsIn): Promise<Imports> {
  const names = (await readdir(folder, { recursive: true })).map((name) => name.replaceAll("\\", "/"));
  const files = names.filter((name) => /\.tsx?$/.test(name)).sort();
  return new Map(
    await Promise.all(
      files.map(async (file) => [file, imported(await readFile(`${folder}/${file}`, "utf8"))] as const),
    ),
  );
}

/** The files of the same folder that a file imports. */
function targetsOf(imports: Imports, file: string): string[] {
  const relative = (imports.get(file) ?? []).filter((specifier) => specifier.startsWith("."));
  return relative.map((specifier) => {
    const path = join(dirname(file), specifier).replace(/\.js$/, ".ts");
    return imports.has(`${path}x`) ? `${path}x` : path;
  });
}

/** Imports that do not go down: into another folder (or file at the top) of the same floor or a higher one, or one that has no floor. */
export function importsNotDown(imports: Imports, floors: readonly (readonly string[])[]): string[] {
  const heightOf = (room: string) => floors.findIndex((floor) => floor.includes(room));
  const goesDown = (from: string, to: string) =>
    from === to ? heightOf(from) >= 0 : heightOf(to) >= 0 && heightOf(to) < heightOf(from);
  const roomOf = (file: string) => file.split("/")[0];
  return [...imports.keys()].flatMap((file) =>
    targetsOf(imports, file)
      .filter((target) => !goesDown(roomOf(file), roomOf(target)))
      .map((target) => `${file} -> ${target}`),
  );
}

/** Largest sets of files that all import one another, directly or by others. */
export function circlesIn(imports: Imports): string[][] {
  const reached = new Map([...imports.keys()].map((file) => [file, reachedFrom(imports, file)]));
  const reaches = (from: string, to: string) => reached.get(from)?.has(to) ?? false;
  const circular = [...imports.keys()].filter((file) => reaches(file, file));
  const circles = circular.map((file) => circular.filter((other) => reaches(file, other) && reaches(other, file)));
  return circles.filter(([first], index) => first === circular[index]);
}

/** The files of the same folder that a file imports, directly or by others. */
export function reachedFrom(imports: Imports, file: string): Set<string> {
  const reached = new Set<string>();
  const left = targetsOf(imports, file);
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    left.push(...targetsOf(imports, next));
  }
  return reached;
}
