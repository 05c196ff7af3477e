import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseContract } from '../../contract/database.ts';
import { createDatabase } from '../../../server/adapters/db/database.ts';
import { realClock, recordingLog } from '../../fixtures/world.ts';

databaseContract('sqlite', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'peakvolt-db-'));
  const database = createDatabase({
    file: join(directory, 'new', 'peakvolt.sqlite'),
    log: recordingLog(),
    clock: realClock,
  });
  return {
    database,
    async dispose() {
      await database.stop();
      await rm(directory, { recursive: true });
    },
  };
});
