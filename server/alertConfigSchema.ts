import { z } from 'zod';

/** The parts of `peakvolt.yaml` that say how people are told. */
export const alertConfigShape = {
  /** Incidents. */
  alerts: z
    .strictObject({
      /** What comes back within this is the same incident, opened again. */
      reopenS: z.number().int().min(0).max(86_400).default(900),
    })
    .prefault({}),
  notify: z
    .strictObject({
      /** Outgoing mail; without `url` the e-mail channel is not there. */
      smtp: z
        .strictObject({
          /** smtp://user:password@host:587, or smtps://…; the environment (SMTP_URL) is the place for it. */
          url: z.string().url().optional(),
          from: z.string().min(3).default('Peakvolt <peakvolt@localhost>'),
        })
        .prefault({}),
      /** Gateway for text messages over HTTP; {{to}}, {{text}} and {{id}} are filled in. Without it there is no SMS. */
      sms: z
        .strictObject({
          url: z.string().min(8),
          method: z.enum(['GET', 'POST', 'PUT']).default('POST'),
          headers: z.record(z.string(), z.string()).default({}),
          body: z.string().default(''),
          /** What the answer holds when the gateway took the message; any 2xx when absent. */
          answerContains: z.string().optional(),
        })
        .optional(),
      /** Contact given to push services, as RFC 8292 asks; keys are made at the first start and kept in the database. */
      webPushSubject: z
        .string()
        .regex(/^(mailto:|https:)/)
        .default('mailto:peakvolt@localhost'),
      /** Internal addresses (host names, or networks as CIDR) that channels may reach; all others must be public. */
      allow: z.array(z.string().min(1)).max(200).default([]),
    })
    .prefault({}),
  /** A synthetic reading end to end every minute. */
  proof: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** Asked (GET) after each proof; a dead man's switch elsewhere notices when it is not. */
      watchdogUrl: z.string().url().optional(),
    })
    .prefault({}),
};
