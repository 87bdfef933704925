import { colorOf } from "../colors.js";
import type { Trajectory } from "../lab/messages.js";

/** Size of the plane in CSS pixels, and how far it reaches beyond the data. */
const side = 420;
const reach = 1.6;
const imageScale = 3;
const imageColumns = 8;

/** Draws one frame of a trajectory. */
export function drawFrame(canvas: HTMLCanvasElement, { picture }: Trajectory, frame: number): void {
  if (picture.kind === "points") drawPoints(canvas, picture, frame);
  else drawImages(canvas, picture, frame);
}

type Points = Extract<Trajectory["picture"], { readonly kind: "points" }>;

function drawPoints(canvas: HTMLCanvasElement, { frames, data, dimension }: Points, frame: number): void {
  const density = Math.min(2, window.devicePixelRatio || 1);
  canvas.width = side * density;
  canvas.height = side * density;
  const context = canvas.getContext("2d");
  if (!context) return;
  context.scale(density, density);
  const extent = reach * data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  const place = (value: number) => (side / 2) * (1 + value / extent);
  const draw = (points: Float32Array, color: string, size: number, alpha: number) => {
    context.fillStyle = color;
    context.globalAlpha = alpha;
    const rows = points.length / 2;
    for (let row = 0; row < rows; row++) {
      const x = place(points[2 * row]);
      const y = dimension === 1 ? (side * (row + 0.5)) / rows : side - place(points[2 * row + 1]);
      context.fillRect(x - size / 2, y - size / 2, size, size);
    }
  };
  draw(data, colorOf("--data"), 2, 0.45);
  draw(frames[frame], colorOf("--federated"), 3, 0.85);
}

type Images = Extract<Trajectory["picture"], { readonly kind: "images" }>;

function drawImages(canvas: HTMLCanvasElement, { frames, shape }: Images, frame: number): void {
  const [height, width] = shape;
  const pixels = frames[frame];
  const count = pixels.length / (height * width);
  const columns = Math.min(imageColumns, count);
  const rows = Math.ceil(count / columns);
  canvas.width = columns * (width + 1) - 1;
  canvas.height = rows * (height + 1) - 1;
  canvas.style.width = `${canvas.width * imageScale}px`;
  const context = canvas.getContext("2d");
  if (!context) return;
  const image = context.createImageData(canvas.width, canvas.height);
  image.data.fill(255);
  for (let index = 0; index < image.data.length; index += 4) image.data.fill(0, index, index + 3);
  for (let each = 0; each < count; each++) {
    const left = (each % columns) * (width + 1);
    const top = Math.floor(each / columns) * (height + 1);
    for (let pixel = 0; pixel < height * width; pixel++) {
      const at = 4 * ((top + Math.floor(pixel / width)) * canvas.width + left + (pixel % width));
      image.data.fill(pixels[each * height * width + pixel], at, at + 3);
    }
  }
  context.putImageData(image, 0, 0);
}
