import { useEffect, useRef, useState } from "preact/hooks";
import { formatInteger, formatNumber } from "../../report/format.js";
import type { Trajectory } from "../lab/messages.js";
import { drawFrame } from "./samples-canvas.js";
import type { LabSection } from "./section.js";

/** Milliseconds that the way from noise to data takes. */
const duration = 1800;

/** Samples on their way from noise to data. */
export const samplesSection: LabSection = {
  id: "samples",
  title: "Samples along the reverse process",
  has: ({ trajectory }) => trajectory !== undefined,
  View: ({ run: { trajectory } }) => (trajectory ? <Way trajectory={trajectory} /> : null),
};

function Way({ trajectory }: { readonly trajectory: Trajectory }) {
  const last = trajectory.picture.frames.length - 1;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [frame, setFrame] = useState(last);
  const [playing, setPlaying] = useState(true);
  useEffect(() => {
    if (!playing) return setFrame((at) => Math.min(at, last));
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return setFrame(last);
    let begin: number | undefined;
    let request = requestAnimationFrame(function next(now) {
      begin ??= now;
      const at = Math.min(last, Math.floor((last * (now - begin)) / duration));
      setFrame(at);
      if (at < last) request = requestAnimationFrame(next);
    });
    return () => cancelAnimationFrame(request);
  }, [trajectory, playing, last]);
  const at = Math.min(frame, last);
  useEffect(() => {
    if (canvas.current) drawFrame(canvas.current, trajectory, at);
  }, [trajectory, at]);
  useEffect(() => {
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const redraw = () => canvas.current && drawFrame(canvas.current, trajectory, at);
    scheme.addEventListener("change", redraw);
    return () => scheme.removeEventListener("change", redraw);
  }, [trajectory, at]);
  const words = wordsOf(trajectory);
  return (
    <>
      <canvas ref={canvas} class={trajectory.picture.kind} role="img" aria-label={words} />
      <div class="player">
        <label for="frame">Noise to data</label>
        <input
          id="frame"
          type="range"
          min={0}
          max={last}
          value={at}
          aria-valuetext={`step ${at + 1} of ${last + 1}, signal to noise ${formatNumber(trajectory.snr[at], 2)}`}
          onInput={({ currentTarget }) => {
            setPlaying(false);
            setFrame(Number(currentTarget.value));
          }}
        />
        <button
          type="button"
          class="quiet"
          onClick={() => {
            setPlaying(false);
            setFrame(0);
            requestAnimationFrame(() => setPlaying(true));
          }}
        >
          Play again
        </button>
      </div>
      <p class="note">
        {words} Here they are at a signal-to-noise ratio of {formatNumber(trajectory.snr[at], 2)}.
      </p>
    </>
  );
}

function wordsOf({ round, sampler, count, picture }: Trajectory): string {
  const by =
    round === undefined
      ? `The first ${formatInteger(count)} samples of the trained model, drawn as the run draws them, by ${sampler}.`
      : `${formatInteger(count)} samples of the network after ${formatInteger(round)} rounds, drawn by ${sampler} in 40 steps for a first look.`;
  if (picture.kind === "images") return by;
  const where =
    picture.dimension > 2
      ? `coordinates 1 and 2 of ${formatInteger(picture.dimension)}`
      : picture.dimension === 1
        ? "its coordinate from left to right, one sample below the other"
        : "both coordinates";
  return `${by} Coloured: samples; grey: held-out data; ${where}, as the network sees them.`;
}
