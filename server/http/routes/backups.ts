import { createRoute, z } from '@hono/zod-openapi';
import type { HttpDeps } from '../deps.ts';
import { HttpProblem, PROBLEMS } from '../errors.ts';
import { jsonContent, resource } from '../openapi.ts';

/** `POST backups`: a copy of the embedded stores under the data folder. Where it goes is not the client's to say. */
export function backupRoutes(deps: HttpDeps) {
  return resource().openapi(backupRoute, async (c) => {
    const outcome = await deps.backup();
    if (outcome.kind === 'busy') {
      throw new HttpProblem(
        409,
        'A backup is being made',
        'Wait until it has ended.',
        {},
        { code: 'backup-running' },
      );
    }
    if (outcome.kind === 'nothing-embedded') {
      throw new HttpProblem(
        409,
        'Nothing here to copy',
        'Both stores are servers of their own: use pg_dump for PostgreSQL and influx backup (1.x: influxd backup -portable) for InfluxDB.',
      );
    }
    const { folder, files, bytes, spooled } = outcome;
    return c.json({ folder, files, bytes, spooled }, 201);
  });
}

const backupRoute = createRoute({
  method: 'post',
  path: '/backups',
  summary: 'Copy the embedded stores into <dataDir>/backups',
  responses: {
    201: jsonContent(
      z.object({
        folder: z.string().openapi({ description: 'Relative to the data folder' }),
        files: z.number(),
        bytes: z.number(),
        spooled: z
          .number()
          .openapi({ description: 'Readings that wait in the spool and are not in the copy' }),
      }),
      'Made',
    ),
    ...PROBLEMS,
  },
});
