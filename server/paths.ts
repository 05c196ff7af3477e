import { fileURLToPath } from 'node:url';

/** Folder of package.json. */
export const PACKAGE_ROOT = fileURLToPath(new URL('..', import.meta.url));
/** The built pages. */
export const WEB_ROOT = fileURLToPath(new URL('../dist/web', import.meta.url));
