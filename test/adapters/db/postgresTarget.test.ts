import { describe, expect, test } from 'vitest';
import { postgresTarget } from '../../../server/adapters/db/postgres.ts';

describe('DATABASE_URL', () => {
  test('is shown without user and password', () => {
    const target = postgresTarget('postgresql://u:s3cret@db.example:6432/peakvolt');
    expect(target.shown).toBe('db.example:6432/peakvolt');
    expect(postgresTarget('postgres://db.example/peakvolt').shown).toBe('db.example:5432/peakvolt');
  });

  test.each([
    ['as it stands', 'postgresql://u:s3cret@h/d', 's3cret'],
    ['percent-encoded', 'postgresql://u:s3%2Fcret@h/d', 's3/cret'],
    ['in the query', 'postgresql://u@h/d?password=s3%2Fcret', 's3/cret'],
  ])('redacts a password %s', (_, url, password) => {
    expect(postgresTarget(url).redact(`no ${password}`)).toBe('no ***');
    expect(postgresTarget(url).redact(`no ${password} for ${url}`)).not.toMatch(/s3(%2F|\/)?cret/);
  });

  test.each([
    ['not a URL', 'secret'],
    ['another product', 'mysql://u:secret@h/d'],
    ['/ in the password', 'postgresql://u:secret/1@h/d'],
    ['# in the password', 'postgresql://u:12#secret@h/d'],
    ['? in the password', 'postgresql://u:12?secret@h/d'],
  ])('is refused without being repeated: %s', (_, url) => {
    expect(() => postgresTarget(url)).toThrow(
      /^DATABASE_URL is not a PostgreSQL address\. Write postgresql:/,
    );
    expect(() => postgresTarget(url)).not.toThrow(/secret/);
  });
});
