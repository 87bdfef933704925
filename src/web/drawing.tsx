import { useLayoutEffect, useRef } from "preact/hooks";
import type { Drawn } from "../report/elements.js";

/** A picture of the report's, drawn in this page. */
export function Drawing({ picture }: { readonly picture: Drawn<Node> }) {
  const host = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => host.current?.replaceChildren(picture(document)), [picture]);
  return <div class="drawing" ref={host} />;
}
