import type { RouteName } from '../../../server/http/rights.ts';
import { accessApi, type SsoOffer, type Who } from '../accessApi.ts';
import { SIGNED_OUT } from '../api.ts';

/** Who looks at the pages. Any answer "sign in first" ends it, and the login stands where the page was. */
class SessionState {
  principal = $state.raw<Who | null>(null);
  /** Single sign-on; null: it is not offered. */
  sso = $state.raw<SsoOffer | null>(null);
  /** `asking` at first; `in` also when the server does not answer: the pages then say so themselves. */
  standing = $state<'asking' | 'in' | 'out'>('asking');

  start(): () => void {
    const out = (): void => this.leave();
    window.addEventListener(SIGNED_OUT, out);
    void this.load();
    return () => window.removeEventListener(SIGNED_OUT, out);
  }

  async load(): Promise<void> {
    try {
      const { principal, sso } = await accessApi.me();
      this.sso = sso;
      this.principal = principal;
      this.standing = principal === null ? 'out' : 'in';
    } catch {
      this.standing = 'in';
    }
  }

  enter(principal: Who): void {
    this.principal = principal;
    this.standing = 'in';
  }

  leave(): void {
    this.principal = null;
    this.standing = 'out';
  }

  /** Whether to offer what asks for this route: as the server said. Before it said anything, everything is offered. */
  may(route: RouteName): boolean {
    return this.principal === null || this.principal.can.includes(route);
  }
}

export const session = new SessionState();
