import { useLayoutEffect, useRef } from "preact/hooks";
import type { ExperimentResult } from "../../experiment/result/schema.js";
import type { Drawn } from "../../report/elements.js";
import type { Section } from "../../report/sections/section.js";
import type { LabSection } from "./section.js";

/** A section of the report, which needs no samples, as one of the lab. */
export function reported(section: Section): LabSection {
  const rendered = new WeakMap<ExperimentResult, readonly Drawn<Node>[]>();
  const contentOf = (result: ExperimentResult | undefined) => {
    if (!result) return [];
    const content = rendered.get(result) ?? section.render(result, undefined);
    rendered.set(result, content);
    return content;
  };
  return {
    id: section.id,
    title: section.title,
    has: ({ result }) => contentOf(result).length > 0,
    View: ({ run: { result } }) => <Content drawn={contentOf(result)} />,
  };
}

function Content({ drawn }: { readonly drawn: readonly Drawn<Node>[] }) {
  const host = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    host.current?.replaceChildren(...drawn.map((each) => each(document)));
  }, [drawn]);
  return <div class="reported" ref={host} />;
}
