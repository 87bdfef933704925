import { useEffect, useState } from "preact/hooks";

/** A module that is loaded once the page has been drawn; undefined until it is there. */
export function useLoaded<Module>(load: () => Promise<Module>): Module | undefined {
  const [module, setModule] = useState<Module>();
  useEffect(() => {
    const timer = setTimeout(() => void load().then((loaded) => setModule(() => loaded)), 0);
    return () => clearTimeout(timer);
  }, [load]);
  return module;
}
