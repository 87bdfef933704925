import { type Drawn, h } from "../elements.js";
import { encodeGreyPng, pngDataUri } from "../png.js";

/** Rows of float32 [rows, height * width] as grey images. */
export interface ImageRows {
  readonly rows: Float32Array;
  /** [height, width]. */
  readonly shape: readonly [number, number];
  /** Values shown as black and white. */
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
export function imageGrid({ rows, shape, range }: ImageRows, alternative: string): Drawn {
  const [height, width] = shape;
  const layout = gridLayout(rows.length / (height * width), height, width);
  const pixels = new Uint8Array(layout.width * layout.height);
  const [black, white] = range;
  for (let image = 0; image < layout.rows * layout.columns; image++) {
    const left = (image % layout.columns) * (width + 1);
    const top = Math.floor(image / layout.columns) * (height + 1);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const value = (rows[(image * height + y) * width + x] - black) / (white - black);
        pixels[(top + y) * layout.width + left + x] = Math.round(255 * Math.min(1, Math.max(0, value)));
      }
    }
  }
  return h("img", {
    src: pngDataUri(encodeGreyPng(pixels, layout.width, layout.height)),
    alt: alternative,
    width: String(layout.width * layout.scale),
    height: String(layout.height * layout.scale),
  });
}
