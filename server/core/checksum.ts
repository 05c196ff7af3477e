/** CRC-32 as in IEEE 802.3 and zlib (reflected polynomial 0xEDB88320). */

/** `TABLES[k * 256 + byte]`: the remainder of `byte` with `k` zero bytes after it; eight bytes are then taken at once. */
const TABLES = new Uint32Array(8 * 256);
for (let byte = 0; byte < 256; byte++) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++)
    remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  TABLES[byte] = remainder;
}
for (let i = 256; i < TABLES.length; i++) {
  const shorter = TABLES[i - 256]!;
  TABLES[i] = TABLES[shorter & 0xff]! ^ (shorter >>> 8);
}

/** Checksum of `bytes`, an unsigned 32-bit integer. */
export function crc32(bytes: Uint8Array): number {
  const t = TABLES;
  let r = 0xffffffff;
  let i = 0;
  for (const end = bytes.length - 7; i < end; i += 8) {
    r ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    r =
      t[1792 + (r & 0xff)]! ^
      t[1536 + ((r >>> 8) & 0xff)]! ^
      t[1280 + ((r >>> 16) & 0xff)]! ^
      t[1024 + (r >>> 24)]! ^
      t[768 + bytes[i + 4]!]! ^
      t[512 + bytes[i + 5]!]! ^
      t[256 + bytes[i + 6]!]! ^
      t[bytes[i + 7]!]!;
  }
  for (; i < bytes.length; i++) r = t[(r ^ bytes[i]!) & 0xff]! ^ (r >>> 8);
  return (r ^ 0xffffffff) >>> 0;
}
