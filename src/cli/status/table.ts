import type { RunStatus } from "../../remote/status/run-status.js";
import type { RunView, ServerStatus, StreamView } from "../../remote/status/server-status.js";
import { aligned, formatBytes } from "../print.js";

/** A server's status as a text for people. */
export function formatStatus({ runs, federations, streams }: ServerStatus): string {
  const sections = [
    runs.length === 0 ? ["runs: none is heard of"] : runs.flatMap(runLines),
    federations.flatMap(federationLines),
    streams.length === 0 ? ["streams: none yet; the first run makes them"] : streamLines(streams),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function runLines({ run, version, variant, workers }: RunView): string[] {
  const places = workers.reduce((sum, worker) => sum + worker.places, 0);
  const what = version === undefined ? "its pool is silent" : `fedscore ${version}, ${variant}`;
  return [
    `run ${run.slice(0, 8)} (${what}): ${workers.length} workers, ${places} places`,
    ...workers.map(({ name, places, refuses }) => `  ${name}  ${refuses === undefined ? `${places} places` : refuses}`),
  ];
}

function federationLines({ name, run, round, rounds, loss, clients, bytesUp, bytesDown }: RunStatus): string[] {
  const shownLoss = loss === null ? "" : `, loss ${loss.toPrecision(4)}`;
  const table = clients.map((client) => [client.name, client.state, seen(client.lastSeen), `absent ${client.absent}`]);
  const traffic = `${formatBytes(bytesUp)} up, ${formatBytes(bytesDown)} down`;
  return [
    `federation ${name} (${run.slice(0, 8)}): round ${round} of ${rounds}${shownLoss}, ${traffic}`,
    ...aligned(table).map((line) => `  ${line}`),
  ];
}

function streamLines(streams: readonly StreamView[]): string[] {
  const rows = streams.map(({ name, messages, bytes }) => [name, String(messages), formatBytes(bytes)]);
  return aligned([["stream", "messages", "bytes"], ...rows]);
}

function seen(time: number | null): string {
  return time === null ? "never seen" : `seen ${new Date(time).toISOString()}`;
}
