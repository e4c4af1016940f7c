import { test as base } from '@playwright/test';
import { type Demo, startDemo } from './demo.ts';

export { expect } from '@playwright/test';
export { accessible, unclipped } from './accessible.ts';

interface Options {
  // now is where the demo's clock starts; test.use({ now: '…' }) sets it for a file or a group.
  now: string;
}

// test is Playwright's test with a product of its own in `demo`: journeys share nothing, so they run
// side by side. page.goto takes paths below the demo's address.
export const test = base.extend<Options & { demo: Demo }>({
  now: ['2024-11-29T10:00:00+09:00', { option: true }],
  demo: async ({ now }, use, info) => {
    const demo = await startDemo(now);
    try {
      await use(demo);
    } finally {
      await demo.stop();
      if (info.status !== info.expectedStatus) await info.attach('uketsuke.log', { body: demo.log(), contentType: 'text/plain' });
    }
  },
  baseURL: async ({ demo }, use) => use(demo.address),
});
