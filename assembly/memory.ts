/** First byte behind the module's static data: where the arena laid out by TypeScript may begin. */
export function heapBase(): usize {
  return __heap_base;
}
