/** What do clipped gradients of each record and noise cost in a training step, beside the plain step, and beside PyTorch's per-example gradients? */
import { Contest } from "../harness/compare.mjs";
import { fedscore, nodes, pytorch } from "../harness/roster.mjs";
import { row } from "../harness/row.mjs";

export const title = "Private training steps";

const params = { dimension: 16, hidden: 256, layers: 3, batch: 256 };
const name = "d 16, h 256, L 3, batch 256";
const privacy = { clipNorm: 1, noiseMultiplier: 1, noiseDraws: 1, reproducible: false };
const milliseconds = (seconds) => 1000 * seconds;
const different = Number.POSITIVE_INFINITY;

/** PyTorch's kernels of its own choice: its plain step, and its private ones. */
function inPyTorch() {
  return pytorch()
    .filter(({ id }) => id === "pytorch")
    .flatMap((entry) => [
      { ...entry, id: "torch plain", label: "PyTorch, its plain step", unchecked: true },
      ...[
        ["rows", "PyTorch, norms of rows"],
        ["loop", "PyTorch, a backward pass a record"],
      ].map(([perExample, label]) => ({
        ...entry,
        ...{ id: `torch ${perExample}`, label, workload: "privateStep", params: { ...params, perExample } },
        unchecked: true,
      })),
    ]);
}

export async function measure(pace) {
  const ours = (id, settings) => ({
    ...fedscore(nodes.newest, "relaxed"),
    id,
    params: { ...params, ...settings },
    unchecked: true,
  });
  const entries = [
    ours("plain", {}),
    ours("private", { privacy }),
    ours("clipped", { privacy: { ...privacy, noiseMultiplier: 0 } }),
    ours("four draws", { batch: 64, privacy: { ...privacy, noiseDraws: 4 } }),
    ...inPyTorch(),
  ];
  const contest = new Contest(entries, pace);
  const results = await contest.run("trainingStep", params, different);
  contest.close();
  const of = (id) => results.find(({ entry }) => entry.id === id);
  const line = (label, mine, peer, peerLabel, ratio, target) =>
    row({
      name: `${name}: ${label}`,
      value: milliseconds(mine.best),
      unit: "ms",
      peer: peerLabel,
      peerValue: milliseconds(peer.best),
      ratio,
      target,
      median: milliseconds(mine.median),
      peerMedian: milliseconds(peer.median),
      spread: mine.spread,
    });
  const [plain, torchPlain] = [of("plain"), of("torch plain")];
  const beside = (label, id, target) => line(label, of(id), plain, "the plain step", of(id).best / plain.best, target);
  const rows = [
    beside("private", "private", "ratio <= 1.15"),
    beside("clipped, without noise", "clipped"),
    beside("private, 4 draws of 64 records", "four draws"),
  ];
  for (const id of torchPlain ? ["torch rows", "torch loop"] : []) {
    const { label } = of(id).entry;
    rows.push(line("private", of("private"), of(id), label, of(id).best / of("private").best));
    rows.push(line(label, of(id), torchPlain, "PyTorch, its plain step", of(id).best / torchPlain.best));
  }
  return { rows };
}
