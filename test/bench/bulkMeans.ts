import { DuckDBInstance } from '@duckdb/node-api';
import { CREATE_TABLES } from '../../server/adapters/store/duckdb/schema.ts';
import { MEAN_INTERVAL_MS } from '../../server/core/summary.ts';

const DAY_MS = 86_400_000;

/**
 * Fills the file of an embedded store with simulated means, made in SQL: written as readings, 43 million rows would take
 * longer than what is measured. They lie as the store leaves them: each day sorted by point. A hot evening each fourth day
 * takes a tenth of the transformers below the limit; dips of single windows, and some dark ones, are scattered over the rest.
 */
export async function writeMeansInBulk(
  file: string,
  { transformers, days, fromMs }: { transformers: number; days: number; fromMs: number },
): Promise<void> {
  const instance = await DuckDBInstance.create(file, { threads: '2', memory_limit: '2GB' });
  const connection = await instance.connect();
  for (const statement of CREATE_TABLES) await connection.run(statement);
  await connection.run(
    `INSERT INTO points SELECT i::INTEGER, 'TQ' || i, 'outlet' FROM range(${transformers}) t(i)`,
  );
  const perDay = DAY_MS / MEAN_INTERVAL_MS;
  for (let day = 0; day < days; day++) {
    const dayMs = fromMs + day * DAY_MS;
    await connection.run(`
      INSERT INTO means
      SELECT pt, ${dayMs} + k * ${MEAN_INTERVAL_MS}, ua, ua + 2, ua + 4, ua - 3, ua - 1, ua + 1, ua + 3, ua + 5, ua + 7,
        100, 100, 100, 60, 15, 10, CASE WHEN h % 200011 = 0 THEN 128 ELSE 0 END
      FROM (
        SELECT p.i::INTEGER AS pt, s.k AS k, hash(p.i * 100003 + ${day} * 1009 + s.k) AS h,
          214 + (h % 120)::DOUBLE / 10
            - CASE WHEN ${day} % 4 = 1 AND p.i % 10 = 3 AND s.k BETWEEN 66 AND 84 THEN 14 + p.i % 17 ELSE 0 END
            - CASE WHEN h % 997 = 0 THEN 20 ELSE 0 END AS ua
        FROM range(${transformers}) p(i), range(${perDay}) s(k)
      ) ORDER BY pt, k`);
  }
  await connection.run('CHECKPOINT');
  connection.closeSync();
  instance.closeSync();
}
