import { type Page } from '@playwright/test';
import { expect, test } from '../support/journey.ts';
import { APPLICANT, EXAMINER, PASSWORD } from '../support/people.ts';
import { follow, heading } from '../support/walk.ts';

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
