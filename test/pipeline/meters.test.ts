import { describe, expect, it } from 'vitest';
import { emptyReading } from '../../server/core/reading.ts';
import { HistoryMemory } from '../../server/pipeline/historyMemory.ts';
import { LatencyMeter, RateMeter } from '../../server/pipeline/meters.ts';

describe('the rate', () => {
  it('is that of the last ten whole seconds, and falls to nothing when nothing comes', () => {
    const rate = new RateMeter();
    for (let ms = 100_000; ms < 120_000; ms += 100) rate.add(5, ms);
    expect(rate.perS(120_000)).toBe(50);
    expect(rate.perS(125_000)).toBe(25);
    expect(rate.perS(140_000)).toBe(0);
  });

  it('begins anew when the clock is set back', () => {
    const rate = new RateMeter();
    rate.add(1_000, 500_000);
    rate.add(10, 400_000);
    expect(rate.perS(401_000)).toBe(1);
  });
});

describe('the 99th percentile of delay', () => {
  it('is within a tenth of the true one, and null without data', () => {
    const latency = new LatencyMeter();
    expect(latency.p99Ms(0)).toBeNull();
    for (let i = 1; i <= 1000; i++) latency.add(i, 1, 1_000);
    expect(latency.p99Ms(1_000)! / 990).toBeGreaterThan(0.9);
    expect(latency.p99Ms(1_000)! / 990).toBeLessThan(1.1);
  });

  it('forgets what is older than a minute', () => {
    const latency = new LatencyMeter();
    latency.add(60_000, 100, 0);
    latency.add(5, 100, 65_000);
    expect(latency.p99Ms(65_000)).toBeLessThan(7);
    expect(latency.p99Ms(200_000)).toBeNull();
  });
});

describe('the memory of history', () => {
  it('knows an identity again: transformer, point and time', () => {
    const memory = new HistoryMemory();
    expect(memory.seen(emptyReading('T1', 'outlet', 1))).toBe(false);
    expect(memory.seen(emptyReading('T1', 'outlet', 2))).toBe(false);
    expect(memory.seen(emptyReading('T1', 'tail-1', 1))).toBe(false);
    expect(memory.seen(emptyReading('T2', 'outlet', 1))).toBe(false);
    expect(memory.seen(emptyReading('T1', 'outlet', 1))).toBe(true);
  });

  it('is bounded: it forgets what half a million others have followed', () => {
    const memory = new HistoryMemory();
    memory.seen(emptyReading('T1', 'outlet', 0));
    for (let i = 1; i <= 500_000; i++) memory.seen(emptyReading('T1', 'outlet', i));
    expect(memory.seen(emptyReading('T1', 'outlet', 499_999))).toBe(true);
    expect(memory.seen(emptyReading('T1', 'outlet', 0))).toBe(false);
  });
});
