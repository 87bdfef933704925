/** What a getter of a hostile object throws: it may come through. */
export const ownError = new Error("thrown by the caller's own getter");

function detached<View extends { readonly buffer: ArrayBufferLike }>(view: View): View {
  if (view.buffer instanceof ArrayBuffer) structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
}

function throwOwn(): never {
  throw ownError;
}

const throwing = {
  get kind(): never {
    throw ownError;
  },
  get length(): never {
    throw ownError;
  },
};

function cyclic(): object {
  const round: { self?: object; kind: string } = { kind: "ring" };
  round.self = round;
  return round;
}

/** By a name that messages can show: fresh ones each time, because calls may write to them. */
export const hostileValues: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  "0": () => 0,
  "-1": () => -1,
  "-0": () => -0,
  "0.5": () => 0.5,
  "1": () => 1,
  "1e-320": () => 1e-320,
  "1e300": () => 1e300,
  "-1e308": () => -1e308,
  "2^31": () => 2 ** 31,
  "2^32": () => 2 ** 32,
  "2^40": () => 2 ** 40,
  "2^53 - 1": () => Number.MAX_SAFE_INTEGER,
  "2^53": () => 2 ** 53,
  NaN: () => Number.NaN,
  Infinity: () => Number.POSITIVE_INFINITY,
  "-Infinity": () => Number.NEGATIVE_INFINITY,
  "1n": () => 1n,
  "a symbol": () => Symbol("x"),
  "an empty text": () => "",
  "a text": () => "x",
  "a text of a million characters": () => "x".repeat(1e6),
  "the text __proto__": () => "__proto__",
  "an empty array": () => [],
  "an array of null": () => [null],
  "an array of 1": () => [1],
  "an array of NaN": () => [Number.NaN, Number.NaN],
  "an array of 1e300": () => [1e300, 1e300],
  "an array of arrays": () => [[], [[]]],
  "a sparse array": () => new Array(3),
  "a sparse array of 10,000": () => new Array(10_000),
  "an object": () => ({}),
  "a frozen object": () => Object.freeze({ kind: "ring" }),
  "a cyclic object": cyclic,
  "an object without prototype": () => Object.create(null),
  "an object whose getters throw": () => throwing,
  "an object that has no text": () => ({ toString: undefined, valueOf: undefined, constructor: undefined }),
  "an object of length 2^40": () => ({ length: 2 ** 40 }),
  "a kind that nobody has": () => ({ kind: "constructor" }),
  "a proxy": () => new Proxy({}, { get: (_, key) => (typeof key === "string" ? `proxied ${key}` : undefined) }),
  "a proxy that throws": () => new Proxy({}, { get: throwOwn, has: throwOwn, ownKeys: throwOwn }),
  "a proxy of an array": () => new Proxy([1, 2], {}),
  "a function": () => () => undefined,
  "a promise": () => Promise.resolve(1),
  "a date": () => new Date(0),
  "a map": () => new Map([["a", 1]]),
  "a Number object": () => Object(1),
  "an Error": () => new RangeError("x"),
  "an impostor of a Uint8Array": () => Object.create(Uint8Array.prototype),
  "an impostor of a Float32Array": () => Object.create(Float32Array.prototype),
  "an impostor of an array": () => Object.create(Array.prototype),
  "a proxy of a Float32Array": () => new Proxy(new Float32Array(40), {}),
  "an empty Float32Array": () => new Float32Array(0),
  "a Float32Array of 3": () => Float32Array.of(1, 2, 3),
  "a Float32Array of 40 zeros": () => new Float32Array(40),
  "a Float32Array of NaN": () => new Float32Array(40).fill(Number.NaN),
  "a Float32Array of Infinity": () => new Float32Array(40).fill(Number.POSITIVE_INFINITY),
  "a Float32Array of 3e38": () => new Float32Array(40).fill(3e38),
  "a Float64Array of 4": () => Float64Array.of(1, 2, 3, 4),
  "a Float64Array of 1e308": () => new Float64Array(4).fill(1e308),
  "a Float64Array of -Infinity": () => new Float64Array(4).fill(Number.NEGATIVE_INFINITY),
  "a detached Float32Array": () => detached(new Float32Array(40)),
  "a detached Float64Array": () => detached(new Float64Array(4)),
  "a detached Uint8Array": () => detached(new Uint8Array(40)),
  "a detached Uint32Array": () => detached(new Uint32Array(4)),
  "an empty Uint32Array": () => new Uint32Array(0),
  "a Uint32Array of huge rows": () => Uint32Array.of(4294967295, 0),
  "a Uint32Array of one row twice": () => Uint32Array.of(1, 1),
  "an Int32Array": () => Int32Array.of(-1, 5),
  "an Int32Array of 20": () => new Int32Array(20).fill(-2147483648),
  "a Uint8Array of 3": () => Uint8Array.of(255, 0, 128),
  "a BigInt64Array": () => new BigInt64Array(4),
  "an ArrayBuffer": () => new ArrayBuffer(8),
  "a SharedArrayBuffer view": () => new Float32Array(new SharedArrayBuffer(160)),
  "a DataView": () => new DataView(new ArrayBuffer(8)),
};
