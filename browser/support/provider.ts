import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

// An IdentityProvider is a running OpenID provider, and the file by which the product knows it.
export interface IdentityProvider {
  file: string;
  // kill ends the process: from then on nobody answers there.
  kill(): Promise<void>;
  stop(): Promise<void>;
}

// startProvider starts the provider and writes the product's settings of it.
export async function startProvider(): Promise<IdentityProvider> {
  const child: ChildProcess = spawn(process.execPath, [fileURLToPath(new URL('provider.mjs', import.meta.url))], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [issuer] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  const folder = await mkdtemp(join(tmpdir(), 'uketsuke-provider-'));
  const file = join(folder, 'providers.csv');
  await writeFile(join(folder, 'own.secret'), 'known to this journey alone\n');
  await writeFile(file, `key,name,name_en,issuer,client_id,secret_file,second_factor_acr\nown,社内ログイン,Company login,${issuer},uketsuke,own.secret,\n`);
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  const stop = async () => {
    await kill();
    await rm(folder, { recursive: true, force: true });
  };
  return { file, kill, stop };
}
