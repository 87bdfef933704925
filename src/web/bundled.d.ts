/** The script of a worker that trains clients, once it is bundled (tools/web.mjs). */
declare module "#worker-script" {
  const address: string;
  export default address;
}
