import { useLayoutEffect, useRef } from "preact/hooks";
import type { Drawn } from "../report/elements.js";

/** A picture of the report's, drawn in this page. */
export function Drawing({ picture }: { readonly picture: Drawn<Node> }) {
  const host = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const drawn = picture(document);
    // It is described as a whole: its parts are nothing to those who hear it.
    if (drawn instanceof Element)
      for (const part of drawn.querySelectorAll("g[aria-label]")) part.removeAttribute("aria-label");
    host.current?.replaceChildren(drawn);
  }, [picture]);
  return <div class="drawing" ref={host} />;
}
