import type { Notice, NoticeCode, NoticeValues } from '../../core/notice.ts';

/** What is wrong with a connection to a broker, in words for the health page. Never holds a user's password. */
export interface BrokerFault {
  detail: string;
  remedy: string;
  notice: Notice;
}

/** Codes that hold the address and nothing else. */
type AddressCode = {
  [C in NoticeCode]: 'address' extends keyof NoticeValues[C]
    ? { address: string } extends NoticeValues[C]
      ? C
      : never
    : never;
}[NoticeCode];

interface KnownFault {
  code: AddressCode;
  detail: string;
  remedy: string;
}

const CREDENTIALS: KnownFault = {
  code: 'mqtt-credentials',
  detail: 'the broker refused the user name or password',
  remedy: 'Check MQTT_USERNAME and MQTT_PASSWORD against the users of the broker.',
};
const CLIENT_ID: KnownFault = {
  code: 'mqtt-client-id',
  detail: 'the broker refused the client identifier',
  remedy: 'Set mqtt.clientId to a name that the broker accepts.',
};
const VERSION: KnownFault = {
  code: 'mqtt-version',
  detail: 'the broker does not speak this version of MQTT',
  remedy: 'Set mqtt.protocolVersion to 4 (MQTT 3.1.1).',
};
const BUSY: KnownFault = {
  code: 'mqtt-busy',
  detail: 'the broker is not ready to take connections',
  remedy: 'Look at the log of the broker; the connection is tried again.',
};
const NOT_ALLOWED: KnownFault = {
  code: 'mqtt-not-allowed',
  detail: 'the broker does not allow this user to connect',
  remedy: 'Check MQTT_USERNAME and MQTT_PASSWORD, and the access rules of the broker.',
};

/** CONNACK codes: 1–5 of MQTT 3.1.1 table 3.1, 128 and up of MQTT 5 §3.2.2.2. */
const BY_CONNACK: ReadonlyMap<number, KnownFault> = new Map([
  [1, VERSION],
  [2, CLIENT_ID],
  [3, BUSY],
  [4, CREDENTIALS],
  [5, NOT_ALLOWED],
  [132, VERSION],
  [133, CLIENT_ID],
  [134, CREDENTIALS],
  [135, NOT_ALLOWED],
  [136, BUSY],
  [137, BUSY],
  [138, NOT_ALLOWED],
]);

const CERTIFICATE_OF_BROKER: KnownFault = {
  code: 'mqtt-certificate-unknown',
  detail: 'the certificate of the broker is not signed by a known authority',
  remedy: 'Set MQTT_CA to the PEM file of the authority that signed it.',
};

/** Error codes of Node's sockets and TLS. */
const BY_CODE: Readonly<Record<string, KnownFault>> = {
  ECONNREFUSED: {
    code: 'mqtt-nothing-listens',
    detail: 'nothing listens at the address of the broker',
    remedy: 'Start the broker, or correct host and port in MQTT_URL.',
  },
  ENOTFOUND: {
    code: 'mqtt-host-unknown',
    detail: 'the name of the broker is unknown',
    remedy: 'Correct the host in MQTT_URL, or the name service of this machine.',
  },
  EAI_AGAIN: {
    code: 'mqtt-no-name-service',
    detail: 'the name service does not answer',
    remedy: 'Check the name service of this machine.',
  },
  ETIMEDOUT: {
    code: 'mqtt-silent',
    detail: 'the broker does not answer',
    remedy: 'Check the network and the firewall between here and the broker.',
  },
  EHOSTUNREACH: {
    code: 'mqtt-no-route',
    detail: 'there is no route to the broker',
    remedy: 'Check the network between here and the broker.',
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE_OF_BROKER,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CERTIFICATE_OF_BROKER,
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE_OF_BROKER,
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE_OF_BROKER,
  CERT_HAS_EXPIRED: {
    code: 'mqtt-certificate-expired',
    detail: 'the certificate of the broker has expired',
    remedy: 'Renew the certificate of the broker, and check the clock of this machine.',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    code: 'mqtt-certificate-name',
    detail: 'the certificate of the broker is for another name',
    remedy: 'Use in MQTT_URL a host name that the certificate lists.',
  },
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: {
    code: 'mqtt-certificate-wanted',
    detail: 'the broker asks for a client certificate',
    remedy: 'Set MQTT_CERT and MQTT_KEY.',
  },
};

/** Said by the library itself, which gives these no code. */
const SILENCE = /^(connack|keepalive) timeout$/i;

/** Reads the error of a failed attempt; `address` is host and port. */
export function explainFault(error: unknown, address: string): BrokerFault {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const said = typeof message === 'string' ? message : '';
  const name = SILENCE.test(said) ? 'ETIMEDOUT' : String(code);
  const known = typeof code === 'number' ? BY_CONNACK.get(code) : BY_CODE[name];
  if (known !== undefined) {
    const notice: Notice = { code: known.code, values: { address } };
    return { detail: `${address}: ${known.detail}`, remedy: known.remedy, notice };
  }
  if (name.startsWith('ERR_SSL')) {
    return {
      detail: `${address}: the TLS handshake failed (${name})`,
      remedy: 'Check MQTT_CA, MQTT_CERT and MQTT_KEY, and the TLS settings of the broker.',
      notice: { code: 'mqtt-tls', values: { address, error: name } },
    };
  }
  return {
    detail: `${address}: ${said === '' ? 'connection failed' : said}`,
    remedy: 'Check MQTT_URL and the log of the broker.',
    notice: { code: 'mqtt-failed', values: { address, error: said } },
  };
}

/** Host and port of a broker URL, never its user and password. */
export function brokerAddress(url: string): string {
  try {
    const { protocol, host } = new URL(url);
    return `${protocol}//${host}`;
  } catch {
    return '(not a URL)';
  }
}
