import { type APIResponse, type Page } from '@playwright/test';
import { begin, chooseStart, consolidation, customs, hasApplied, isChanging } from '../support/applicant.ts';
import { approve, claim, find, giveBack } from '../support/examiner.ts';
import { expect, type Enter, test } from '../support/journey.ts';
import { ADMINISTRATOR, APPLICANT, EXAMINER, OSAKA_ADMINISTRATOR, SUPERVISOR, VIEWER, YOKOHAMA } from '../support/people.ts';
import { first, kindOf, KINDS, open, PHONE, press, visit } from '../support/walk.ts';

// At a phone's width, which is the harder one for a page's text.
test.use({ now: '2024-12-02T10:00:00+09:00', viewport: PHONE });
test.slow();

// A Post is one button of one form, with what it sends.
interface Post {
  action: string;
  files: boolean; // whether the form may carry files
  fields: [string, string][];
}

// A Found is what a page leads to.
interface Found {
  headings: number;
  ways: number; // links that lead on from the page's own part, or back
  bare: number; // tables without a row and lists without a point
  links: string[];
  posts: Post[];
  state: string;
}

// READ finds in a page's HTML, without loading it, what it leads to: links, GET forms as they are sent
// unchanged, and each button of each POST form with what it sends.
const READ = `(html) => {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const fields = (form) => [...new FormData(form)].filter(([, value]) => typeof value === 'string');
  const forms = [...page.forms];
  const gets = forms.filter((f) => f.method === 'get').map((f) => f.getAttribute('action') + '?' + new URLSearchParams(fields(f)));
  const posts = forms.filter((f) => f.method === 'post').flatMap((f) => [...f.querySelectorAll('button')].map((b) => ({
    action: b.getAttribute('formaction') ?? f.getAttribute('action'), files: f.enctype === 'multipart/form-data', fields: b.name ? [...fields(f), [b.name, b.value]] : fields(f) })));
  return {
    headings: page.querySelectorAll('h1').length,
    ways: page.querySelectorAll('main a[href], .back a[href], .nav a[href]').length,
    bare: [...page.querySelectorAll('main tbody, main ul, main ol, main dl')].filter((list) => list.children.length === 0).length,
    links: [...page.querySelectorAll('a[href]')].map((a) => a.getAttribute('href')).concat(gets),
    posts,
    state: (${KINDS})(page),
  };
}`;

// A Crawl is everything that one person can reach.
interface Crawl {
  kinds: Set<string>; // addresses with a star for what tells applications and codes apart
  posts: Map<string, Post>;
}

// MOST is how many things of a kind are asked for, and ASKED how many values of the same questions: there is a contract of
// every day. That every link leads somewhere, internal/web asks of eight of a kind with every check, and of all in `make
// thorough`.
const MOST = 12;
const ASKED = process.env.UKETSUKE_THOROUGH ? 12 : 3;

// crawl follows every link from a page on. Each kind of page is also opened for real and looked at, in every state that
// it has for somebody.
async function crawl(page: Page, from: string): Promise<Crawl> {
  const seen = new Set<string>();
  const kinds = new Set<string>();
  const asked = new Map<string, number>();
  const posts: Crawl['posts'] = new Map();
  const queue = [from];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const [kind, query] = [kindOf(path.replace(/\?.*/, '')), [...new URL(path, 'http://demo').searchParams.keys()].join()];
    const times = (asked.get(`${kind}?${query}`) ?? 0) + 1;
    asked.set(`${kind}?${query}`, times);
    if (times > (query ? ASKED : MOST)) continue;
    const answer = await page.request.get(path);
    expect.soft(answer.status(), `GET ${path}`).toBe(200);
    if (!(answer.headers()['content-type'] ?? '').startsWith('text/html')) {
      kinds.add(kind);
      continue;
    }
    const found = (await page.evaluate(`(${READ})(${JSON.stringify(await answer.text())})`)) as Found;
    expect.soft(found.headings, `headings on ${path}`).toBe(1);
    expect.soft(found.ways, `ways on or back on ${path}`).toBeGreaterThan(0);
    expect.soft(found.bare, `tables and lists with nothing in them on ${path}`).toBe(0);
    for (const link of found.links) follow(link, answer.url(), queue);
    for (const post of found.posts) posts.set(keyOf(post, answer.url()), { ...post, action: new URL(post.action, answer.url()).pathname });
    if (!kinds.has(kind) && first(`crawl ${kind} ${found.state}`)) await visit(page, path);
    kinds.add(kind);
  }
  return { kinds, posts };
}

// follow queues a link of this site; what stands outside the demo is not ours to ask.
function follow(link: string, at: string, queue: string[]): void {
  const to = new URL(link, at);
  if (to.origin === new URL(at).origin && !to.pathname.startsWith('/demo/')) queue.push(to.pathname + to.search);
}

const keyOf = (post: Post, at: string): string =>
  `${new URL(post.action, at).pathname} ${post.fields.filter(([name]) => name === 'do').join()}`;

// submit sends what a button would send.
const submit = (page: Page, post: Post): Promise<APIResponse> => page.request.post(post.action, {
  headers: { 'sec-fetch-site': 'same-origin', ...(post.files ? {} : { 'content-type': 'application/x-www-form-urlencoded' }) },
  ...(post.files ? { multipart: { ...Object.fromEntries(post.fields), nothing: '' } } : { data: new URLSearchParams(post.fields).toString() }), maxRedirects: 0,
});

// pressAll presses every button that was offered, the destructive ones last, and none is refused: the form
// may be incomplete or the page old, but it is never forbidden or unknown.
async function pressAll(people: { page: Page; crawl: Crawl }[]): Promise<void> {
  const last = /discard|remove|withdraw|void|delete|erase|copy|mode/;
  const presses = people.flatMap(({ page, crawl }) => [...crawl.posts.values()].map((post) => ({ page, post })));
  presses.sort((a, b) => Number(last.test(a.post.action)) - Number(last.test(b.post.action)));
  for (const { page, post } of presses) {
    if (post.action.startsWith('/demo/') || post.action === '/language' || post.action === '/logout') continue;
    const answer = await submit(page, post);
    expect.soft([200, 303, 400, 409, 422], `POST ${post.action} ${post.fields}`).toContain(answer.status());
  }
}

// everything crawls for several people, each of whom reaches at least some kinds of pages, and presses all they found.
async function everything(people: { page: Page; from: string; reaches: string[] }[]): Promise<void> {
  const crawls = [];
  for (const person of people) {
    const found = await crawl(person.page, person.from);
    expect.soft([...found.kinds]).toEqual(expect.arrayContaining(person.reaches));
    crawls.push({ page: person.page, crawl: found });
  }
  await pressAll(crawls);
}

const seen = ['/', '/contract', '/contract/compare', '/charges', '/files', '/applications', '/charges.pdf'];
const desk = [
  '/desk', '/desk/calendar', '/desk/news', '/desk/mails', '/desk/mails/templates', '/desk/operations', '/desk/rules', '/desk/files',
  '/desk/establishments', '/desk/establishments/*', '/desk/establishments/*/contract', '/desk/establishments/*/contract/compare',
  '/desk/establishments/*/contract/codes/*', '/desk/establishments/*/contract/ids/*', '/desk/establishments/*/charges',
];
const supervised = ['/desk/usage', '/desk/news/new', '/desk/establishments/*/people/new'];

// enterAll opens a browser for each.
const enterAll = async (enter: Enter, logins: string[]): Promise<Page[]> => {
  const pages = [];
  for (const login of logins) pages.push(await enter(login));
  return pages;
};

// On the first day every list is empty, and says so.
test('no dead end on the first day', async ({ enter }) => {
  const [applicant, administrator, viewer, yokohama, examiner, supervisor] = await enterAll(enter, [APPLICANT, ADMINISTRATOR, VIEWER, YOKOHAMA, EXAMINER, SUPERVISOR]);
  for (const path of ['/', '/contract?tab=net', '/applications', '/files']) {
    await visit(applicant, path);
    await expect.soft(applicant.locator('.empty').first(), path).toBeVisible();
  }
  for (const path of ['/desk', '/desk?queue=mine', '/desk?queue=found', '/desk/mails', '/desk/news', '/desk/files']) {
    await visit(supervisor, path);
    await expect.soft(supervisor.locator('.empty').first(), path).toBeVisible();
  }
  await everything([
    { page: applicant, from: '/', reaches: [...seen, '/apply'] }, { page: administrator, from: '/', reaches: [...seen, '/apply'] },
    { page: viewer, from: '/', reaches: seen }, { page: yokohama, from: '/', reaches: [...seen, '/contract/codes/*', '/contract/ids/*'] },
    { page: examiner, from: '/desk', reaches: desk }, { page: supervisor, from: '/desk', reaches: [...desk, ...supervised] },
  ]);
});

// Every link leads to a page, for the people of the establishment, and no button is refused that was offered.
test('no dead end for an establishment', async ({ enter }) => {
  const [page, examiner] = await enterAll(enter, [APPLICANT, EXAMINER]);
  await world(page, examiner);
  const own = [...seen, '/applications/*', '/applications/*/ids', '/applications/*/contract', '/applications/*/prepare', '/applications/*/form.pdf', '/applications/*/receipt.pdf'];
  const mine = [...own, '/apply', '/applications/*/start', '/applications/*/codes', '/applications/*/codes/*', '/applications/*/discard', '/applications/*/withdraw'];
  const osaka = await enter(OSAKA_ADMINISTRATOR);
  await isChanging(osaka, ['user-code', 'ident-number'], '2024-12-12');
  await open(osaka, /^削除 4CNAC$/);
  await press(osaka, 'この利用者コードの削除を申し込む');
  await isChanging(osaka, ['password-reissue']);
  await everything([
    { page, from: '/', reaches: mine }, { page: await enter(ADMINISTRATOR), from: '/', reaches: [...mine, '/applications/*/ids/erase'] },
    { page: await enter(VIEWER), from: '/', reaches: own },
    { page: osaka, from: '/', reaches: ['/applications/*/existing/*', '/applications/*/existing/*/delete', '/applications/*/reissue', '/applications/*/confirm'] },
  ]);
});

// The same for the centre.
test('no dead end for the centre', async ({ enter }) => {
  const [page, examiner, supervisor] = await enterAll(enter, [APPLICANT, EXAMINER, SUPERVISOR]);
  await world(page, examiner);
  for (const person of [examiner, supervisor]) await find(person, ''); // so that the ended ones are reached too
  const cases = [...desk, '/desk/mails/*', '/desk/applications/*', '/desk/applications/*/issued', '/desk/applications/*/versions/*', '/desk/applications/*/form.pdf'];
  await everything([
    { page: examiner, from: '/desk?queue=found', reaches: cases },
    { page: supervisor, from: '/desk?queue=found', reaches: [...cases, ...supervised, '/desk/applications/*/void', '/desk/applications/*/change-start'] },
  ]);
});

// world makes applications in several states.
async function world(page: Page, examiner: Page): Promise<void> {
  await hasApplied(page, { wish: '2024-12-12', codes: [customs], settings: false });
  await claim(examiner, '2400001A');
  await approve(examiner);
  await hasApplied(page, { wish: '2024-12-12', codes: [consolidation], settings: false });
  await claim(examiner, '2400002A');
  await giveBack(examiner, { 申込全体: 'ご確認ください。' });
  await hasApplied(page, { wish: '2024-12-12', codes: [consolidation], settings: false });
  await claim(examiner, '2400003A');
  await hasApplied(page, { wish: '2024-12-12', codes: [consolidation], settings: false });
  await begin(page);
  await chooseStart(page, '2024-12-12');
}
