import { customs, hasApplied } from '../support/applicant.ts';
import { approve, claim } from '../support/examiner.ts';
import { download } from '../support/file.ts';
import { expect, test } from '../support/journey.ts';
import { APPLICANT, EXAMINER, SUPERVISOR, VIEWER } from '../support/people.ts';
import { heading, open, passTo, press, visit } from '../support/walk.ts';

test.use({ now: '2024-12-02T10:00:00+09:00' });

// E15: the files that the centre hands out, and the U業務 ticked off from the start date on.
test('from the approval to the first U業務', async ({ enter }) => {
  const page = await enter(APPLICANT);
  await visit(page, '/files');
  await expect(page.locator('main')).toContainText('まだ取得できません');
  await hasApplied(page, { wish: '2024-12-12', codes: [customs] });
  const address = new URL(page.url()).pathname.replace('/registered', '');
  const examiner = await enter(EXAMINER);
  await claim(examiner, '2400001A');
  await approve(examiner);

  const supervisor = await enter(SUPERVISOR);
  await visit(supervisor, '/desk/files');
  await expect(supervisor.locator('.empty')).toBeVisible();
  await press(supervisor, '登録する');
  await expect(supervisor.locator('.summary')).toBeVisible();
  const begins: Record<string, string> = { デジタル証明書: '\x30\x82\x0a\x00', パッケージソフト: 'PK\x03\x04' };
  const give = async (kind: string, name: string, establishment: string, terminal: string) => {
    await supervisor.getByLabel(kind, { exact: true }).check();
    await supervisor.getByLabel(/^事業所（/).fill(establishment);
    await supervisor.getByLabel(/^端末の番号/).fill(terminal);
    await supervisor.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.concat([Buffer.from(begins[kind], 'latin1'), Buffer.from(`content of ${name}`)]) });
    await press(supervisor, '登録する');
  };
  await give('デジタル証明書', 'tokyo-1.p12', 'nac-tokyo', '9'); // there is no ninth terminal
  await expect(supervisor.locator('.summary')).toBeVisible();
  await give('デジタル証明書', 'tokyo-1.p12', 'nac-tokyo', '1');
  await expect(supervisor.locator('main table')).toContainText('tokyo-1.p12');
  await give('パッケージソフト', 'package.zip', '', '');
  await expect(supervisor.locator('main table')).toContainText('package.zip');

  await visit(page, `${address}/prepare`);
  expect(await download(page, page.getByRole('button', { name: /^取得する tokyo-1.p12/ }))).toContain('content of tokyo-1.p12');
  await visit(page, '/files');
  expect(await download(page, page.getByRole('button', { name: /^取得する package.zip/ }))).toContain('content of package.zip');
  await visit(page, '/files');
  await expect(page.locator('main')).toContainText('山田 花子');
  await visit(examiner, '/desk/files');
  await expect(examiner.getByRole('button', { name: '登録する' })).toHaveCount(0);
  await expect(examiner.getByRole('link', { name: /取り下げる/ })).toHaveCount(0);

  // Ticks are set from the start date on.
  await visit(page, `${address}/prepare`);
  await expect(page.getByRole('button', { name: /済みにする/ })).toHaveCount(0);
  await passTo(page, '2024-12-12T09:00');
  await visit(page, `${address}/prepare`);
  const setup = page.locator('details.setup');
  const all = await setup.locator('.checklist li').count();
  expect(all).toBeGreaterThan(1);
  await press(page, /^済みにする/, setup.locator('li').first());
  await expect(setup).toContainText(`済み 1／${all}`);
  await press(page, /^しるしを取り消す/, setup);
  await press(page, /^残りをすべて済みにする/, setup);
  await expect(setup).toContainText('すべて済み');
  const viewer = await enter(VIEWER);
  await visit(viewer, `${address}/prepare`);
  await expect(viewer.locator('main form')).toHaveCount(0);

  await visit(supervisor, '/desk/files');
  await open(supervisor, /^取り下げる package.zip/);
  await heading(supervisor, 'このファイルを取り下げますか');
  await press(supervisor, '取り下げる');
  await visit(page, '/files');
  await expect(page.getByRole('button', { name: /package.zip/ })).toHaveCount(0);
});
