import { test as base, expect, type BrowserContextOptions, type Page } from '@playwright/test';
import { type Demo, startDemo } from './demo.ts';
import { PASSWORD } from './people.ts';
import { press, visit } from './walk.ts';

export { expect } from '@playwright/test';
export { accessible, unclipped } from './accessible.ts';

interface Options {
  // now is where the demo's clock starts; test.use({ now: '…' }) sets it for a file or a group.
  now: string;
  // host is the name by which browsers reach it; passkeys want a name.
  host: string;
}

// Enter opens a browser of its own for somebody and signs them in.
export type Enter = (login: string, options?: BrowserContextOptions) => Promise<Page>;

// signIn signs somebody in on the login page.
export async function signIn(page: Page, login: string): Promise<void> {
  await page.getByLabel(/^ログインID/).fill(login);
  await page.getByLabel(/^パスワード/).fill(PASSWORD);
  await press(page, 'ログイン', page.locator('main'));
  if (new URL(page.url()).pathname === '/login/second') await answerSecond(page);
}

// answerSecond types the code that the demo shows beside the field. Each counts once, so whoever signs in again and
// again waits for the next.
export async function answerSecond(page: Page): Promise<void> {
  const code = page.locator('[data-demo-code]');
  await expect(async () => {
    if (!(await code.count())) await page.reload();
    await expect(code).toHaveText(/^\d{6}$/, { timeout: 1_000 });
  }).toPass({ timeout: 90_000, intervals: [5_000] });
  await page.getByLabel(/^認証アプリのコード/).fill(await code.innerText());
  await press(page, '確認してログイン');
}

// test is Playwright's test with a product of its own in `demo`: journeys share nothing, so they run
// side by side. page.goto takes paths below the demo's address. `enter` gives each person a
// browser of their own.
export const test = base.extend<Options & { demo: Demo; enter: Enter }>({
  now: ['2024-11-29T10:00:00+09:00', { option: true }],
  host: ['127.0.0.1', { option: true }],
  demo: async ({ now, host }, use, info) => {
    const demo = await startDemo(now, host);
    try {
      await use(demo);
    } finally {
      await demo.stop();
      if (info.status !== info.expectedStatus) await info.attach('uketsuke.log', { body: demo.log(), contentType: 'text/plain' });
    }
  },
  enter: async ({ browser }, use) => {
    const contexts: { close(): Promise<void> }[] = [];
    await use(async (login, options) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      const page = await context.newPage();
      await visit(page, '/login');
      await signIn(page, login);
      return page;
    });
    for (const context of contexts) await context.close();
  },
  baseURL: async ({ demo }, use) => use(demo.address),
});
