/** The script of a worker that trains clients, once it is bundled (tools/web.mjs). */
declare module "#worker-script" {
  const address: string;
  export default address;
}

declare module "lz4js" {
  const lz4: { readonly decompress: (bytes: Uint8Array) => Uint8Array };
  export default lz4;
}
