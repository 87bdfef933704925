import { isNotComputed } from "../../experiment/result/not-computed.js";
import type { ExperimentResult } from "../../experiment/result/schema.js";
import { figure, numeral, table } from "../elements.js";
import { formatInteger, formatNumber, formatSeconds } from "../format.js";
import { fitted } from "../plots/fitted.js";
import { type VirtualLoss, virtualLossPlot } from "../plots/virtual-loss.js";
import type { Section } from "./section.js";

/** Virtual time: loss over it, by cause, and what each kind of device has done. */
export const devicesSection: Section = {
  id: "devices",
  title: "Devices",
  render(result) {
    const { devices, training } = result;
    if (!devices) return [];
    const rounds = training.perRound.flatMap(({ loss, virtual }): VirtualLoss[] =>
      virtual && loss !== undefined ? [{ loss, end: virtual.end }] : [],
    );
    return [
      ...(rounds.length === 0
        ? []
        : [
            figure(
              `Loss over virtual time, in which clients take as long as their devices need.${certificateWords(result)}`,
              fitted((width) => virtualLossPlot(rounds, width)),
            ),
          ]),
      table(
        "Virtual time by cause: of the client whose update came last of its round",
        ["cause", "virtual time"],
        [
          ["download", numeral(devices.download, formatSeconds(devices.download))],
          ["compute", numeral(devices.compute, formatSeconds(devices.compute))],
          ["upload", numeral(devices.upload, formatSeconds(devices.upload))],
          ["waiting for clients that did not come", numeral(devices.waiting, formatSeconds(devices.waiting))],
          ["all rounds", numeral(devices.seconds, formatSeconds(devices.seconds))],
        ],
      ),
      classesTable(devices.classes),
    ];
  },
};

function certificateWords({ certificate, devices }: ExperimentResult): string {
  if (!certificate || isNotComputed(certificate) || certificate.upper === null || !devices) return "";
  return ` After ${formatSeconds(devices.seconds)} the certificate is KL ≤ ${formatNumber(certificate.upper)} nats.`;
}

type Classes = NonNullable<ExperimentResult["devices"]>["classes"];

/** Who took part is not told where clients are protected. */
function classesTable(all: Classes) {
  const classes = all.flatMap((each) => ("asked" in each ? [each] : []));
  if (classes.length < all.length)
    return table(
      "Kinds of devices",
      ["device", "clients", "keep ratio"],
      all.map(({ name, clients, keepRatio }) => [name, numeral(clients, formatInteger(clients)), numeral(keepRatio)]),
    );
  const isStale = classes.some(({ staleness }) => staleness !== undefined);
  const header = [
    "device",
    "clients",
    "keep ratio",
    "asked",
    "updates",
    "late",
    "lost",
    "download",
    "compute",
    "upload",
  ];
  return table(
    "Kinds of devices: seconds are means over the times that parameters were sent",
    [...header, ...(isStale ? ["staleness"] : [])],
    classes.map(({ name, keepRatio, download, compute, upload, staleness = 0, ...counts }) => [
      name,
      numeral(counts.clients, formatInteger(counts.clients)),
      numeral(keepRatio),
      ...[counts.asked, counts.updates, counts.late, counts.lost].map((count) => numeral(count, formatInteger(count))),
      ...[download, compute, upload].map((seconds) => numeral(seconds, formatSeconds(seconds))),
      ...(isStale ? [numeral(staleness)] : []),
    ]),
  );
}
