import { crc32 as reference } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { crc32 } from '../../server/core/checksum.ts';

it('is the CRC-32 of zlib, for any bytes at any offset', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(9), (bytes, from) => {
      expect(crc32(bytes.subarray(from))).toBe(reference(bytes.subarray(from)));
    }),
  );
});
