const native: Uint8ArrayConstructor & { fromBase64?(text: string): Uint8Array<ArrayBuffer> } = Uint8Array;

/** Bytes of a base64 string, in Node and in browsers. By the engine itself where it can: the loop is slow before it is compiled. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  return native.fromBase64?.(text) ?? decodeByLetters(text);
}

function decodeByLetters(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Base64 of bytes, in Node and in browsers. */
export function encodeBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  // Function calls take a limited number of arguments.
  for (let at = 0; at < bytes.length; at += 8192) pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return btoa(pieces.join(""));
}
