import type { Page } from './page.ts';

/** As much of a request as matters. */
export interface Request {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}

/** What is answered; to HEAD without its body. */
export interface Answer {
  readonly status: 200 | 404 | 405 | 500 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers a request. @param page undefined: there is none yet */
export async function answerTo({ method, url = '' }: Request, page: Page | undefined): Promise<Answer> {
  if (url.replace(/\?.*$/s, '') !== '/metrics') return plain(404, 'metrics are at /metrics');
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'GET or HEAD', { allow: 'GET, HEAD' });
  if (!page) return plain(503, 'starting', { 'retry-after': '1' });
  try {
    const body = await page.text();
    return { status: 200, headers: { 'content-type': page.contentType }, body };
  } catch {
    return plain(500, 'the figures cannot be read');
  }
}

const plain = (status: Answer['status'], text: string, headers: Answer['headers'] = {}): Answer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  body: `${text}\n`,
});
