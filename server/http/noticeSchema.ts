import { z } from '@hono/zod-openapi';

const said = z.object({
  code: z.string().openapi({ description: 'Stable name of the sentence', example: 'influx-login' }),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
});

/** What is said in English beside it. */
export const noticeSchema = said
  .extend({ cause: said.optional() })
  .optional()
  .openapi({ description: 'The same in machine-readable form, for other languages' });
