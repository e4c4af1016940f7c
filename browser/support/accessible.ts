import type { CDPSession, Page } from '@playwright/test';
import axe from 'axe-core';

// All rules; of what they find the violations alone are written out, for the rest is most of the work. There is no
// media to fetch beforehand: the content security policy lets none in.
const OPTIONS: axe.RunOptions = { resultTypes: ['violations'], preload: false };

// What a rule says of these can depend on the width; the style sheets hide nothing at the one that the other shows. So the
// second width is asked for them alone, but for `make thorough`, which asks for everything twice.
const BY_WIDTH = ['color-contrast', 'target-size', 'scrollable-region-focusable', 'link-in-text-block', 'css-orientation-lock'];

const sessions = new WeakMap<Page, CDPSession>();

// accessible fails with one readable line per fault that axe-core finds on the page as it stands; again says that the same
// page was examined at another width.
export async function accessible(page: Page, again = false): Promise<void> {
  const options = again && !process.env.UKETSUKE_THOROUGH ? { ...OPTIONS, runOnly: BY_WIDTH } : OPTIONS;
  if (!(await page.evaluate("'axe' in window"))) await bring(page);
  const violations = (await page.evaluate(`axe.run(document, ${JSON.stringify(options)}).then((found) => found.violations)`)) as axe.Result[];
  const faults = violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id} (${rule.impact}): ${rule.help}\n    ${node.html}\n    ${node.failureSummary}`),
  );
  if (faults.length > 0) throw new Error(`axe-core: ${faults.length} faults on ${page.url()}\n  ${faults.join('\n  ')}`);
}

// bring brings axe-core into a page. It is evaluated, not added as a script element: the product's content security
// policy stays in force. Chromium is asked itself, for half the work.
async function bring(page: Page): Promise<void> {
  const session = sessions.get(page) ?? (await page.context().newCDPSession(page));
  sessions.set(page, session);
  await session.send('Runtime.evaluate', { expression: axe.source, silent: true });
}

// unclipped fails if the page is wider than the window: on a phone nobody scrolls sideways to read.
export async function unclipped(page: Page): Promise<void> {
  const [content, window] = (await page.evaluate(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  )) as [number, number];
  if (content > window) throw new Error(`${page.url()} is ${content} px wide in a window of ${window} px`);
}
