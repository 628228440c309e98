import { setTimeout as sleep } from 'node:timers/promises';
import type { PushRequest } from './push-request.ts';

/** How long and how often it is tried. */
export type SendOptions = {
  readonly token: string | null;
  /** Tries after the first one. */
  readonly retries: number;
  /** Of one try. */
  readonly timeoutMs: number;
  /** Told before each wait. */
  readonly onRetry: (why: string, waitMs: number) => void;
};

/** Before the second try; twice as long before each next one. */
const firstWaitMs = 500;
const longestWaitMs = 30_000;
/** Of an answer, characters that are shown. */
const shownAnswer = 200;
/** Statuses after which the same request may succeed. */
const passing: readonly number[] = [408, 425, 429, 502, 503, 504];

/**
 * Sends a request until a server takes it. What it refuses for good, and redirections, which could
 * take the token elsewhere, end it at once.
 * @returns the status. @throws Error that says what the last answer was.
 */
export async function send(request: PushRequest, options: SendOptions): Promise<number> {
  for (let tried = 0; ; tried++) {
    const { status, why, retryAfter } = await sendOnce(request, options);
    if (why === '') return status;
    if (tried >= options.retries || !(status === 0 || passing.includes(status))) {
      throw new Error(tried === 0 ? why : `${why} (tried ${tried + 1} times)`);
    }
    const wait = Math.min(longestWaitMs, retryAfter ?? firstWaitMs * 2 ** tried);
    options.onRetry(why, wait);
    await sleep(wait);
  }
}

/** Status 0 = no answer; `why` is empty when all is well. */
async function sendOnce(
  { url, contentType, body }: PushRequest,
  { token, timeoutMs }: SendOptions,
): Promise<{ status: number; why: string; retryAfter: number | null }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: body as Uint8Array<ArrayBuffer>,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        'content-type': contentType,
        ...(token !== null && { authorization: `Bearer ${token}` }),
      },
    });
    const answer = await textOf(response);
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    return {
      status: response.status,
      why: response.ok ? refusedOf(answer) : `the server answers ${response.status}: ${answer}`,
      retryAfter: Number.isFinite(seconds) ? seconds * 1000 : null,
    };
  } catch (error) {
    return { status: 0, why: `no answer: ${reasonOf(error, timeoutMs)}`, retryAfter: null };
  }
}

/** The beginning of an answer; a server may send as much as it likes. */
async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece as Uint8Array, { stream: true });
    if (text.length > shownAnswer) break;
  }
  return text.slice(0, shownAnswer).trim();
}

/** OTLP's servers may take a request and refuse what is in it. */
function refusedOf(answer: string): string {
  const [, count = '0'] = /"rejectedProfiles"\s*:\s*"?(\d+)/.exec(answer) ?? [];
  return count === '0' ? '' : `the server refuses ${count} profiles: ${answer}`;
}

function reasonOf(error: unknown, timeoutMs: number): string {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError') return `none within ${timeoutMs / 1000} s`;
  return cause instanceof Error
    ? cause.message || String((cause as { code?: unknown }).code)
    : message;
}
