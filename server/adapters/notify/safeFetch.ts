import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import { AddressPolicy } from './addressPolicy.ts';

/**
 * HTTP to addresses that people typed in. The name is resolved once, every address of it is judged, and the connection
 * goes to these very addresses: a name that answers differently a moment later is never asked again. Redirects are
 * not followed, connections are not reused.
 */

const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 16_384;

export type Lookup = (hostname: string) => Promise<LookupAddress[]>;

export interface SafeFetchOptions {
  /** Host names, addresses or CIDR ranges of the own network that may be reached. */
  allow?: readonly string[] | undefined;
  /** From connecting to the last byte of the answer. */
  timeoutMs?: number | undefined;
  /** More of an answer is not read. */
  answerBytesMax?: number | undefined;
  /** Resolver; the system's when absent. */
  lookup?: Lookup | undefined;
}

export interface OutgoingRequest {
  method: 'GET' | 'POST' | 'PUT';
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string | Buffer;
}

export type FetchOutcome =
  | { kind: 'answer'; status: number; retryAfter: string | null; body: string }
  /** Not allowed, now or later. */
  | { kind: 'forbidden'; reason: string }
  | { kind: 'failed'; reason: string };

export class SafeFetch {
  readonly #policy: AddressPolicy;
  readonly #timeoutMs: number;
  readonly #answerBytesMax: number;
  readonly #lookup: Lookup;

  constructor(options: SafeFetchOptions) {
    const { allow = [], timeoutMs = TIMEOUT_MS, answerBytesMax = ANSWER_BYTES_MAX } = options;
    this.#policy = new AddressPolicy(allow);
    this.#timeoutMs = timeoutMs;
    this.#answerBytesMax = answerBytesMax;
    this.#lookup = options.lookup ?? resolveAll;
  }

  /** Never throws, and names the other end by its origin alone: the rest of an address may be a key. */
  async send(request: OutgoingRequest): Promise<FetchOutcome> {
    const url = URL.parse(request.url);
    if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
      return { kind: 'forbidden', reason: 'not an http address' };
    const signal = AbortSignal.timeout(this.#timeoutMs);
    try {
      const addresses = await orAbort(this.#resolve(url.hostname), signal);
      if (addresses.length === 0) return { kind: 'failed', reason: `${url.origin}: name has no address` };
      const hostname = bare(url.hostname);
      if (!addresses.every(({ address }) => this.#policy.permits(hostname, address)))
        return {
          kind: 'forbidden',
          reason: `${url.origin}: address is inside a network that is not allowed`,
        };
      return await this.#exchange(url, request, addresses, signal);
    } catch (error) {
      const reason = signal.aborted ? `no answer in ${this.#timeoutMs} ms` : faultOf(error);
      return { kind: 'failed', reason: `${url.origin}: ${reason}` };
    }
  }

  /** Addresses of a name; of an address, itself: Node would not ask a resolver for it. */
  async #resolve(urlHostname: string): Promise<LookupAddress[]> {
    const hostname = bare(urlHostname);
    const family = isIP(hostname);
    return family === 0 ? this.#lookup(hostname) : [{ address: hostname, family }];
  }

  #exchange(
    url: URL,
    { method, headers, body }: OutgoingRequest,
    addresses: LookupAddress[],
    signal: AbortSignal,
  ): Promise<FetchOutcome> {
    const { promise, resolve, reject } = Promise.withResolvers<FetchOutcome>();
    const pinned: RequestOptions['lookup'] = (_hostname, options, answer) => {
      if (options.all === true) answer(null, addresses);
      else answer(null, addresses[0]!.address, addresses[0]!.family);
    };
    const bytes = Buffer.from(body);
    const outgoing = (url.protocol === 'https:' ? httpsRequest : httpRequest)(
      url,
      {
        method,
        headers: { ...headers, ...(method === 'GET' ? {} : { 'content-length': String(bytes.length) }) },
        lookup: pinned,
        // A connection that someone else opened was not judged by us.
        agent: false,
        signal,
      },
      (incoming) => {
        this.#read(incoming).then(resolve, reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(method === 'GET' ? undefined : bytes);
    return promise;
  }

  async #read(incoming: IncomingMessage): Promise<FetchOutcome> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      // Leaving the loop closes the connection.
      if (bytes >= this.#answerBytesMax) break;
    }
    return {
      kind: 'answer',
      status: incoming.statusCode ?? 0,
      retryAfter: incoming.headers['retry-after'] ?? null,
      body: Buffer.concat(chunks).subarray(0, this.#answerBytesMax).toString('utf8'),
    };
  }
}

const lookupAll = promisify(systemLookup);
const resolveAll: Lookup = (hostname) => lookupAll(hostname, { all: true });

/** An IPv6 address without its brackets. */
function bare(urlHostname: string): string {
  return urlHostname.replace(/^\[(.*)\]$/, '$1');
}

/** A resolver cannot be stopped, but need not be waited for. */
function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
  return Promise.race([work, promise]);
}

/** The code alone: a message may repeat the address. */
function faultOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'connection failed';
}
