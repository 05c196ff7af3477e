import { limitVersion, type LimitSet, type LimitVersion } from '../../core/limitVersions.ts';
import type { Settings } from '../../ports.ts';

const CURRENT = 'limits.version';
/** Each version stays as it was, so that what was judged by it can be looked up. */
const setting = (version: number): string => `${CURRENT}.${version}`;

/** The version of the configured limits; a new one is written down when they differ from the last ones. */
export async function versionOfLimits(
  settings: Settings,
  set: LimitSet,
  nowMs: number,
): Promise<LimitVersion> {
  const current = await settings.get(CURRENT);
  const kept = current === null ? null : await settings.get(setting(Number(current)));
  const last = kept === null ? null : (JSON.parse(kept) as LimitVersion);
  const version = limitVersion(last, set, nowMs);
  if (version === last) return last;
  // The set first: a number without its set would be worse than one that is given again.
  await settings.set(setting(version.version), JSON.stringify(version));
  await settings.set(CURRENT, String(version.version));
  return version;
}
