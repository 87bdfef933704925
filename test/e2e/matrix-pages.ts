/** The ways in which the package gets into a page: each builds, or does not, what it serves to a browser. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createServer } from "vite";
import { inject } from "vitest";
import { mapped, served } from "./federation-page.js";

export const matrix = fileURLToPath(new URL("../matrix", import.meta.url));
export const installed = existsSync(join(matrix, "node_modules/.package-lock.json"));

type Use<Result> = (url: string) => Promise<Result>;

export interface PageKind {
  readonly name: string;
  /** Package of the bundler; absent where there is none. */
  readonly bundler?: string;
  /** Whether the time to the first training step is the package's; a development server compiles meanwhile. */
  readonly timed: boolean;
  /** Serves the page while `use` looks at it; `onWorker` hears when a worker's file has been served. */
  serve<Result>(use: Use<Result>, onWorker: () => void): Promise<Result>;
}

const folder = inject("stranger");
const built = new Map<string, Promise<string>>();

/** Has a bundler build the page, once, with another script where one is given. @returns the folder of what it built. */
export function bundled(bundler: string, script?: { readonly name: string; readonly code: string }): Promise<string> {
  const key = `${bundler} ${script?.name ?? "page"}`;
  const known = built.get(key);
  if (known) return known;
  const building = bundle(bundler, join(folder, key.replaceAll(" ", "-")), script?.code);
  built.set(key, building);
  return building;
}

async function bundle(bundler: string, page: string, code: string | undefined): Promise<string> {
  await cp(join(folder, "page"), page, { recursive: true });
  if (code) await writeFile(join(page, "main.js"), code);
  await promisify(execFile)(process.execPath, [join(matrix, "bundle.mjs"), bundler, page], { cwd: folder });
  return join(page, "dist");
}

/** Version of a package of test/matrix. */
export async function versionOf(name: string): Promise<string> {
  return JSON.parse(await readFile(join(matrix, "node_modules", name, "package.json"), "utf8")).version;
}

function by(name: string, bundler: string, how = bundler): PageKind {
  return {
    name,
    bundler,
    timed: true,
    serve: async (use, onWorker) => served(await bundled(how), (origin) => use(`${origin}/`), { onWorker }),
  };
}

const developmentServer: PageKind = {
  name: "Vite's development server",
  bundler: "vite",
  timed: false,
  async serve(use, onWorker) {
    const server = await createServer({
      root: join(folder, "page"),
      logLevel: "error",
      server: { host: "127.0.0.1", port: 0 },
      cacheDir: join(folder, "vite-cache"),
      plugins: [
        {
          name: "hears of workers",
          configureServer({ middlewares }) {
            middlewares.use((request, response, next) => {
              // The server answers with the page where a file is missing.
              const isScript = () => String(response.getHeader("content-type")).includes("javascript");
              if (request.headers["sec-fetch-dest"] === "worker") response.on("finish", () => isScript() && onWorker());
              next();
            });
          },
        },
      ],
    });
    try {
      await server.listen();
      return await use(server.resolvedUrls?.local[0] ?? "");
    } finally {
      await server.close();
    }
  },
};

const importMap: PageKind = {
  name: "no bundler, an import map",
  timed: true,
  async serve(use, onWorker) {
    await mapped(folder, "import-map.html", "/node_modules/fedscore/dist/index.js");
    return served(folder, (origin) => use(`${origin}/import-map.html`), { onWorker });
  },
};

/** What jsDelivr sends with the file of a version. */
const cdnHeaders = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "*",
  "cache-control": "public, max-age=31536000, s-maxage=31536000, immutable",
  "content-type": "application/javascript; charset=utf-8",
  "cross-origin-resource-policy": "cross-origin",
  "timing-allow-origin": "*",
  "x-content-type-options": "nosniff",
};

const cdn: PageKind = {
  name: "no bundler, the file of a CDN",
  timed: true,
  serve: (use, onWorker) =>
    served(
      join(folder, "node_modules/fedscore/dist"),
      async (elsewhere) => {
        await mapped(folder, "elsewhere.html", `${elsewhere}/fedscore.min.js`);
        return served(folder, (origin) => use(`${origin}/elsewhere.html`), { onWorker });
      },
      { headers: cdnHeaders },
    ),
};

const policy = ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "worker-src 'self'", "base-uri 'none'"];

const strictPolicy: PageKind = {
  name: "Vite, under a strict content security policy",
  bundler: "vite",
  timed: true,
  serve: async (use, onWorker) =>
    served(await bundled("vite"), (origin) => use(`${origin}/`), {
      headers: { "content-security-policy": policy.join("; ") },
      onWorker,
    }),
};

const subPath: PageKind = {
  name: 'Vite, `base: "./"`, under a sub-path',
  bundler: "vite",
  timed: true,
  serve: async (use, onWorker) =>
    served(await bundled("vite with relative paths"), (origin) => use(`${origin}/some/where/`), {
      under: "/some/where/",
      onWorker,
    }),
};

export const pageKinds: readonly PageKind[] = [
  by("Vite", "vite"),
  developmentServer,
  by("webpack", "webpack"),
  by("Rollup", "rollup"),
  by("Parcel", "parcel"),
  by("esbuild", "esbuild"),
  by("esbuild, one classic script", "esbuild", "esbuild in one classic script"),
  importMap,
  cdn,
  strictPolicy,
  subPath,
];
