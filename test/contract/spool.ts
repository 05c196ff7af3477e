import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Spool } from '../../server/ports.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const words = (entries: { entry: Uint8Array }[]): string[] =>
  entries.map(({ entry }) => new TextDecoder().decode(entry));

/** What every spool keeps. `make` gives a spool over the same place each time it is called within one test. */
export function spoolContract(name: string, prepare: () => Promise<() => Spool>): void {
  describe(`${name} as a spool`, () => {
    let make: () => Spool;
    let spool: Spool;

    beforeEach(async () => {
      make = await prepare();
      spool = make();
      await spool.start();
    });
    afterEach(() => spool.stop());

    const restart = async (): Promise<void> => {
      await spool.stop();
      spool = make();
      await spool.start();
    };

    it('numbers entries from 1 without a gap, also those appended at once', async () => {
      expect(spool.status()).toMatchObject({ firstSeq: 1, lastSeq: 0, entries: 0 });
      const seqs = await Promise.all(['a', 'b', 'c'].map((word) => spool.append(bytes(word))));
      expect([...seqs, await spool.append(bytes('d'))]).toEqual([1, 2, 3, 4]);
      expect(spool.status()).toMatchObject({ firstSeq: 1, lastSeq: 4, entries: 4 });
    });

    it('gives entries back in order, after any of them, also after a restart', async () => {
      for (const word of ['a', 'b', 'c']) await spool.append(bytes(word));
      await restart();
      expect(words(await spool.read(0, 1e6))).toEqual(['a', 'b', 'c']);
      expect((await spool.read(1, 1e6)).map(({ seq }) => seq)).toEqual([2, 3]);
      expect(await spool.read(3, 1e6)).toEqual([]);
      expect(await spool.append(bytes('d'))).toBe(4);
    });

    it('keeps to the number of bytes asked for, yet always gives one entry', async () => {
      for (const word of ['1234', '5678', '90']) await spool.append(bytes(word));
      expect(words(await spool.read(0, 1))).toEqual(['1234']);
      expect(words(await spool.read(0, 8))).toEqual(['1234', '5678']);
    });

    it('forgets what was trimmed, and never gives its numbers again', async () => {
      for (const word of ['a', 'b', 'c']) await spool.append(bytes(word));
      await spool.trim(2);
      expect(words(await spool.read(0, 1e6))).toEqual(['c']);
      expect(spool.status()).toMatchObject({ firstSeq: 3, lastSeq: 3, entries: 1 });
      await spool.trim(99);
      await restart();
      expect(spool.status()).toMatchObject({ firstSeq: 4, lastSeq: 3, entries: 0 });
      expect(await spool.append(bytes('d'))).toBe(4);
    });

    it('refuses an append when it is stopped', async () => {
      await spool.stop();
      await expect(spool.append(bytes('x'))).rejects.toThrow('stopped');
    });
  });
}
