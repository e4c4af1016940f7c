import type { Page } from '@playwright/test';
import { startDemo } from '../support/demo.ts';
import { expect, test as base } from '../support/journey.ts';
import { ADMINISTRATOR, APPLICANT, PASSWORD } from '../support/people.ts';
import { type IdentityProvider, startProvider } from '../support/provider.ts';
import { look, press, visit } from '../support/walk.ts';

const test = base.extend<{ provider: IdentityProvider }>({
  provider: async ({}, use) => {
    const provider = await startProvider();
    await use(provider);
    await provider.stop();
  },
  demo: async ({ now, provider }, use) => {
    process.env.UKETSUKE_IDENTITY_PROVIDERS = provider.file;
    const demo = await startDemo(now);
    delete process.env.UKETSUKE_IDENTITY_PROVIDERS;
    await use(demo);
    await demo.stop();
  },
});

// leave presses a button that leads to the provider, whose own pages may wait for letters from elsewhere for ever.
async function leave(page: Page, name: string | RegExp): Promise<void> {
  await page.context().route('https://**', (route) => route.abort());
  await page.getByRole('button', { name }).click();
}

// prove types a name at the provider and agrees there.
async function prove(page: Page, name: string): Promise<void> {
  await page.locator('input[name=login]').fill(name);
  await page.locator('input[name=password]').fill('anything');
  await page.locator('button[type=submit]').click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

// Item 2 of the sign-in: a real provider; a link from inside a session that said again who it is, then sign-ins by it.
test('by an identity provider', async ({ page, enter, provider }) => {
  await visit(page, '/login');
  await leave(page, '社内ログイン でログイン');
  await prove(page, 'alice');
  await expect(page.locator('.summary')).toContainText('結び付いたアカウントはありません');

  const yamada = await enter(APPLICANT);
  await visit(yamada, '/account/identities');
  await yamada.getByLabel(/確認のため/).fill(PASSWORD);
  await press(yamada, '確認して変更へ進む');
  await leave(yamada, /^結び付ける/);
  await prove(yamada, 'alice');
  await expect(yamada.locator('main')).toContainText('結び付け済み');

  await visit(page, '/login');
  await leave(page, '社内ログイン でログイン');
  await page.getByRole('button', { name: 'Continue' }).click(); // the provider knows this browser still
  await expect(page).toHaveURL(/127\.0\.0\.1:\d+\/$/);
  await expect(page.locator('header')).toContainText('山田');

  // A way back that nobody has asked for proves nothing, and a used one neither.
  const stranger = await page.context().browser()!.newPage();
  await visit(stranger, new URL('/login/back/own?code=stolen&state=guessed', page.url()).toString());
  await expect(stranger.locator('.summary')).toContainText('確認できませんでした');
  await stranger.close();

  // Who is stopped comes in by no door.
  const sato = await enter(ADMINISTRATOR);
  await visit(sato, '/people/yamada');
  await sato.getByLabel(/確認のため/).fill(PASSWORD);
  await press(sato, '利用を停止する');
  await visit(page, '/login');
  await leave(page, '社内ログイン でログイン');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.locator('.summary')).toContainText('結び付いたアカウントはありません');

  // The provider is gone: the password still works.
  await provider.kill();
  await visit(page, '/login');
  await leave(page, '社内ログイン でログイン');
  await expect(page.locator('.summary')).toContainText('つながりません');
  await expect(page.getByLabel(/^ログインID/)).toBeVisible();
  await look(page);
});
