import { type Page } from '@playwright/test';
import { customs, hasApplied, isChanging } from '../support/applicant.ts';
import { expect, test } from '../support/journey.ts';
import { APPLICANT, COLLEAGUE, EXAMINER, OSAKA, PASSWORD, SUPERVISOR } from '../support/people.ts';
import { follow, heading, visit } from '../support/walk.ts';

test.use({ now: '2024-12-02T10:00:00+09:00' });

// FOCUSED tells what has the focus: its name as a screen reader would say it begins the text.
const FOCUSED = `(() => {
  const e = document.activeElement;
  const label = e.labels?.[0]?.innerText ?? e.getAttribute('aria-label') ?? e.innerText ?? '';
  const style = getComputedStyle(e);
  return { text: label.replace(/\\s+/g, ' ').trim(), name: e.getAttribute('name') ?? '', seen: style.outlineStyle !== 'none' || style.boxShadow !== 'none' };
})()`;

// reach presses Tab until the named thing has the focus, from which the eye can see where it is.
async function reach(page: Page, wanted: string | RegExp): Promise<void> {
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press('Tab');
    const at = (await page.evaluate(FOCUSED)) as { text: string; name: string; seen: boolean };
    if (!(typeof wanted === 'string' ? at.text === wanted || at.name === wanted : wanted.test(at.text))) continue;
    expect(at.seen, `the focus on ${at.text} can be seen`).toBe(true);
    return;
  }
  throw new Error(`${page.url()}: Tab never reaches ${wanted}`);
}

// hit reaches something and presses Enter on it.
async function hit(page: Page, wanted: string | RegExp): Promise<void> {
  await reach(page, wanted);
  await follow(page, () => page.keyboard.press('Enter'));
}

// type reaches a field and types over what it holds.
async function type(page: Page, field: string | RegExp, text: string): Promise<void> {
  await reach(page, field);
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(text);
}

async function signInByKeys(page: Page, login: string): Promise<void> {
  await page.goto('/login');
  await type(page, 'login', login);
  await page.keyboard.press('Tab');
  await page.keyboard.type(PASSWORD);
  await follow(page, () => page.keyboard.press('Enter'));
  if (new URL(page.url()).pathname !== '/login/second') return;
  await type(page, 'code', await page.locator('[data-demo-code]').innerText());
  await follow(page, () => page.keyboard.press('Enter'));
}

// The whole wizard and the approval with the keyboard alone.
test('the wizard and the approval by keyboard', async ({ page, browser }) => {
  await signInByKeys(page, APPLICANT);
  await hit(page, '契約内容の変更');
  await hit(page, '契約情報を変更する');
  await hit(page, '申込内容選択へ進む');
  await reach(page, 'kinds');
  await page.keyboard.press('Space');
  await reach(page, 'desired');
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowRight');
  await type(page, 'reason', 'キーボードだけで申し込みます。');
  await hit(page, '申込担当者の入力へ進む');
  await reach(page, 'contact.confirmed');
  await page.keyboard.press('Space');
  await hit(page, '次へ進む');
  await hit(page, '新規に利用者コードを追加する');
  await reach(page, 'category');
  await page.keyboard.press('Space');
  await reach(page, 'single_sign_on');
  await page.keyboard.press('ArrowDown');
  await reach(page, /^通関業/);
  await page.keyboard.press('Space');
  await reach(page, 'method');
  await page.keyboard.press('ArrowDown');
  await hit(page, 'この内容で設定する');
  await heading(page, '追加1のシステム設定');
  await hit(page, '保存して申込内容の一覧へ戻る');
  await hit(page, '次へ進む');
  await reach(page, 'rules');
  await page.keyboard.press('Space');
  await hit(page, '申込内容を登録する');
  await expect(page.locator('.done-panel')).toContainText('2400001A');

  const desk = await (await browser.newContext()).newPage();
  await signInByKeys(desk, EXAMINER);
  await hit(desk, '未担当の申込を見る');
  await hit(desk, /^担当する/);
  await type(desk, 'password', PASSWORD);
  await hit(desk, '承認して発行する');
  await heading(desk, '発行内容 2400001A');
  await desk.context().close();
});

// The first Tab leads past the header, and Enter on a wrong form leads to what is wrong.
test('skip link and error summary', async ({ page }) => {
  await page.goto('/login');
  await page.keyboard.press('Tab');
  await expect(page.locator('a.skip')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toBeFocused();
  await reach(page, 'login');
  await follow(page, () => page.keyboard.press('Enter'));
  await expect(page.locator('.summary')).toBeFocused();
});

// The page of a code that exists: what is wrong is reached, and set right.
test('an existing code by keyboard', async ({ enter }) => {
  const page = await enter(OSAKA);
  await isChanging(page, ['user-code', 'ident-number'], '2024-12-12');
  await hit(page, '変更 4BNAC');
  await heading(page, '利用者コード 4BNAC の変更');
  await reach(page, 'statistics_free');
  await page.keyboard.press('Space');
  await reach(page, /^4BNACA0B/);
  await page.keyboard.press('Enter'); // unfolds the user ID
  await reach(page, /^通関業/);
  await page.keyboard.press('Space');
  await hit(page, 'この内容で設定する');
  await expect(page.locator('.summary')).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter'); // leads to what is wrong
  expect(await page.evaluate('document.activeElement.closest(".field") !== null || document.activeElement.closest("details") !== null')).toBe(true);
  await page.goto(page.url().replace(/\/existing.*/, '/codes'));
  await hit(page, '変更 4BNAC');
  await reach(page, 'statistics_free');
  await page.keyboard.press('Space');
  await reach(page, 'remove');
  await page.keyboard.press('ArrowDown'); // a box, not a choice of one: nothing happens
  await reach(page, /^4BNACA0C/);
  await page.keyboard.press('Space');
  await hit(page, 'この内容で設定する');
  await heading(page, '申込情報');
  await expect(page.locator('table.codes').first()).toContainText('削除');
});

// Four eyes with the keyboard alone: switched on, proposed, approved by somebody else.
test('four eyes by keyboard', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await hasApplied(page, { wish: '2024-12-12', codes: [customs] });
  const supervisor = await enter(SUPERVISOR);
  await hit(supervisor, '二人承認');
  await type(supervisor, 'password', PASSWORD);
  await hit(supervisor, '確認する');
  await hit(supervisor, '利用者コードを二人承認にする');
  const examiner = await enter(EXAMINER);
  await visit(examiner, '/desk?queue=unclaimed');
  await hit(examiner, /^担当する/);
  await hit(examiner, '承認を提案する');
  const colleague = await enter(COLLEAGUE);
  await visit(colleague, new URL(examiner.url()).pathname.replace(/\/propose$/, ''));
  await hit(colleague, '承認する'); // without the password: refused, and the field is reached
  await expect(colleague.locator('.summary')).toBeFocused();
  await type(colleague, 'password', PASSWORD);
  await hit(colleague, '承認する');
  await heading(colleague, '発行内容 2400001A');
});

// A day off with its preview, and a mail sent again, with the keyboard alone.
test('calendar and mail by keyboard', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await hasApplied(page, { wish: '2024-12-12', codes: [customs] });
  const supervisor = await enter(SUPERVISOR);
  await hit(supervisor, '暦');
  await reach(supervisor, 'day');
  for (const typed of ['20241227', '12272024']) { // the order of its parts is the browser's own
    await supervisor.keyboard.type(typed);
    if ((await supervisor.locator('[name=day]').first().inputValue()) === '2024-12-27') break;
    for (let i = 0; i < 3; i++) await supervisor.keyboard.press('ArrowLeft');
  }
  await type(supervisor, 'name', '棚卸日');
  await hit(supervisor, /^影響を確認する/);
  await heading(supervisor, '暦の変更の確認');
  await hit(supervisor, 'この内容で保存する');
  await expect(supervisor.locator('.year')).toContainText('棚卸日');
  await hit(supervisor, 'メール');
  await hit(supervisor, /^受付完了/);
  await hit(supervisor, 'もう一度送る');
  await expect(supervisor.locator('.notice').first()).toBeVisible();
});
