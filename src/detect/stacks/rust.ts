// Services of Rust code: the binary of a package that serves, or of the only package there is.

import { baseOf, dirOf, filesNamed, inDir, type Folder } from '../facts/folder.ts';
import type { ProposedPort, ProposedService } from '../facts/proposal.ts';
import { healthRoute } from '../facts/health-route.ts';
import { portInCode, readAll, readFiles, readsPort, sourcesIn } from '../facts/source-facts.ts';

const SERVER = /^[ \t]*(axum|actix-web|rocket|warp|hyper|tide|poem|salvo|tonic)\b/m;

export function detectRust(folder: Folder): readonly ProposedService[] {
  const packages = filesNamed(folder, 'Cargo.toml').filter(
    (path) => (folder.read(path) ?? '').includes('[package]') && folder.has(inDir(dirOf(path), 'src/main.rs')),
  );
  const servers = packages.filter((path) => SERVER.test(folder.read(path) ?? ''));
  const chosen = servers.length > 0 ? servers : packages.length === 1 ? packages : [];
  return chosen.map((path) => serviceOf(folder, path));
}

function serviceOf(folder: Folder, path: string): ProposedService {
  const dir = dirOf(path);
  const framework = SERVER.exec(folder.read(path) ?? '')?.[1];
  const sources = sourcesIn(folder, inDir(dir, 'src'), /\.rs$/);
  const code = readAll(folder, sources);
  const port = framework === undefined && !code.includes('TcpListener') ? undefined : portOf(framework, code);
  const health = port === undefined ? undefined : healthRoute(readFiles(folder, sources));
  return {
    name: dir === '' ? undefined : baseOf(dir),
    role: port === undefined ? 'other' : 'backend',
    because: `Rust${framework === undefined ? '' : `, ${framework}`}: ${path}`,
    command: 'cargo run',
    dir,
    ...(port === undefined ? {} : { port }),
    ...(health === undefined ? {} : { settings: { health } }),
  };
}

function portOf(framework: string | undefined, code: string): ProposedPort {
  if (framework === 'rocket') return { wanted: portInCode(code) ?? 8000, env: 'ROCKET_PORT' };
  return { wanted: portInCode(code) ?? 8080, ...(readsPort(code) ? {} : { isFixed: true }) };
}
