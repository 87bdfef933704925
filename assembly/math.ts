/** Elementary functions of one float64, in software: the same bits in every JavaScript engine and in both builds. */

/** e^x. */
export function mathExp(x: f64): f64 {
  return NativeMath.exp(x);
}

/** Natural logarithm. */
export function mathLog(x: f64): f64 {
  return NativeMath.log(x);
}

/** Sine of radians. */
export function mathSin(x: f64): f64 {
  return NativeMath.sin(x);
}

/** Cosine of radians. */
export function mathCos(x: f64): f64 {
  return NativeMath.cos(x);
}

/** e^x - 1, without cancellation near 0. */
export function mathExpm1(x: f64): f64 {
  return NativeMath.expm1(x);
}

/** log(1 + x), without cancellation near 0. */
export function mathLog1p(x: f64): f64 {
  return NativeMath.log1p(x);
}

/** base^exponent. */
export function mathPow(base: f64, exponent: f64): f64 {
  return NativeMath.pow(base, exponent);
}

/** erf x / x - 1 as a polynomial in x^2 on [0, 1]. */
const erfSmall = memory.data<f64>([
  -4.2320376764874594e-12, 8.709755232851789e-11, -1.2164764337224506e-9, 1.479243542696247e-8, -1.6364645854816389e-7,
  1.6462045711013026e-6, -1.4925647581008593e-5, 1.2055332903350668e-4, -8.548327021945428e-4, 0.005223977625423455,
  -0.026866170645129854, 0.1128379167095512, -0.37612638903183754, 0.1283791670955126,
]);

/** Chebyshev coefficients, last first, of (1 + 2 x) e^(x^2) erfc(x) in t = (x - 4) / (x + 4). */
const erfcxChebyshev = memory.data<f64>([
  -8.193566913927649e-18, -3.170489517369154e-17, 2.220093045585807e-16, 7.504598547027564e-16, -6.668675115507341e-15,
  -1.471657502444135e-14, 2.1454508286722927e-13, 9.167958364178406e-14, -6.901108320481209e-12, 1.4088717642086696e-11,
  1.909835517245645e-10, -1.1717889351884988e-9, -2.105786951380953e-9, 5.576570939570356e-8, -2.4261399442449534e-7,
  -7.158364623450346e-7, 1.7183861600300937e-5, -1.369696503010054e-4, 7.456494372536184e-4, -0.003136927294554264,
  0.01059566336347286, -0.02875393558027666, 0.06009212804122225, -0.081265123236185, -0.007260796620301901,
  1.1774832005374487,
]);

/** e^(x^2) erfc(x) for x >= 0: what is left of erfc when its underflow is divided out. */
export function mathErfcx(x: f64): f64 {
  const t2 = (2 * (x - 4)) / (x + 4);
  let b0: f64 = 0;
  let b1: f64 = 0;
  for (let i: usize = 0; i < 25; i++) {
    const b2 = b1;
    b1 = b0;
    b0 = t2 * b1 - b2 + load<f64>(erfcxChebyshev + (i << 3));
  }
  return (0.5 * t2 * b0 - b1 + load<f64>(erfcxChebyshev, 200)) / (1 + 2 * x);
}

/** Error function: 2 / sqrt(pi) times the integral of e^(-t^2) over [0, x]. */
export function mathErf(x: f64): f64 {
  const a = Math.abs(x);
  if (a >= 1) {
    const tailMass = a > 6 ? 0 : NativeMath.exp(-a * a) * mathErfcx(a);
    return Math.sign(x) * (1 - tailMass);
  }
  const z = x * x;
  let p: f64 = 0;
  for (let i: usize = 0; i < 14; i++) p = p * z + load<f64>(erfSmall + (i << 3));
  return x + x * p;
}
