/** Node module hooks that load the ES modules of @tensorflow/tfjs-core: made for bundlers, no extensions, no type. */
const inside = (url) => url?.includes("/@tensorflow/tfjs-core/dist/") && !url.endsWith(".node.js");

export function resolve(specifier, context, next) {
  const extensionless = specifier.startsWith(".") && inside(context.parentURL) && !specifier.endsWith(".js");
  return next(extensionless ? `${specifier}.js` : specifier, context);
}

export function load(url, context, next) {
  return next(url, inside(url) ? { ...context, format: "module" } : context);
}
