import type { LiveChoice } from '../live-update.ts';

/** How a live server is reached. */
export type LiveServerOptions = {
  /** Default: 0, any that is free. */
  readonly port?: number;
  /** Default: `127.0.0.1`, this machine alone. */
  readonly hostname?: string;
  /** What viewers must know. Default: a random one. */
  readonly token?: string;
};

const highestPort = 65535;
/** Rows of an update at most, and where nobody says. */
const mostRows = 1000;
const defaultRows = 200;

/** @throws TypeError or RangeError for bad options. */
export function checkedOptions({
  port = 0,
  hostname = '127.0.0.1',
  token,
}: LiveServerOptions): Required<Omit<LiveServerOptions, 'token'>> & { token: string | undefined } {
  if (!Number.isInteger(port) || port < 0 || port > highestPort) {
    throw new RangeError(
      `port must be an integer in 0..${highestPort} (0 = any that is free), got ${String(port)}`,
    );
  }
  if (typeof hostname !== 'string' || hostname === '') {
    throw new TypeError(`hostname must be a name or an address, got ${String(hostname)}`);
  }
  if (token !== undefined && (typeof token !== 'string' || token === '')) {
    throw new TypeError('token must be a text that is not empty, or left out for a random one');
  }
  return { port, hostname, token };
}

/** What a viewer chooses by an address, or why it can't be chosen. */
export function choiceOf(parameters: URLSearchParams): LiveChoice | string {
  const limit = parameters.get('limit');
  return checkedChoice(
    parameters.get('label'),
    limit === null ? defaultRows : limit.trim() === '' ? Number.NaN : Number(limit),
  );
}

/** What a viewer chooses by a message, or why it can't be chosen. */
export function choiceOfMessage(text: string): LiveChoice | string {
  const wanted = 'a viewer may say {"type":"choose","label":text or null,"limit":number}';
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return wanted;
  }
  if (typeof message !== 'object' || message === null) return wanted;
  const { type, label = null, limit = defaultRows } = message as Record<string, unknown>;
  if (type !== 'choose' || (label !== null && typeof label !== 'string')) return wanted;
  return checkedChoice(label, limit);
}

function checkedChoice(label: string | null, limit: unknown): LiveChoice | string {
  if (Number.isInteger(limit) && (limit as number) >= 1 && (limit as number) <= mostRows) {
    return { label, limit: limit as number };
  }
  return `limit must be an integer in 1..${mostRows}`;
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'it is in use already',
  EACCES: 'this user may not',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such host',
};

/** What the system says, in words and with a remedy. */
export function listenError(error: NodeJS.ErrnoException, hostname: string, port: number): Error {
  const { code = '' } = error;
  const why = reasons[code] === undefined ? error.message : `${reasons[code]} (${code})`;
  return new Error(
    `port ${port} of ${hostname} can't be served: ${why}; name another one, or 0 for any that is free`,
    { cause: error },
  );
}
