/** A worker whose functions fail, hang or exit. */
export const faultyWorker = new URL("../workers/comlink/fixtures/faulty-worker.mjs", import.meta.url);

/** The caller's side of one of its functions, of whatever input and output. */
export function remote(name: string): { readonly name: string; run(): never } {
  return {
    name,
    run() {
      throw new Error(`${name} runs in workers only`);
    },
  };
}
