import { useCallback } from "preact/hooks";
import { formatInteger, formatNumber } from "../../report/format.js";
import { termBarsPlot, termColors } from "../../report/plots/term-bars.js";
import { Drawing } from "../drawing.js";
import { aboutRows, lookWords } from "../words.js";
import type { LabSection } from "./section.js";

/** What the certificate is made of, from its first look to its last. */
export const certificateSection: LabSection = {
  id: "certificate",
  title: "Certificate",
  has: ({ looks, result }) => looks.length > 0 || (result !== undefined && result.certificate === null),
  View({ run }) {
    const { looks, result, status } = run;
    const plot = useCallback(
      (width: number) =>
        termBarsPlot(
          looks.map(({ paths, terms, upper }) => ({ label: `${formatInteger(paths)} paths`, terms, upper })),
          width,
        ),
      [looks],
    );
    const last = looks.at(-1);
    const about = aboutRows(run);
    if (!last) return <p class="note">{result?.certificateNote ?? "This run has no certificate."}</p>;
    return (
      <>
        <p class="key">
          {last.terms.map(({ name }) => (
            <span key={name} class="swatch" style={{ "--key": termColors[name] ?? "var(--warning)" }}>
              {name}
            </span>
          ))}
        </p>
        <Drawing plot={plot} />
        <table>
          <caption>Nats, by {formatInteger(last.paths)} paths</caption>
          <thead>
            <tr>
              <th scope="col">term</th>
              <th scope="col">estimate</th>
              <th scope="col">upper end</th>
            </tr>
          </thead>
          <tbody>
            {last.terms.map(({ name, value, upper }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{formatNumber(value, 3)}</td>
                <td>{formatNumber(upper, 3)}</td>
              </tr>
            ))}
            <tr>
              <th scope="row">certificate</th>
              <td>{formatNumber(last.value, 3)}</td>
              <td>
                <strong>{formatNumber(last.upper, 3)}</strong>
              </td>
            </tr>
          </tbody>
        </table>
        <p class="note">{lookWords(last, status)}</p>
        {about ? <p class="note">{about}</p> : null}
      </>
    );
  },
};
