import "./policy.js";
import { render } from "preact";
import { palette } from "../report/palette.js";
import { App } from "./app.js";

const colors = new CSSStyleSheet();
colors.replaceSync(palette);
document.adoptedStyleSheets = [colors];

const host = document.querySelector("#lab");
if (host) render(<App />, host);
