import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { FedscoreError } from "../../errors.js";
import { withExamples } from "../examples.js";
import { interruptible } from "../interrupt.js";
import { integer } from "../options.js";
import { printResult } from "../output.js";
import { pageFiles } from "../page/files.js";
import { servePage } from "../page/serve-page.js";

interface ServeArguments {
  readonly port: number;
  readonly host: string;
}

const about = `
A page that trains, samples and certifies in the browser that opens it: data and results stay there, and nothing is sent here. Ctrl-C ends it.
The same files work from any web host, under any path: node_modules/fedscore/dist/web.

By default only this machine can open the page. --host 0.0.0.0 lets others open it too; each of them computes in their own browser.`;

export function serveCommand(): Command {
  const command = new Command("serve")
    .description("serve the lab: a page that runs configs in the browser")
    .option("-p, --port <number>", "port; 0: one that is free", integer(0, 65535), 4173)
    .option("--host <address>", "address to listen at", "127.0.0.1")
    .action(serve);
  return withExamples(
    command,
    [
      ["fedscore serve", "at http://127.0.0.1:4173"],
      ["fedscore serve --port 8000 --host 0.0.0.0", "for others too"],
    ],
    about,
  );
}

async function serve({ port, host }: ServeArguments): Promise<void> {
  // The same from src, dist/cli and dist/chunks.
  const folder = fileURLToPath(new URL("../../dist/web/", import.meta.url));
  if (!existsSync(folder)) throw new FedscoreError("FEDSCORE_FILE", `${folder} is missing: npm run build makes it`);
  const page = await servePage(pageFiles(folder), { port, host });
  await printResult(`${page.address}\n`);
  await interruptible(
    () => {},
    (signal) => page.closed(signal),
  );
}
