import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasApplied, openNews, readSecrets, sharedNumber } from '../support/applicant.ts';
import { approve, claim } from '../support/examiner.ts';
import { expect, test } from '../support/journey.ts';
import { mails } from '../support/mail.ts';
import { paper } from '../support/paper.ts';
import { ADMINISTRATOR, ADMINISTRATOR_MAIL, APPLICANT, EXAMINER, PASSWORD, VIEWER } from '../support/people.ts';
import { heading, look, open, passTo, setClock, visit } from '../support/walk.ts';

test.use({ now: '2024-11-29T10:00:00+09:00' });

// filesOf lists every file below a folder.
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));

// S5: the passwords are read from the approval to the end of the second business day after the start, and
// by nobody afterwards.
test('S5 the reading period', async ({ enter, demo }) => {
  const page = await enter(APPLICANT);
  await hasApplied(page, { wish: '2024-12-10', codes: [sharedNumber] });
  const address = page.url().replace('/registered', '');

  const examiner = await enter(EXAMINER);
  await setClock(examiner, '2024-12-02T10:00');
  await claim(examiner, '2400001A');
  await approve(examiner);
  await expect(examiner.locator('main')).toContainText('2024年12月4日(水)'); // settings deadline
  await expect(examiner.locator('main')).toContainText('2024年12月12日(木)'); // last reading day
  expect(filesOf(join(demo.folder, 'keys')).some((file) => file.includes('2024-12-12'))).toBe(true);

  await openNews(page, '2400001A');
  await expect(page.getByRole('link', { name: '承認通知を出力する' })).toHaveCount(0);
  await expect(page.locator('main')).toContainText('まだ出力できません。利用開始日の2024年12月10日(火)から出力できます。');
  await open(page, 'ID通知内容');
  await expect(page.locator('figure.period')).toContainText('参照可能');
  const secrets = Object.values(await readSecrets(page, PASSWORD)).flat();
  expect(secrets).toHaveLength(2);
  for (const secret of secrets) expect(secret).toMatch(/^[A-HJ-NP-Z2-9]{8}$/);

  // Shown once: a reload, the back button and the viewer do not get them again.
  await page.reload();
  await look(page);
  await heading(page, '申込 2400001A');
  for (const secret of secrets) await expect(page.locator('body')).not.toContainText(secret);
  await mails(await page.context().newPage(), 'パスワード参照のお知らせ', 1).then(([letter]) => expect(letter.to).toBe(ADMINISTRATOR_MAIL));
  const viewer = await enter(VIEWER);
  await visit(viewer, new URL(`${address}/ids`).pathname);
  await expect(viewer.getByRole('button', { name: 'パスワードを表示する' })).toHaveCount(0);
  await expect(viewer.locator('main')).toContainText('パスワードを参照できるのは、管理責任者と、この申込を登録した方です。');

  // From the start date the notice of approval is there, without any secret.
  const administrator = await enter(ADMINISTRATOR);
  await passTo(administrator, '2024-12-10T09:00');
  await visit(administrator, new URL(address).pathname);
  const notice = await paper(administrator, '承認通知を出力する');
  for (const text of ['システムサービス利用契約変更通知', '通知第24-00001号', '2400001A', '1ANAC', 'A0A', '2024年12月10日']) expect(notice).toContain(text);
  for (const secret of secrets) expect(notice).not.toContain(secret);

  // The last minute, and the first after it.
  await passTo(administrator, '2024-12-12T23:59');
  await visit(administrator, new URL(`${address}/ids`).pathname);
  expect(Object.values(await readSecrets(administrator, PASSWORD)).flat()).toEqual(secrets);
  await passTo(administrator, '2024-12-13T00:00');
  await visit(administrator, new URL(`${address}/ids`).pathname);
  await expect(administrator.locator('figure.period')).toContainText('参照不可');
  await expect(administrator.locator('main')).toContainText('参照期間を過ぎました');
  await expect(administrator.getByRole('button', { name: 'パスワードを表示する' })).toHaveCount(0);

  for (const path of ['/', `${new URL(address).pathname}`, `${new URL(address).pathname}/ids`, `${new URL(address).pathname}/prepare`]) {
    const text = await (await administrator.request.get(path)).text();
    expect(secrets.filter((secret) => text.includes(secret)), path).toEqual([]);
  }

  // The key is gone, and no file of the running service holds a secret in clear: not the database, not its
  // write-ahead log, not the product's log, not a mail.
  expect(filesOf(join(demo.folder, 'keys')).filter((file) => file.includes('2024-12-12'))).toEqual([]);
  for (const file of filesOf(demo.folder)) {
    const text = readFileSync(file, 'latin1');
    expect(secrets.filter((secret) => text.includes(secret)), file).toEqual([]);
  }
});
