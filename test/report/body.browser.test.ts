import { expect, it } from "vitest";
import { reportBody } from "../../src/report/body.js";
import type { ReportSamples } from "../../src/report/samples.js";
import { testNumbers } from "../support/numbers.js";
import { reportResult, reportSamples } from "../support/report-input.js";

const drawn = (samples: ReportSamples) => reportBody(reportResult(), samples).map((each) => each(document));

it("draws the same pictures in a browser's own document", () => {
  document.body.replaceChildren(...drawn(reportSamples()));
  const pictures = [...document.querySelectorAll("svg")];
  expect(pictures.filter((picture) => !picture.closest(".narrow")).length).toBe(13);
  expect(document.querySelectorAll(".narrow svg").length).toBe(document.querySelectorAll(".wide svg").length);
  for (const picture of pictures) {
    expect(picture.getBoundingClientRect().width).toBeGreaterThan(100);
    expect(picture.outerHTML).not.toMatch(/NaN|undefined/);
  }
});

it("shows its own PNG files", async () => {
  const samples = {
    dimension: 784,
    data: testNumbers(78400, 1),
    federated: testNumbers(78400, 2),
    imageShape: [28, 28],
  } as const;
  document.body.replaceChildren(...drawn(samples));
  const images = [...document.querySelectorAll("img")];
  expect(images.length).toBe(2);
  for (const image of images) {
    await image.decode();
    expect(image.naturalWidth * 2).toBe(image.width);
  }
});
