import { execFileSync } from 'node:child_process';
import { defineConfig } from '@playwright/test';
import { DESKTOP, PHONE } from './support/walk.ts';

// Debian's Chromium, best without the parts that make a window, or the one that CHROMIUM names: nothing is downloaded
// by the tests.
function chromium(): string {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  return execFileSync('sh', ['-c', 'command -v chromium-headless-shell || command -v chromium || command -v chromium-browser'], { encoding: 'utf8' }).trim();
}

export default defineConfig({
  testDir: 'journeys',
  outputDir: 'test-results',
  globalSetup: './support/build.ts',
  // A journey waits for the product, never for a time: what is not there within the limits is a fault.
  // A machine that is busy with other things is given more with UKETSUKE_PATIENCE, in milliseconds.
  timeout: Number(process.env.UKETSUKE_PATIENCE ?? 240_000),
  expect: { timeout: 10_000 },
  fullyParallel: true,
  // More than the processors: a journey waits often, for the product and for a frame to be drawn.
  workers: '150%',
  retries: 0,
  forbidOnly: true,
  reporter: [['list'], ['./support/slowest.ts']],
  use: {
    locale: 'ja-JP',
    timezoneId: 'Asia/Tokyo',
    // `--trace on` writes one; always on, it costs a third of the time.
    trace: 'off',
    actionTimeout: 30_000,
    screenshot: 'only-on-failure',
    // No page is examined in the middle of a change of colour.
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      executablePath: chromium(),
      args: [
        '--headless', '--lang=ja-JP', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
        '--disable-background-networking', '--disable-component-update', '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'desktop', use: { viewport: DESKTOP } },
    // On a phone: the way of the applicant and of the examiner. What else depends on the width, every state of every
    // page shows in the journeys of a desktop, which look at it at both widths (walk.ts).
    { name: 'phone', testMatch: 's1.spec.ts', use: { viewport: PHONE, hasTouch: true } },
  ],
});
