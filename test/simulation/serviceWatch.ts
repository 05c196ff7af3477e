import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Component } from '../../server/components.ts';
import type { ConditionEvent } from '../../server/core/event.ts';
import type { PipelineStatus } from '../../server/ports.ts';
import type { RunningService } from '../fixtures/service.ts';

/** What the System page is told. */
export interface SystemAnswer {
  nowMs: number;
  pipeline: PipelineStatus;
  components: Component[];
}

/** A service, and how it knows who asks. */
type Asked = Pick<RunningService, 'url' | 'headers'>;

export async function systemOf({ url, headers }: Asked): Promise<SystemAnswer> {
  const answer = await fetch(new URL('/api/v1/system', url), {
    headers,
    signal: AbortSignal.timeout(20_000),
  });
  if (!answer.ok) throw new Error(`system: ${answer.status}`);
  return (await answer.json()) as SystemAnswer;
}

export async function importRegistry({ url, headers }: Asked, csv: string): Promise<void> {
  const answer = await fetch(new URL('/api/v1/imports/registry?validFromMs=0', url), {
    method: 'POST',
    headers: { ...headers, 'content-type': 'text/csv', origin: new URL(url).origin },
    body: csv,
  });
  const text = await answer.text();
  if (!answer.ok || !text.includes('"report"') || !text.includes('"refused":0'))
    throw new Error(text.slice(0, 2000));
}

export async function eventsOf(
  { url, headers }: Asked,
  transformerId: string,
  fromMs = 0,
): Promise<ConditionEvent[]> {
  const target = new URL(`/api/v1/transformers/${transformerId}/events`, url);
  target.search = new URLSearchParams({ from: String(fromMs), to: '8000000000000' }).toString();
  return ((await (await fetch(target, { headers })).json()) as { items: ConditionEvent[] }).items;
}

/** Waits until everything received is where it belongs; the last answer. */
export async function drained(service: Asked, received: number, timeoutMs = 60_000): Promise<SystemAnswer> {
  await expect
    .poll(
      async () => {
        const { conservation } = (await systemOf(service)).pipeline;
        return { whole: conservation.received >= received, spooled: conservation.spooled };
      },
      { timeout: timeoutMs, interval: 200 },
    )
    .toEqual({ whole: true, spooled: 0 });
  return systemOf(service);
}

/** Asks the service how it is, again and again; answers are kept for the end. */
export class ServiceWatch {
  readonly samples: SystemAnswer[] = [];
  /** Live deltas that came between two questions, by time. */
  readonly deltasMs: number[] = [];
  #ending = new AbortController();
  #running: Promise<unknown>;

  constructor(service: Asked, everyMs = 500) {
    this.#running = Promise.all([this.#ask(service, everyMs), this.#listen(service)]);
    // Told by `end`; a test that failed before has its own error to tell.
    this.#running.catch(() => undefined);
  }

  async end(): Promise<SystemAnswer[]> {
    this.#ending.abort();
    await this.#running;
    return this.samples;
  }

  /** Samples while `is` held. */
  where(is: (sample: SystemAnswer) => boolean): SystemAnswer[] {
    return this.samples.filter(is);
  }

  async #ask(service: Asked, everyMs: number): Promise<void> {
    while (!this.#ending.signal.aborted) {
      this.samples.push(await systemOf(service));
      await delay(everyMs);
    }
  }

  async #listen({ url, headers }: Asked): Promise<void> {
    try {
      const answer = await fetch(new URL('/api/v1/live', url), { headers, signal: this.#ending.signal });
      const decoder = new TextDecoder();
      for await (const chunk of answer.body!) {
        if (decoder.decode(chunk, { stream: true }).includes('event: delta')) this.deltasMs.push(Date.now());
      }
    } catch (error) {
      if (!this.#ending.signal.aborted) throw error;
    }
  }
}
