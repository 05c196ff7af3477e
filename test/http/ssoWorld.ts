import { configSchema } from '../../server/configSchema.ts';
import { createHttpApp } from '../../server/http/app.ts';
import { LiveHub } from '../../server/http/live.ts';
import type { Logger } from '../../server/ports.ts';
import { openSso } from '../../server/singleSignOn.ts';
import { testAccounts, type TestAccounts } from '../fixtures/accounts.ts';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  ProviderVisit,
  startOidcServer,
  type OidcServer,
} from '../fixtures/oidcServer.ts';
import { httpDeps, signedInAs } from './deps.ts';

export const ORIGIN = 'http://127.0.0.1:8080';

export interface SsoWorld {
  accounts: TestAccounts;
  provider: OidcServer;
  /** Everything that was logged. */
  lines: unknown[];
  /** A service with these settings, and a browser that has never been there. */
  open(oidc?: Record<string, unknown>): SsoBrowser;
  dispose(): Promise<void>;
}

export async function ssoWorld(): Promise<SsoWorld> {
  const [accounts, provider] = await Promise.all([testAccounts(), startOidcServer()]);
  provider.admit(ORIGIN);
  const lines: unknown[] = [];
  const note = (...line: unknown[]): number => lines.push(line);
  const log: Logger = { debug: note, info: note, warn: note, error: note, child: () => log };
  return {
    accounts,
    provider,
    lines,
    open(oidc = {}) {
      const given = { issuer: provider.issuer, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, ...oidc };
      const { auth } = configSchema.parse({ auth: { oidc: given } });
      const { signIn, parts, database, clock } = accounts;
      const sso = openSso({ auth }, { access: parts, signIn, log });
      const access = { ...signedInAs(null), signIn, accounts: accounts.accounts, sso };
      const deps = httpDeps({ access, database, clock, log });
      return new SsoBrowser(createHttpApp(deps, new LiveHub(deps.live, clock, 'run1')));
    },
    async dispose() {
      await provider.stop();
      await accounts.dispose();
    },
  };
}

/** A browser at our pages: keeps our cookies, and goes through the provider's pages as a person. */
export class SsoBrowser {
  readonly #app: ReturnType<typeof createHttpApp>;
  readonly #visit = new ProviderVisit();
  cookies = new Map<string, string>();

  constructor(app: ReturnType<typeof createHttpApp>) {
    this.#app = app;
  }

  async ask(path: string, json?: object, headers: Record<string, string> = {}): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await this.#app.request(`${ORIGIN}${path}`, {
      method: json === undefined ? 'GET' : 'POST',
      headers: {
        host: '127.0.0.1:8080',
        origin: ORIGIN,
        'content-type': 'application/json',
        cookie,
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value === '') this.cookies.delete(name!);
      else this.cookies.set(name!, value!);
    }
    return answer;
  }

  /** Presses the button; where the provider is. */
  async begin(goTo = '#/'): Promise<string> {
    const answer = await this.ask('/api/v1/auth/sso', { goTo });
    if (answer.status !== 200) throw new Error(await answer.text());
    return ((await answer.json()) as { url: string }).url;
  }

  /** Logs in at the provider; the address that it sends the browser back to. */
  atProvider(url: string, login: string | 'turn back'): Promise<URL> {
    return this.#visit.logIn(url, login);
  }

  /** The whole way; the page that one ends on. */
  async logIn(login: string, goTo = '#/'): Promise<string | null> {
    const back = await this.atProvider(await this.begin(goTo), login);
    return this.come(back);
  }

  /** Comes back from the provider; the page that one ends on. */
  async come(back: URL): Promise<string | null> {
    return (await this.ask(`${back.pathname}${back.search}`)).headers.get('location');
  }

  async who(): Promise<{ name: string; role: string; areaIds: string[] | null } | null> {
    return ((await (await this.ask('/api/v1/auth/me')).json()) as { principal: never }).principal;
  }
}
