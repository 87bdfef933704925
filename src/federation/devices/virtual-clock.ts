import { requireInteger } from "../../errors.js";
import { type Engine, Purpose, RandomStream, requireEngine } from "../../kernels/index.js";
import type { DeviceClock, DeviceEvent, DeviceTiming } from "./device-clock.js";

/**
 * The clock of a run that brings none: bytes over the rate of the line, operations over the rate of the device, and a device is there with the
 * probability of its profile, drawn by Philox from seed, round, client and attempt. Nothing is lost on the way.
 */
export function createVirtualClock(engine: Engine, seed: number): DeviceClock {
  requireEngine(engine);
  requireInteger("seed", seed, 0);
  return {
    next(event: DeviceEvent): DeviceTiming {
      const { kind, device, bytes, flops } = event;
      if (kind === "select") return { seconds: 0, lost: !isThere(engine, seed, event) };
      if (kind === "compute") return { seconds: flops / device.flopsPerSecond };
      return { seconds: bytes / (kind === "download" ? device.downlink : device.uplink) };
    },
  };
}

function isThere(
  engine: Engine,
  seed: number,
  { device: { availability }, round, client, attempt }: DeviceEvent,
): boolean {
  if (availability === 1) return true;
  const key = { seed, purpose: Purpose.availability, round, client, step: attempt };
  return new RandomStream(engine, key).uniform() < availability;
}
