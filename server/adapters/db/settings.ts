import type { Settings } from '../../ports.ts';
import type { Db } from './schema.ts';
import { storable, upsertRows } from './upsert.ts';

export function createSettings(db: () => Db): Settings {
  return {
    async get(key) {
      const row = await db()
        .selectFrom('setting')
        .select('value')
        .where('key', '=', storable(key))
        .executeTakeFirst();
      return row?.value ?? null;
    },
    set: (key, value) =>
      upsertRows(db(), 'setting', [{ key: storable(key), value: storable(value) }], {
        identity: ['key'],
        known: 'replace',
      }),
  };
}
