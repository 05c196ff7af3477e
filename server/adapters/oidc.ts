import * as client from 'openid-client';
import type { Logger, SsoAttempt, SsoFailure, SsoIdentity, SsoProvider } from '../ports.ts';

/** What the provider says of itself is asked again after this: endpoints move. */
const METADATA_MS = 24 * 3_600_000;
/** Clocks of two servers are never quite the same. */
const CLOCK_TOLERANCE_S = 30;

export interface OidcOptions {
  issuer: string;
  clientId: string;
  /** Absent: a public client. */
  clientSecret?: string | undefined;
  scopes: readonly string[];
  acr: readonly string[];
  maxAgeS?: number | undefined;
  /** For each call to the provider. */
  timeoutS: number;
  log: Pick<Logger, 'warn'>;
  nowMs(): number;
}

/**
 * OpenID Connect: authorization code flow with PKCE (S256), state and nonce. The provider is asked for what it is at the
 * first login and not before; while it is away only its logins fail. Neither codes, tokens nor secrets are logged.
 */
export function createOidcProvider(options: OidcOptions): SsoProvider {
  const { scopes, acr, maxAgeS } = options;
  const configuration = discovering(options);
  const failed = (step: string, error: unknown) => {
    const { why, reason } = judge(error);
    options.log.warn({ issuer: options.issuer, step, reason }, 'single sign-on failed');
    return { kind: 'failed', why } as const;
  };
  return {
    async begin(callbackUrl) {
      try {
        const provider = await configuration();
        const attempt: SsoAttempt = {
          state: client.randomState(),
          nonce: client.randomNonce(),
          verifier: client.randomPKCECodeVerifier(),
          callbackUrl,
        };
        const url = client.buildAuthorizationUrl(provider, {
          redirect_uri: callbackUrl,
          scope: scopes.join(' '),
          state: attempt.state,
          nonce: attempt.nonce,
          code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
          code_challenge_method: 'S256',
          ...(acr.length === 0 ? {} : { acr_values: acr.join(' ') }),
          ...(maxAgeS === undefined ? {} : { max_age: String(maxAgeS) }),
        });
        return { kind: 'begun', url: url.href, attempt };
      } catch (error) {
        return failed('begin', error);
      }
    },
    async finish(attempt, answer) {
      try {
        const provider = await configuration();
        const back = new URL(attempt.callbackUrl);
        back.search = answer.search;
        const tokens = await client.authorizationCodeGrant(provider, back, {
          pkceCodeVerifier: attempt.verifier,
          expectedState: attempt.state,
          expectedNonce: attempt.nonce,
          idTokenExpected: true,
          ...(maxAgeS === undefined ? {} : { maxAge: maxAgeS }),
        });
        return { kind: 'vouched', identity: await identityOf(provider, tokens) };
      } catch (error) {
        return failed('finish', error);
      }
    },
    async logoutUrl(idToken, returnUrl) {
      try {
        const provider = await configuration();
        if (provider.serverMetadata().end_session_endpoint === undefined) return null;
        return client.buildEndSessionUrl(provider, {
          id_token_hint: idToken,
          post_logout_redirect_uri: returnUrl,
        }).href;
      } catch (error) {
        failed('logout', error);
        return null;
      }
    },
  };
}

/** Asks the provider what it is, once for all who wait; tries once more, then leaves it to the next who comes. */
function discovering(options: OidcOptions): () => Promise<client.Configuration> {
  let known: { configuration: client.Configuration; atMs: number } | null = null;
  let asking: Promise<client.Configuration> | null = null;
  const ask = async (): Promise<client.Configuration> => {
    try {
      const configuration = await discover(options).catch((error: unknown) => {
        if (judge(error).why === 'away') return discover(options);
        throw error;
      });
      known = { configuration, atMs: options.nowMs() };
      return configuration;
    } catch (error) {
      // What it was yesterday it most likely still is.
      if (known !== null) return known.configuration;
      throw error;
    } finally {
      asking = null;
    }
  };
  return () => {
    if (known !== null && options.nowMs() - known.atMs < METADATA_MS) {
      return Promise.resolve(known.configuration);
    }
    asking ??= ask();
    return asking;
  };
}

function discover({ issuer, clientId, clientSecret, timeoutS }: OidcOptions): Promise<client.Configuration> {
  const server = new URL(issuer);
  // The configuration takes http for a provider on this machine only.
  const plain = server.protocol === 'http:' ? [client.allowInsecureRequests] : [];
  return client.discovery(
    server,
    clientId,
    { [client.clockTolerance]: CLOCK_TOLERANCE_S },
    authenticationBy(clientSecret),
    // The signature is checked also where TLS vouches for the token (ASVS 5.0 6.8.2).
    { timeout: timeoutS, execute: [...plain, client.enableNonRepudiationChecks] },
  );
}

/** The secret goes the way that the provider takes: in a header if it can, else in the body. */
function authenticationBy(secret: string | undefined): client.ClientAuth {
  if (secret === undefined) return client.None();
  const byHeader = client.ClientSecretBasic(secret);
  const byBody = client.ClientSecretPost(secret);
  return (server, ...request) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return (methods.includes('client_secret_basic') ? byHeader : byBody)(server, ...request);
  };
}

/** Claims of the ID token, and beside them what the provider tells only when asked (`userinfo`). */
async function identityOf(
  provider: client.Configuration,
  tokens: client.TokenEndpointResponse & client.TokenEndpointResponseHelpers,
): Promise<SsoIdentity> {
  const claims = tokens.claims();
  if (claims === undefined || tokens.id_token === undefined) throw new Error('there is no ID token');
  const asks = provider.serverMetadata().userinfo_endpoint !== undefined;
  const more = asks ? await client.fetchUserInfo(provider, tokens.access_token, claims.sub) : {};
  return {
    issuer: claims.iss,
    subject: claims.sub,
    claims: { ...more, ...claims },
    authenticatedMs: claims.auth_time === undefined ? null : claims.auth_time * 1_000,
    idToken: tokens.id_token,
  };
}

/** What went wrong, for the person and for the log; messages of the protocol hold no secrets, whole errors might. */
function judge(error: unknown): { why: SsoFailure; reason: string } {
  if (error instanceof client.AuthorizationResponseError) return { why: 'denied', reason: error.error };
  if (error instanceof client.ResponseBodyError) {
    return { why: error.error === 'invalid_grant' ? 'stale' : 'distrusted', reason: error.error };
  }
  if (error instanceof client.WWWAuthenticateChallengeError) {
    return { why: 'distrusted', reason: error.cause[0]?.parameters.error ?? `status ${error.status}` };
  }
  if (error instanceof client.ClientError) return ofClient(error);
  // `fetch` failed: the address, the network or the certificate.
  if (error instanceof TypeError) return { why: 'away', reason: codeOf(error.cause) ?? error.message };
  return { why: 'distrusted', reason: error instanceof Error ? error.message : 'unknown error' };
}

function ofClient(error: client.ClientError): { why: SsoFailure; reason: string } {
  const cause = error.cause instanceof Error ? error.cause.message : '';
  const reason = [error.code, error.message, cause]
    .filter((part) => part !== undefined && part !== '')
    .join(': ');
  if (error.code === 'OAUTH_TIMEOUT' || error.code === 'OAUTH_ABORT') return { why: 'away', reason };
  const status = error.cause instanceof Response ? error.cause.status : 0;
  if (status >= 500) return { why: 'away', reason: `${reason}: ${status}` };
  if (/"(state|code)"|no authorization code/.test(cause)) return { why: 'stale', reason };
  return { why: 'distrusted', reason };
}

function codeOf(cause: unknown): string | null {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : null;
}
