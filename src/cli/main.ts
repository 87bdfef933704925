#!/usr/bin/env node
import { outliveReaders } from "./output.js";
import { runCli } from "./program.js";

outliveReaders();
process.exitCode = await runCli(process.argv.slice(2));
