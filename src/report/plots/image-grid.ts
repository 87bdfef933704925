import { type Drawn, h } from "../elements.js";
import { encodePng, pngDataUri } from "../png.js";

/** Rows of float32 [rows, channels * height * width] as images, one plane after the other. */
export interface ImageRows {
  readonly rows: Float32Array;
  /** [height, width]. */
  readonly shape: readonly [number, number];
  /** One of grey, or red, green and blue. */
  readonly channels: 1 | 3;
  /** Values shown as none and all of a channel. */
  readonly range: readonly [number, number];
}

const panelWidth = 348;
const mostRows = 8;

/** Columns, rows and whole-number magnification of a grid that fits a panel. */
function gridLayout(count: number, height: number, width: number) {
  const scale = Math.max(1, Math.floor(panelWidth / (6 * (width + 1))));
  const columns = Math.max(1, Math.min(count, Math.floor((panelWidth / scale + 1) / (width + 1))));
  const rows = Math.max(1, Math.min(mostRows, Math.floor(count / columns)));
  return { scale, columns, rows, width: columns * (width + 1) - 1, height: rows * (height + 1) - 1 };
}

/** The first images in a grid, pixel for pixel, as one picture. */
export function imageGrid({ rows, shape, channels, range }: ImageRows, alternative: string): Drawn {
  const [height, width] = shape;
  const plane = height * width;
  const layout = gridLayout(rows.length / (channels * plane), height, width);
  const pixels = new Uint8Array(channels * layout.width * layout.height);
  const [low, high] = range;
  for (let image = 0; image < layout.rows * layout.columns; image++) {
    const left = (image % layout.columns) * (width + 1);
    const top = Math.floor(image / layout.columns) * (height + 1);
    for (let pixel = 0; pixel < plane; pixel++) {
      const at = (top + Math.floor(pixel / width)) * layout.width + left + (pixel % width);
      for (let channel = 0; channel < channels; channel++) {
        const value = (rows[(image * channels + channel) * plane + pixel] - low) / (high - low);
        pixels[at * channels + channel] = Math.round(255 * Math.min(1, Math.max(0, value)));
      }
    }
  }
  return h("img", {
    src: pngDataUri(encodePng(pixels, layout.width, layout.height, channels)),
    alt: alternative,
    width: String(layout.width * layout.scale),
    height: String(layout.height * layout.scale),
  });
}
