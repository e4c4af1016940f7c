import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Builds the binary once for all journeys and says through UKETSUKE_BINARY where it is. With UKETSUKE_BINARY already
// set, that binary is used. UKETSUKE_RUN names the folder that the workers of this run share. Returns what removes
// it all at the end.
export default function build(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'uketsuke-run-'));
  process.env.UKETSUKE_RUN = folder;
  if (!process.env.UKETSUKE_BINARY) {
    const binary = join(folder, 'uketsuke');
    const root = join(import.meta.dirname, '..', '..');
    execFileSync('go', ['build', '-buildvcs=false', '-o', binary, './cmd/uketsuke'], { cwd: root, stdio: 'inherit' });
    process.env.UKETSUKE_BINARY = binary;
  }
  return () => rmSync(folder, { recursive: true, force: true });
}
