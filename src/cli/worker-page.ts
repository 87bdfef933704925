import { readFileSync } from "node:fs";
import { ArgumentError } from "../errors.js";
import { writeAtomically } from "../experiment/files/atomic.js";

/** Writes a page, one file without imports, whose visitors work for a server. */
export function writeWorkerPage(path: string, server: string): void {
  if (!/^wss?:/.test(server)) throw new ArgumentError("--server", "of a page must begin with ws:// or wss://", server);
  // The same from src, dist/cli and dist/chunks.
  const script = readFileSync(new URL("../../dist/worker-page.js", import.meta.url), "utf8");
  writeAtomically(path, pageOf(script, server));
}

/** Text that ends a script would end the page's. */
function pageOf(script: string, server: string): string {
  const settings = JSON.stringify({ server }).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>fedscore worker</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 44rem; } pre { white-space: pre-wrap; }</style>
<h1>fedscore worker</h1>
<p>This page works for the runs of a server while it is open. Leave it in a window of its own: browsers slow hidden pages down.</p>
<pre id="log"></pre>
<script type="application/json" id="settings">${settings}</script>
<script type="module">${script.replaceAll("</script", "<\\/script")}</script>
</html>
`;
}
