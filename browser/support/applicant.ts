import { expect, type Locator, type Page } from '@playwright/test';
import { fill, send } from './form.ts';
import { heading, open, press, visit } from './walk.ts';

// A Row is one block of 「識別番号に関する項目」, trades by their labels.
export interface Row {
  sso: '要' | '否';
  trades: string[];
  count?: number;
}

// A Code is one user code to be added; its category is 共用 and its method netNACCS unless said.
export interface Code {
  rows: Row[];
  paid?: boolean;
  free?: boolean;
}

// An Order is an application as the stories tell it.
export interface Order {
  wish: string; // 2024-12-12
  codes: Code[];
  // settings says whether the system settings are filled in completely, as they are unless said.
  settings?: boolean;
}

const trade = (sso: '要' | '否', ...trades: string[]): Row => ({ sso, trades });

// The codes of the stories S1, S2 and S3.
export const splitByNumber: Code = { rows: [trade('否', '通関業'), trade('否', '混載業')], paid: true, free: true };
export const sharedNumber: Code = { rows: [trade('要', '通関業', '混載業')], paid: true, free: true };
export const customs: Code = { rows: [trade('否', '通関業')], paid: true, free: true };
export const consolidation: Code = { rows: [trade('否', '混載業')] };

// Complete settings, by the keys of the catalogue; what the company's own data fills in is left as it is.
const settings: Record<string, string> = {
  company_name_en: 'MIHON SHOJI CO., LTD.', office_name_en: 'TOKYO OFFICE', manager_name: '見本 太郎', manager_name_kana: 'ミホン タロウ',
  licence_number: '第123号', licence_date: '2010-04-01', licence_customs: '1', declaration_office: '1A', authorised: 'no', payment: '直納', deferral: 'なし',
  consolidator_code: 'MHN', airport: 'NRT', bonded_area: '1AW71', area_kind: '保税蔵置場', permitted_until: '2030-03-31',
};

// apply is the whole way from the top menu to the receipt; it ends on the completion page.
export async function apply(page: Page, order: Order): Promise<void> {
  await begin(page);
  await chooseStart(page, order.wish);
  await confirmContact(page);
  for (const code of order.codes) await addCode(page, code, order.settings ?? true);
  await open(page, '次へ進む');
  await register(page);
}

// The trades of the stories by the names of their boxes.
const trades: Record<string, string> = { 通関業: 'customs-broker', 混載業: 'consolidator' };

// hasApplied leads to where apply does, without showing a page before the completion page: for what an application
// comes before. Its codes have one row each.
export async function hasApplied(page: Page, order: Order): Promise<void> {
  const { id, at } = await drafted(page, ['user-code'], order.wish);
  if (!at.endsWith('/codes')) throw new Error(`the contact leads to ${at}`);
  for (const code of order.codes) {
    const [row] = code.rows;
    let next = await fill(page, `${id}/codes/0`, 'set', {
      category: 'common', single_sign_on: row.sso === '要' ? 'yes' : 'no', trades: row.trades.map((name) => trades[name]), method: 'netnaccs',
      count: String(row.count ?? 1), statistics_paid: code.paid ? 'yes' : [], statistics_free: code.free ? 'yes' : [],
    });
    while ((order.settings ?? true) && next.includes('/settings/')) next = await fill(page, next, 'next', settings);
  }
  await visit(page, await fill(page, `${id}/confirm`, 'register', { rules: 'yes' }));
  await heading(page, '変更申込　申込登録完了');
}

// isChanging leads to where change does, in the same way.
export async function isChanging(page: Page, kinds: string[], wish?: string): Promise<void> {
  await visit(page, (await drafted(page, kinds, wish)).at);
}

// drafted begins an application without showing it, up to the contact: its address, and what comes next.
async function drafted(page: Page, kinds: string[], wish?: string): Promise<{ id: string; at: string }> {
  const start = await send(page, '/applications', {});
  const contact = await fill(page, start, 'next', { kinds, reason: '通関業務と混載業務の取扱量が増えるため。', ...(wish ? { desired: wish } : {}) });
  return { id: start.replace('/start', ''), at: await fill(page, contact, 'next', { 'contact.confirmed': 'yes' }) };
}

// begin goes from the top menu to the first page of a new application.
export async function begin(page: Page): Promise<void> {
  await visit(page, '/');
  await open(page, '契約内容の変更');
  await open(page, '契約情報を変更する');
  await heading(page, '申込完了までの流れ');
  await press(page, '申込内容選択へ進む');
}

// chooseStart fills in what to apply for, from when and why. The kinds are those of the catalogue's keys; a re-issue
// alone has no day.
export async function chooseStart(page: Page, wish?: string, kinds: string[] = ['user-code']): Promise<void> {
  for (const kind of kinds) await page.locator(`[name=kinds][value=${kind}]`).check();
  if (wish) await chooseDay(page, wish);
  await page.getByLabel(/^変更する理由/).fill('通関業務と混載業務の取扱量が増えるため。');
  await press(page, '申込担当者の入力へ進む');
}

// change goes from the top menu to the list of codes of a new application of the kinds.
export async function change(page: Page, kinds: string[], wish?: string): Promise<void> {
  await begin(page);
  await chooseStart(page, wish, kinds);
  await confirmContact(page);
}

// chooseDay chooses a day in the calendar, whose month may have to be unfolded first.
export async function chooseDay(page: Page, wish: string): Promise<void> {
  const day = page.locator(`[name=desired][value="${wish}"]`);
  const month = page.locator('.calendar details').filter({ has: day });
  if ((await month.getAttribute('open')) === null) await month.locator('summary').click();
  await day.check();
}

// confirmContact takes the contact that the account prefills.
export async function confirmContact(page: Page): Promise<void> {
  await heading(page, '申込担当者の入力');
  await page.locator('[name="contact.confirmed"]').check();
  await press(page, '次へ進む');
}

// addCode sets one code from the list of codes and returns to it, with complete settings or with none.
export async function addCode(page: Page, code: Code, complete = true): Promise<void> {
  await setCode(page, code);
  await press(page, 'この内容で設定する');
  if (complete) return fillSettings(page);
  await open(page, '申込情報の一覧に戻る');
}

// setCode fills in the page of a new code, every row in its list.
export async function setCode(page: Page, code: Code): Promise<void> {
  await open(page, '新規に利用者コードを追加する');
  await page.getByLabel('共用', { exact: true }).check();
  for (const row of code.rows) await addRow(page, row);
  await page.locator('[name=statistics_paid]').setChecked(code.paid ?? false);
  if (code.free) await page.locator('[name=statistics_free]').check();
}

// addRow fills in the block of a row and adds it to the list.
export async function addRow(page: Page, row: Row): Promise<void> {
  await fillRow(page, row);
  await press(page, '識別番号を追加する');
}

// fillRow fills in the block of a row.
export async function fillRow(page: Page | Locator, row: Row): Promise<void> {
  await page.getByLabel(row.sso, { exact: true }).check();
  for (const name of row.trades) await page.getByLabel(name, { exact: true }).check();
  await page.getByLabel(/^処理方式/).selectOption('netnaccs');
  await page.getByRole('textbox', { name: /^識別番号/ }).fill(String(row.count ?? 1));
}

// fillSettings fills in every tab of a code's system settings, from the one shown on.
export async function fillSettings(page: Page): Promise<void> {
  const onward = page.getByRole('button', { name: /^保存して「.*」へ進む$/ });
  for (;;) {
    await fillTab(page);
    if ((await onward.count()) === 0) break;
    await press(page, /^保存して「.*」へ進む$/);
  }
  await press(page, /^保存(する|して申込内容の一覧へ戻る|して確認画面へ戻る)$/);
}

// fillTab fills in one tab of the settings.
export async function fillTab(page: Page): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    const field = page.locator(`main [name="${name}"]`);
    if ((await field.count()) === 0) continue;
    const kind = await field.first().evaluate((e) => (e as HTMLInputElement).type);
    if (kind === 'radio') await page.locator(`main [name="${name}"][value="${value}"]`).check();
    else if (kind === 'select-one') await field.selectOption(value);
    else await field.fill(value);
  }
}

// register agrees to the rules and registers, from the confirmation on.
export async function register(page: Page): Promise<void> {
  await heading(page, '申込内容の確認');
  await page.locator('[name=rules]').check();
  await press(page, '申込内容を登録する');
  await heading(page, '変更申込　申込登録完了');
}

// receipt is the receipt number on the completion page.
export const receipt = (page: Page): Promise<string> => page.locator('.done-panel .id').innerText();

// openNews opens the newest news, which leads to the application.
export async function openNews(page: Page, subject: string | RegExp): Promise<void> {
  await visit(page, '/');
  await press(page, /^詳細/, page.locator('.news li', { hasText: subject }).first());
}

// readSecrets shows the passwords, from the page 「ID通知内容」 on, and returns them by user ID.
export async function readSecrets(page: Page, password: string): Promise<Record<string, string[]>> {
  await page.getByLabel(/^確認のため、ログインに使うパスワード/).fill(password);
  await press(page, 'パスワードを表示する');
  await heading(page, '利用者IDとパスワード');
  const secrets: Record<string, string[]> = {};
  for (const part of await page.locator('.secret').all()) {
    secrets[await part.locator('.id').innerText()] = await part.locator('.secret-text').allInnerTexts();
  }
  expect(Object.keys(secrets)).not.toHaveLength(0);
  return secrets;
}
