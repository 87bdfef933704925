import { parseHTML } from "linkedom";
import type { Drawn } from "./elements.js";
import { style } from "./style.js";

const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

function escapeText(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** A document to draw in, without a browser. */
export function emptyDocument(): Document {
  return parseHTML("<!doctype html><html><body></body></html>").document;
}

/** One self-contained HTML file with this in its body. */
export function renderPage(title: string, content: readonly Drawn<Node>[]): string {
  const document = emptyDocument();
  document.body.append(...content.map((each) => each(document)));
  // The head is text: linkedom does not escape what stands in a title element.
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)} – fedscore report</title>
<style>${style}</style>
</head>
${document.body.outerHTML}
</html>
`;
}
