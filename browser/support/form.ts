import { type Page } from '@playwright/test';

// Typed is what somebody does to a form before it is sent: values by the fields' names, of boxes and choices those
// that are ticked. What the form does not have is passed over.
export type Typed = Record<string, string | string[]>;

const READ = `([html, action, typed]) => {
  const form = [...new DOMParser().parseFromString(html, 'text/html').forms].find((f) => f.getAttribute('action') === action);
  if (!form) return null;
  for (const e of form.elements) {
    if (!Object.hasOwn(typed, e.name) || e.tagName === 'BUTTON') continue;
    const values = [typed[e.name]].flat();
    if (e.type === 'checkbox' || e.type === 'radio') e.checked = values.includes(e.value);
    else e.value = values[0];
  }
  return [...new FormData(form)].filter(([, value]) => typeof value === 'string');
}`;

// fields are what the form that posts to an action would send, filled in as typed, from the page at a path; the page
// is read without being shown.
export async function fields(page: Page, path: string, action: string, typed: Typed = {}): Promise<URLSearchParams> {
  const answer = await page.request.get(path);
  const found = (await page.evaluate(`(${READ})(${JSON.stringify([await answer.text(), action, typed])})`)) as [string, string][] | null;
  if (!found) throw new Error(`GET ${path} (${answer.status()}): no form posts to ${action}`);
  return new URLSearchParams(found);
}

// fill fills in a page's form without showing it, presses one of its buttons (by its value, unless there is but one)
// and returns where that leads.
export async function fill(page: Page, path: string, button: string, typed: Typed): Promise<string> {
  const action = path.replace(/\?.*/, '');
  const form = await fields(page, path, action, typed);
  if (button) form.set('do', button);
  return send(page, action, form);
}

// send posts a form as the page's browser would, and returns where it leads.
export async function send(page: Page, action: string, form: URLSearchParams | Record<string, string>): Promise<string> {
  const answer = await page.request.post(action, {
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    data: new URLSearchParams(form).toString(), maxRedirects: 0,
  });
  if (answer.status() !== 303) throw new Error(`POST ${action}: ${answer.status()} ${await answer.text()}`);
  return answer.headers()['location'];
}
