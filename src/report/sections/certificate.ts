import { isNotComputed } from "../../experiment/result/not-computed.js";
import { type Drawn, figure, h, note, numeral, proseTable } from "../elements.js";
import { formatInteger } from "../format.js";
import type { Certificate } from "../parts.js";
import { certificateTermsPlot, partsOf, termColors } from "../plots/certificate-terms.js";
import { fitted } from "../plots/fitted.js";
import { mmseCurvePlot } from "../plots/mmse-curve.js";
import { assumptionTable } from "./assumptions.js";
import type { Section } from "./section.js";

function bar(certificate: Certificate, upper: number): Drawn {
  const keys = partsOf(certificate).map(({ name }) =>
    h("span", { class: "key", style: `--key: ${termColors[name] ?? "var(--warning)"}` }, name),
  );
  const confidence = Math.round(1000 * certificate.confidence) / 10;
  return figure(
    `KL(q_delta || p_theta) is at most the upper end with ${confidence} % confidence; ${adviceOf(certificate)}.`,
    h("p", { class: "label" }, ...keys),
    fitted((width) => certificateTermsPlot(certificate, upper, width)),
  );
}

function isInverted({ theorem }: Certificate): boolean {
  return theorem === "change-of-variables";
}

function adviceOf(certificate: Certificate): string {
  return isInverted(certificate)
    ? "density is what the data's own points show, stray the samples where the data law has next to nothing"
    : "the longest part says what to improve: score the network, discretization the grid or the number of steps, initialization the start of sampling";
}

function terms(certificate: Certificate): Drawn {
  const rows = Object.entries(certificate.terms).map(([name, { value, upper, meaning }]) => [
    name,
    numeral(value),
    numeral(upper),
    meaning,
  ]);
  const { value, upper, bitsPerDimension } = certificate;
  const bits = bitsPerDimension === null ? "" : h("span", {}, numeral(bitsPerDimension), " bits per dimension");
  const total = value === null || upper === null ? [] : [["certificate", numeral(value), numeral(upper), bits]];
  const samples = formatInteger(certificate.samples);
  const caption = isInverted(certificate)
    ? `Nats, over ${samples} rows of the data law and as many samples`
    : `Nats, over ${samples} forward paths`;
  return proseTable(caption, ["term", "estimate", "upper end", ""], [...rows, ...total]);
}

/** The computed upper bound on KL, what it is made of, and what it rests on. */
export const certificateSection: Section = {
  id: "certificate",
  title: "Certificate",
  render({ certificate, certificateNote }) {
    const notes = certificateNote === undefined ? [] : [note(certificateNote)];
    if (isNotComputed(certificate)) return [...notes, note(`not computed: ${certificate.notComputed}`)];
    if (!certificate) return notes;
    const { upper, steps, vacuous, assumptions } = certificate;
    const assumed = assumptionTable("What the certificate rests on", assumptions);
    if (upper === null) return [...notes, note(`vacuous: ${vacuous ?? "no value"}`), assumed];
    const curve = steps?.mmse.some((value) => value > 0)
      ? [
          figure(
            "Thin: the error of the exact denoiser over the noise levels. Stairs: what the sampler holds of it in each step, from the step’s start; the taller a stair, the more the step adds to discretization.",
            fitted((width) => mmseCurvePlot(steps.snr, steps.mmse, width)),
          ),
        ]
      : [];
    const caveat = certificate.caveat === undefined ? [] : [note(certificate.caveat)];
    return [...notes, ...caveat, bar(certificate, upper), terms(certificate), ...curve, assumed];
  },
};
