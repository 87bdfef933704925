import { figure, h, numeral, table } from "../elements.js";
import { formatInteger } from "../format.js";
import { certificateTermsPlot, partsOf, termColors } from "../plots/certificate-terms.js";
import { mmseCurvePlot } from "../plots/mmse-curve.js";
import type { ReportCertificate } from "../theory-input.js";
import { assumptionTable } from "./assumptions.js";
import type { Section } from "./section.js";

function bar(document: Document, certificate: ReportCertificate, upper: number): HTMLElement {
  const keys = partsOf(certificate).map(({ name }) =>
    h(document, "span", { class: "key", style: `--key: ${termColors[name] ?? "var(--warning)"}` }, name),
  );
  const confidence = Math.round(1000 * certificate.confidence) / 10;
  return figure(
    document,
    `KL(q_delta || p_theta) is at most the upper end with ${confidence} % confidence; the longest part says what to improve: score the network, discretization the grid or the number of steps, initialization the start of sampling.`,
    h(document, "p", { class: "label" }, ...keys),
    certificateTermsPlot(document, certificate, upper),
  );
}

function terms(document: Document, certificate: ReportCertificate): HTMLElement {
  const rows = Object.entries(certificate.terms).map(([name, { value, upper, meaning }]) => [
    name,
    numeral(document, value),
    numeral(document, upper),
    meaning,
  ]);
  const { value, upper, bitsPerDimension } = certificate;
  const bits =
    bitsPerDimension === null
      ? ""
      : h(document, "span", {}, numeral(document, bitsPerDimension), " bits per dimension");
  const total =
    value === null || upper === null ? [] : [["certificate", numeral(document, value), numeral(document, upper), bits]];
  const caption = `Nats, over ${formatInteger(certificate.samples)} forward paths`;
  const element = table(document, caption, ["term", "estimate", "upper end", ""], [...rows, ...total]);
  element.setAttribute("class", "table prose");
  return element;
}

/** The computed upper bound on KL, what it is made of, and what it rests on. */
export const certificateSection: Section = {
  id: "certificate",
  title: "Certificate",
  render(document, { certificate, certificateNote }) {
    const note = certificateNote === undefined ? [] : [h(document, "p", { class: "note" }, certificateNote)];
    if (!certificate) return certificate === null ? note : [];
    const { upper, steps, vacuous, assumptions } = certificate;
    const assumed = assumptionTable(document, "What the certificate rests on", assumptions);
    if (upper === null)
      return [...note, h(document, "p", { class: "note" }, `vacuous: ${vacuous ?? "no value"}`), assumed];
    const curve = steps?.mmse.some((value) => value > 0)
      ? [
          figure(
            document,
            "Error of the exact denoiser where each step starts: the discretization term is the area between this curve and the steps drawn on it, so steps belong where the curve falls.",
            mmseCurvePlot(document, steps.snr, steps.mmse),
          ),
        ]
      : [];
    const caveat = certificate.caveat === undefined ? [] : [h(document, "p", { class: "note" }, certificate.caveat)];
    return [...note, ...caveat, bar(document, certificate, upper), terms(document, certificate), ...curve, assumed];
  },
};
