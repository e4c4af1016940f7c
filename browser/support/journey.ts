import { test as base, type BrowserContextOptions, type Page } from '@playwright/test';
import { type Demo, startDemo } from './demo.ts';
import { fill, send } from './form.ts';
import { PASSWORD } from './people.ts';
import { press, visit } from './walk.ts';

export { expect } from '@playwright/test';
export { accessible, unclipped } from './accessible.ts';

interface Options {
  // typing: people sign in by typing on the login page, not without showing it.
  typing: boolean;
  // now is where the demo's clock starts; test.use({ now: '…' }) sets it for a file or a group.
  now: string;
  // host is the name by which browsers reach it; passkeys want a name.
  host: string;
}

// Enter opens a browser of its own for somebody and signs them in.
export type Enter = (login: string, options?: BrowserContextOptions) => Promise<Page>;

// signIn signs somebody in on the login page, by typing.
export async function signIn(page: Page, login: string): Promise<void> {
  await page.getByLabel(/^ログインID/).fill(login);
  await page.getByLabel(/^パスワード/).fill(PASSWORD);
  await press(page, 'ログイン', page.locator('main'));
  if (new URL(page.url()).pathname !== '/login/second') return;
  // The code that the demo shows beside the field counts once: nobody signs in twice within one.
  await page.getByLabel(/^認証アプリのコード/).fill(await page.locator('[data-demo-code]').innerText());
  await press(page, '確認してログイン');
}

// arrive signs somebody in without showing the login page, and opens the page that this leads to.
async function arrive(page: Page, login: string): Promise<void> {
  let to = await send(page, '/login', { to: '/', login, password: PASSWORD });
  if (to.startsWith('/login/second')) {
    const html = await (await page.request.get(to)).text();
    const code = /data-demo-code[^>]*>\s*(\d{6})/.exec(html)?.[1];
    if (!code) throw new Error(`${login} has no code to sign in with: ${html}`);
    to = await fill(page, to, '', { code });
  }
  await visit(page, to);
}

// test is Playwright's test with a product of its own in `demo`: journeys share nothing, so they run
// side by side. page.goto takes paths below the demo's address. `enter` gives each person a
// browser of their own.
export const test = base.extend<Options & { demo: Demo; enter: Enter }>({
  typing: [false, { option: true }],
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
  enter: async ({ browser, typing }, use) => {
    const contexts: { close(): Promise<void> }[] = [];
    await use(async (login, options) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      const page = await context.newPage();
      if (typing) {
        await visit(page, '/login');
        await signIn(page, login);
      } else await arrive(page, login);
      return page;
    });
    for (const context of contexts) await context.close();
  },
  baseURL: async ({ demo }, use) => use(demo.address),
});
