import { type Page } from '@playwright/test';
import { customs, hasApplied } from '../support/applicant.ts';
import { csv, save } from '../support/file.ts';
import { expect, test } from '../support/journey.ts';
import { APPLICANT, EXAMINER } from '../support/people.ts';
import { fields, send, type Typed } from '../support/form.ts';
import { open, press, visit } from '../support/walk.ts';

test.use({ now: '2024-12-02T10:00:00+09:00' });
test.slow();

// registerCopies registers copies of an application over HTTP alone, so that a list has several pages. What the forms
// of the first copy send is what those of the others send.
async function registerCopies(page: Page, path: string, wish: string, count: number): Promise<void> {
  const typed: Record<string, Typed> = { start: { desired: wish }, contact: { 'contact.confirmed': 'yes' }, confirm: { rules: 'yes' } };
  const forms: Record<string, URLSearchParams> = {};
  for (let i = 0; i < count; i++) {
    const start = await send(page, `${path}/copy`, {});
    const id = /\/applications\/([^/]+)\//.exec(start)![1];
    for (const step of Object.keys(typed)) {
      const at = `/applications/${id}/${step}`;
      forms[step] ??= await fields(page, at, at, typed[step]);
      forms[step].set('do', step === 'confirm' ? 'register' : 'next');
      await send(page, at, forms[step]);
    }
  }
}

// Filter, search, order and pages of E12 and C1; each CSV holds exactly what is shown, all pages of it.
test('lists of several pages', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await visit(page, '/applications');
  await expect(page.locator('.empty')).toBeVisible();
  await hasApplied(page, { wish: '2024-12-12', codes: [customs] });
  const path = new URL(page.url()).pathname.replace('/registered', '');
  await registerCopies(page, path, '2024-12-13', 54);

  const receipts = async (at: Page): Promise<string[]> => at.locator('main :is(tbody th .id, .queue h3 .id)').allTextContents();
  const everyPage = async (at: Page): Promise<string[]> => {
    const all = await receipts(at);
    while ((await at.getByRole('link', { name: '次のページへ' }).count()) > 0) {
      await open(at, '次のページへ');
      all.push(...(await receipts(at)));
    }
    return all;
  };
  const sheet = async (at: Page): Promise<string[]> => csv(await save(at, 'この一覧をCSVで保存する')).slice(1).map((row) => row[0]);

  const examiner = await enter(EXAMINER);
  for (const [at, list] of [[page, '/applications'], [examiner, '/desk?queue=found']] as const) {
    await visit(at, list);
    expect(await receipts(at), list).toHaveLength(50);
    const whole = await sheet(at);
    expect(await everyPage(at), list).toEqual(whole);
    expect(new Set(whole).size, list).toBe(55);
    await open(at, '前のページへ');
    expect(await receipts(at)).toEqual(whole.slice(0, 50));

    // By receipt number, oldest first, of one wish only.
    await at.getByLabel('並び順').selectOption('receipt');
    await at.getByLabel('順序').selectOption({ index: 0 });
    await at.locator('details', { hasText: '絞り込み' }).locator('summary').click();
    await at.getByLabel('利用開始日（から）').fill('2024-12-13');
    await press(at, /^(表示|検索)する$/);
    const filtered = await everyPage(at);
    expect(filtered).toEqual([...filtered].sort());
    expect(filtered, list).toHaveLength(54);
    expect(await sheet(at), list).toEqual(filtered);

    await at.getByLabel('利用開始日（まで）').fill('2024-12-01');
    await press(at, /^(表示|検索)する$/);
    await expect(at.locator('.summary')).toBeVisible();
    await visit(at, list);
    await at.getByRole('search').getByRole('textbox').first().fill('２４００００７');
    await press(at, /^(表示|検索)する$/);
    expect(await receipts(at), list).toEqual(['2400007A']);
    expect(await sheet(at), list).toEqual(['2400007A']);
    await at.getByRole('search').getByRole('textbox').first().fill('ありえない');
    await press(at, /^(表示|検索)する$/);
    await expect(at.locator('.empty')).toBeVisible();
  }
});
