import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Drawn } from "../report/elements.js";

/** A picture of the report's in a given width, CSS pixels. */
export type PlotOfWidth = (width: number) => Drawn<SVGElement>;

const [narrowest, widest, step] = [280, 720, 20];

/** Draws a picture as wide as its place is, so that its text has one size everywhere. */
export function Drawing({ plot }: { readonly plot: PlotOfWidth }) {
  const host = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState<number>();
  useLayoutEffect(() => {
    const { current } = host;
    if (!current) return;
    const measure = () => setWidth(fitting(current.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (width === undefined) return;
    host.current?.replaceChildren(plot(width)(document));
  }, [plot, width]);
  return <div class="drawing" ref={host} />;
}

function fitting(width: number): number {
  return Math.min(widest, Math.max(narrowest, Math.floor(width / step) * step));
}
