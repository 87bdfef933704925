/** The loops of assembly/peak.ts as a contestant: the processor's own limit. A piece of work is one operation. */

const iterations = 50_000;

function milliseconds(loop) {
  for (let i = 0; i < 40; i++) loop(iterations, 0.01);
  const begin = performance.now();
  for (let i = 0; i < 20; i++) loop(iterations, 0.01);
  return performance.now() - begin;
}

/** @param bytes of peak.wasm. */
export function peakWorkloads(bytes) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const loops = [exports.fusedSums, exports.fusedProducts];
  async function peak() {
    const times = loops.map(milliseconds);
    const loop = loops[times.indexOf(Math.min(...times))];
    return {
      units: iterations * exports.flopsPerIteration.value,
      run() {
        loop(iterations, 0.01);
      },
      check: () => [],
    };
  }
  return { gemm: peak, trainingStep: peak, sampling: peak };
}
