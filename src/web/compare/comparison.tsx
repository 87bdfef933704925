import { useCallback, useMemo } from "preact/hooks";
import { samplerName } from "../../diffusion/samplers/index.js";
import { ifComputed } from "../../experiment/result/not-computed.js";
import { boundsOf } from "../../report/compare/bounds.js";
import { formatNumber, formatSeconds } from "../../report/format.js";
import { comparedBoundsPlot, type RunBounds } from "../../report/plots/compared-bounds.js";
import { lossCurvesPlot } from "../../report/plots/loss-curves.js";
import { seriesColor } from "../../report/plots/series-style.js";
import { qualityOf, scoreValue } from "../../report/table-sources.js";
import { Drawing } from "../drawing.js";
import { kindOf } from "../form/schema.js";
import { asJson, isObject, type Path, valueAt } from "../json.js";
import type { RunView } from "../run-view.js";
import { stageWords } from "../words.js";

interface ComparisonProps {
  readonly runs: readonly RunView[];
  readonly leftOut: ReadonlySet<number>;
  readonly shown: number | undefined;
  readonly onCompare: (run: number, isCompared: boolean) => void;
  readonly onShow: (run: number) => void;
  readonly onForget: (run: number) => void;
}

/** The runs of this page side by side. */
export function Comparison({ runs, leftOut, shown, onCompare, onShow, onForget }: ComparisonProps) {
  const ended = runs.filter(({ status }) => status === "done" || status === "stopped");
  const compared = useMemo(
    () => runs.filter(({ id, status }) => status === "done" && !leftOut.has(id)),
    [runs.map(({ id, status }) => `${id} ${status}`).join(), leftOut],
  );
  if (ended.length === 0) return null;
  const rows = [...settingsOf, ...findingsOf];
  return (
    <section class="comparison" aria-labelledby="comparison-title">
      <h2 id="comparison-title">Runs side by side</h2>
      <p class="note">
        Runs are kept while the page is open. Settings in which they differ are marked. A link or a config brings one
        back.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard too */}
      <section class="table" tabIndex={0} aria-label="Table of runs">
        <table>
          <caption class="visually-hidden">Runs of this page, one a column</caption>
          <thead>
            <tr>
              <th scope="col">
                <span class="visually-hidden">what</span>
              </th>
              {ended.map((run) => (
                <th key={run.id} scope="col">
                  <span class="swatch" style={{ "--key": colorFor(compared, run) }}>
                    {labelOf(run)}
                    {placeWords(compared, run)}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, of }) => {
              const cells = ended.map(of);
              const differs = new Set(cells).size > 1 && settingsOf.some((each) => each.name === name);
              return (
                <tr key={name} class={differs ? "differs" : ""}>
                  <th scope="row">{name}</th>
                  {ended.map((run, index) => (
                    <td key={run.id}>{cells[index]}</td>
                  ))}
                </tr>
              );
            })}
            <tr>
              <th scope="row">in the plots</th>
              {ended.map(({ id, status }) => (
                <td key={id}>
                  <input
                    type="checkbox"
                    aria-label={`Run ${id} in the plots`}
                    disabled={status !== "done"}
                    checked={status === "done" && !leftOut.has(id)}
                    onChange={({ currentTarget }) => onCompare(id, currentTarget.checked)}
                  />
                </td>
              ))}
            </tr>
            <tr>
              <th scope="row">
                <span class="visually-hidden">actions</span>
              </th>
              {ended.map(({ id }) => (
                <td key={id} class="buttons">
                  <button type="button" class="quiet" aria-pressed={id === shown} onClick={() => onShow(id)}>
                    Show<span class="visually-hidden"> run {id}</span>
                  </button>
                  <button type="button" class="quiet" onClick={() => onForget(id)}>
                    Forget<span class="visually-hidden"> run {id}</span>
                  </button>
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      </section>
      {compared.length > 1 ? <Overlays runs={compared} /> : null}
    </section>
  );
}

function colorFor(compared: readonly RunView[], run: RunView): string {
  const place = compared.findIndex(({ id }) => id === run.id);
  return place < 0 ? "transparent" : seriesColor(place);
}

/** The number that it has in the plots, where that is not its own. */
function placeWords(compared: readonly RunView[], run: RunView): string {
  const place = compared.findIndex(({ id }) => id === run.id);
  return place < 0 || compared.length < 2 || place + 1 === run.id ? "" : ` (${place + 1} in the plots)`;
}

function Overlays({ runs }: { readonly runs: readonly RunView[] }) {
  const losses = useCallback(
    (width: number) =>
      lossCurvesPlot(
        runs.map((run) => ({ label: labelOf(run), loss: run.loss })),
        width,
      ),
    [runs],
  );
  const bounds = useCallback((width: number) => comparedBoundsPlot(runs.map(boundsOfRun), width), [runs]);
  return (
    <div class="sections">
      <section class="part" aria-labelledby="overlay-loss">
        <h3 id="overlay-loss">Training loss of the runs</h3>
        <Drawing plot={losses} />
        <p class="note">
          Each curve ends in the number of its run above. Losses compare where target and weighting are the same;
          elsewhere each curve speaks for itself.
        </p>
      </section>
      <section class="part" aria-labelledby="overlay-kl">
        <h3 id="overlay-kl">Between which ends KL of the runs lies</h3>
        <Drawing plot={bounds} />
        <p class="note">
          Bar: the two-sided interval, where there is one. Square: the certificate’s upper end. Triangle: the lower
          bound. A run of a file has no square: its certificate is about the training rows, which is another KL.
        </p>
      </section>
    </div>
  );
}

function labelOf({ id, config }: RunView): string {
  return `run ${id}: ${config.name}`;
}

/** Of a run without a result, its label alone. */
function boundsOfRun(run: RunView): RunBounds {
  const label = labelOf(run);
  return run.result ? boundsOf({ label, result: run.result }) : { label };
}

interface Row {
  readonly name: string;
  readonly of: (run: RunView) => string;
}

const settingsOf: readonly Row[] = [
  { name: "data", of: ({ config }) => config.data.kind },
  { name: "clients", of: ({ config }) => String(config.federation.clients) },
  { name: "capacities", of: ({ config }) => [config.federation.capacities].flat().join(", ") },
  { name: "mask family", of: ({ config }) => config.pruning.family },
  { name: "heterogeneity", of: (run) => withSettings(run, ["federation", "partition"]) },
  { name: "server rule", of: ({ config }) => config.federation.server.kind },
  { name: "client rule", of: (run) => withSettings(run, ["federation", "clientRule"]) },
  { name: "rounds", of: ({ config }) => String(config.training.rounds) },
  { name: "hidden layers", of: ({ config }) => config.network.hidden.join(", ") },
  { name: "schedule", of: ({ config }) => config.schedule.kind },
  { name: "grid", of: (run) => withSettings(run, ["sampling", "grid"]) },
  { name: "sampler", of: ({ config }) => samplerName(config.sampling.sampler) },
  { name: "seed", of: ({ config }) => String(config.seed) },
];

const findingsOf: readonly Row[] = [
  { name: "state", of: (run) => stageWords(run) },
  { name: "loss, last round", of: ({ loss }) => numberOrDash(loss.at(-1)) },
  { name: "certificate, nats", of: (run) => numberOrDash(boundsOfRun(run).certificate) },
  {
    name: "KL interval, nats",
    of: (run) => {
      const { interval } = boundsOfRun(run);
      return interval ? `${formatNumber(interval.low, 2)} to ${formatNumber(interval.high, 2)}` : "–";
    },
  },
  { name: "quality of the table", of: (run) => numberOrDash(tableQuality(run)) },
  { name: "training", of: ({ result }) => (result ? formatSeconds(result.training.seconds) : "–") },
];

function tableQuality({ result }: RunView): number | undefined {
  const told = result?.table && ifComputed(result.table);
  return scoreValue(qualityOf(told?.synthetic)?.overall);
}

function numberOrDash(value: number | undefined): string {
  return value === undefined ? "–" : formatNumber(value, 3);
}

/** "dirichlet, concentration 0.5": the kind, and what the config says of it. */
function withSettings({ config, written }: RunView, path: Path): string {
  const whole = valueAt(asJson(config), path);
  const said = valueAt(written, path);
  const settings = isObject(said) ? Object.entries(said).filter(([key]) => key !== "kind") : [];
  return [kindOf(whole) ?? "–", ...settings.map(([key, value]) => `${key} ${JSON.stringify(value)}`)].join(", ");
}
