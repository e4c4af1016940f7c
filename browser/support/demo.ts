import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

// The product prints this line when it takes requests.
const READY = /^uketsuke demo: (http:\/\/\S+)$/;
const STARTS_WITHIN = 30_000;
const STOPS_WITHIN = 5_000;

// A Demo is one running product in a folder of its own.
export interface Demo {
  // address ends with a slash.
  address: string;
  // folder is where it keeps everything: database, keys, mails, log.
  folder: string;
  // log is everything the product has said so far.
  log(): string;
  // stop ends the product and removes its folder.
  stop(): Promise<void>;
}

// startDemo starts the built binary on a free port of a host, its clock at now (RFC 3339), and waits until it
// says that it is ready.
export async function startDemo(now: string, host = '127.0.0.1'): Promise<Demo> {
  const folder = await mkdtemp(join(tmpdir(), 'uketsuke-demo-'));
  const data = join(folder, 'data');
  const child = spawn(
    process.env.UKETSUKE_BINARY!,
    ['demo', '--no-open', '--listen', `${host}:0`, '--data', data, '--now', now],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const lines: string[] = [];
  const stop = async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const address = await ready(child, lines);
    return { address, folder: data, log: () => lines.join('\n'), stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

// ready collects what the product says and resolves with its address.
function ready(child: ChildProcess, lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`uketsuke demo ${why}\n${lines.join('\n')}`));
    const late = setTimeout(() => fail(`was not ready within ${STARTS_WITHIN} ms`), STARTS_WITHIN);
    const listen = (line: string) => {
      lines.push(line);
      const said = READY.exec(line.trim());
      if (!said) return;
      clearTimeout(late);
      resolve(said[1].endsWith('/') ? said[1] : said[1] + '/');
    };
    createInterface({ input: child.stdout! }).on('line', listen);
    createInterface({ input: child.stderr! }).on('line', listen);
    child.once('error', (error) => fail(`did not start: ${error.message}`));
    child.once('close', (code) => {
      clearTimeout(late);
      fail(`ended with ${code} before it was ready`);
    });
  });
}

// end asks the process that we started, and no other, to stop, and insists after the time that the
// product promises to need at most.
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN);
  await ended;
  clearTimeout(insist);
}
