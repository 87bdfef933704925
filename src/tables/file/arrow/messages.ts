import { countAt, FlatBytes, type FlatTable } from "./flat-table.js";
import { checkTexts, type Layout, layoutOf } from "./storage.js";

/** Rows, or values of a dictionary, whose buffers nobody has looked at. */
export interface ArrowBatch {
  readonly record: FlatTable;
  /** Of the message, which has the numbers of its vectors. */
  readonly head: DataView;
  readonly body: Uint8Array;
  /** Of a dictionary: whose values they are, and whether they come behind those before. */
  readonly dictionary?: { readonly id: number; readonly isDelta: boolean };
}

/** What a file holds, its batches in the order in which they are to be read. */
export interface ArrowMessages {
  readonly layout: Layout;
  readonly batches: readonly ArrowBatch[];
}

/** How a file ends, behind the length of its footer. */
const ending = [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31];

/** Bytes before the first message of a file. */
const beginning = 8;

/** Most bytes of padding and of the mark of the end. */
const longestGap = 72;

/** The oldest version whose buffers are as they are today, of 2017. */
const oldestVersion = 3;

/** A batch of a file, from `at` on and before `end`. */
interface Block {
  readonly at: number;
  readonly end: number;
  readonly batch: ArrowBatch;
}

interface Message {
  readonly end: number;
  readonly content: Layout | ArrowBatch;
}

/** Reads the messages of a file or a stream. @throws Error for damage, FedscoreError FEDSCORE_UNSUPPORTED. */
export function readMessages(bytes: Uint8Array): ArrowMessages {
  return bytes[0] === ending[0] ? messagesOfFile(bytes) : messagesOfStream(bytes);
}

function messagesOfStream(bytes: Uint8Array): ArrowMessages {
  const batches: ArrowBatch[] = [];
  let layout: Layout | undefined;
  let at = 0;
  while (at < bytes.length) {
    const message = messageAt(bytes, at);
    if (!message) break;
    if ("record" in message.content) batches.push(message.content);
    else layout ??= message.content;
    at = message.end;
  }
  if (bytes.subarray(at + 8).some((byte) => byte !== 0)) throw new Error("more behind the end of the stream");
  if (!layout) throw new Error("no schema");
  return { layout, batches };
}

function messagesOfFile(bytes: Uint8Array): ArrowMessages {
  const end = bytes.length - 4 - ending.length;
  if (end < beginning || ending.some((byte, at) => bytes[end + 4 + at] !== byte))
    throw new Error("no end of an Arrow file");
  const start = end - new DataView(bytes.buffer, bytes.byteOffset).getInt32(end, true);
  if (start < beginning || start > end) throw new Error(`a footer of ${end - start} bytes`);
  const flat = new FlatBytes(bytes.subarray(start, end));
  const footer = flat.table(0);
  const schema = footer.table(6);
  if (!schema) throw new Error("no schema");
  checkTexts(footer, 12);
  const layout = layoutOf(schema);
  const blocksOf = (slot: number, isDictionary: boolean): Block[] => {
    const { start: first, length } = footer.vector(slot, 24);
    return Array.from({ length }, (_, index) => {
      const at = countAt(flat.view, first + 24 * index);
      const message = messageAt(bytes, at);
      const batch = message && "record" in message.content ? message.content : undefined;
      if (!message || !batch || (batch.dictionary !== undefined) !== isDictionary)
        throw new Error(`no such batch at ${at}`);
      return { at, end: message.end, batch };
    });
  };
  const dictionaries = blocksOf(8, true);
  const records = blocksOf(10, false);
  checkWhole(bytes.subarray(0, start), layout, [...dictionaries, ...records]);
  if (dictionaries.length * records.length > 16 * bytes.length)
    throw new Error("more dictionaries than its bytes hold");
  const batches: ArrowBatch[] = [];
  let next = 0;
  for (const { at, batch } of records) {
    const before = dictionaries.filter((dictionary) => dictionary.at < at).length;
    for (; next < before; next++) batches.push(dictionaries[next].batch);
    batches.push(batch);
  }
  batches.push(...dictionaries.slice(next).map(({ batch }) => batch));
  return { layout, batches };
}

/** Checks that a file has the batches that its footer names, each once and no others: what is between them is too short for one. */
function checkWhole(bytes: Uint8Array, layout: Layout, blocks: readonly Block[]): void {
  const sorted = blocks.toSorted((a, b) => a.at - b.at);
  const first = sorted[0]?.at ?? bytes.length;
  let last = first === beginning ? beginning : checkSchema(bytes.subarray(0, first), layout);
  for (const { at, end } of [...sorted, { at: bytes.length, end: 0 }]) {
    if (at < last || at - last > longestGap) throw new Error(`${at - last} bytes between batches at ${last}`);
    last = end;
  }
}

/** Checks that the schema before the batches, which not all writers write, is that of the footer; gives where it ends. */
function checkSchema(bytes: Uint8Array, layout: Layout): number {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getInt32(beginning, true);
  // Polars writes it without its length.
  const isBare = length >= 0 && length < longestGap;
  const flat = new FlatBytes(bytes.subarray(beginning));
  const bare = isBare ? flat.table(0).table(8) : undefined;
  const { content, end } = bare
    ? { content: layoutOf(bare), end: beginning + flat.reach }
    : (messageAt(bytes, beginning) ?? { content: layout, end: beginning });
  if ("record" in content || JSON.stringify(content.columns) !== JSON.stringify(layout.columns))
    throw new Error("a footer of another schema");
  return end;
}

/** The message at a place; undefined for the mark of the end. */
function messageAt(bytes: Uint8Array, at: number): Message | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isMarked = view.getInt32(at, true) === -1;
  const start = at + (isMarked ? 8 : 4);
  const length = view.getInt32(start - 4, true);
  if (length === 0) return undefined;
  if (length < 0 || start + length > bytes.length) throw new Error(`a message of ${length} bytes at ${at}`);
  const head = bytes.subarray(start, start + length);
  const flat = new FlatBytes(head);
  const message = flat.table(0);
  const version = message.integer(4, 2, 0);
  const content = message.table(8);
  const bodyLength = message.count(10);
  const end = start + length + bodyLength;
  if (version < oldestVersion) throw new Error(`a message of version ${version} at ${at}`);
  if (!content || end > bytes.length) throw new Error(`a message of ${end - at} bytes at ${at}`);
  const body = bytes.subarray(start + length, end);
  switch (message.integer(6, 1, 0)) {
    case 1:
      return { end, content: layoutOf(content) };
    case 2: {
      const record = content.table(6);
      if (!record) throw new Error(`a dictionary without values at ${at}`);
      const dictionary = { id: content.count(4), isDelta: content.integer(8, 1, 0) !== 0 };
      return { end, content: { record, head: flat.view, body, dictionary } };
    }
    case 3:
      return { end, content: { record: content, head: flat.view, body } };
    default:
      throw new Error(`a message of no known kind at ${at}`);
  }
}
