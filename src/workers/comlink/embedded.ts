/** The text of dist/worker.js, for where that file was lost. The build replaces this module (tools/build.mjs). */
declare const source: string;
export default source;
