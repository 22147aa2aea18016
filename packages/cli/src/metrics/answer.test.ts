import { expect, test } from 'vitest';
import { answerTo } from './answer.ts';
import type { Page } from './page.ts';

const page: Page = { contentType: 'text/x', text: () => Promise.resolve('all\n') };

test.each([
  ['GET', '/metrics', 200],
  ['HEAD', '/metrics', 200],
  ['GET', '/metrics?name[]=up', 200],
  ['GET', '/', 404],
  ['GET', '/metrics/', 404],
  ['GET', '/metricsx', 404],
  ['GET', 'http://127.0.0.1/metrics', 404],
  ['POST', '/metrics', 405],
  ['DELETE', '/other', 404],
  [undefined, undefined, 404],
])('%s %s is answered with %i', async (method, url, status) => {
  const answer = await answerTo({ method, url }, page);
  expect(answer.status).toBe(status);
  if (status === 200) expect(answer).toMatchObject({ headers: { 'content-type': 'text/x' }, body: 'all\n' });
  if (status === 405) expect(answer.headers).toMatchObject({ allow: 'GET, HEAD' });
});

test('before there is a page, and when it cannot be made, that is said and nothing more', async () => {
  const get = { method: 'GET', url: '/metrics' };
  expect(await answerTo(get, undefined)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  const broken: Page = { contentType: 'text/x', text: () => Promise.reject(new Error('secret')) };
  const answer = await answerTo(get, broken);
  expect(answer.status).toBe(500);
  expect(answer.body).not.toContain('secret');
});
