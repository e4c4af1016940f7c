import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Builds the binary once for all journeys and says through UKETSUKE_BINARY where it is. With
// UKETSUKE_BINARY already set, that binary is used. Returns what removes it at the end.
export default function build(): (() => void) | void {
  if (process.env.UKETSUKE_BINARY) return;
  const folder = mkdtempSync(join(tmpdir(), 'uketsuke-binary-'));
  const binary = join(folder, 'uketsuke');
  const root = join(import.meta.dirname, '..', '..');
  execFileSync('go', ['build', '-buildvcs=false', '-o', binary, './cmd/uketsuke'], { cwd: root, stdio: 'inherit' });
  process.env.UKETSUKE_BINARY = binary;
  return () => rmSync(folder, { recursive: true, force: true });
}
