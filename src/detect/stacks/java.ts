// Services of Java and Kotlin code: Spring Boot and Quarkus, by Maven or Gradle.

import { baseOf, dirOf, filesNamed, inDir, type Folder } from '../facts/folder.ts';
import type { ProposedService } from '../facts/proposal.ts';

export function detectJava(folder: Folder): readonly ProposedService[] {
  return filesNamed(folder, 'pom.xml', 'build.gradle', 'build.gradle.kts').flatMap((path) => {
    const build = folder.read(path) ?? '';
    if (/spring-boot-maven-plugin|org\.springframework\.boot/.test(build)) return [springService(folder, path, build)];
    return /io\.quarkus/.test(build) ? [quarkusService(folder, path)] : [];
  });
}

function springService(folder: Folder, path: string, build: string): ProposedService {
  const dir = dirOf(path);
  const settings = ['application.properties', 'application.yml', 'application.yaml'];
  const text = settings.map((name) => folder.read(inDir(dir, `src/main/resources/${name}`)) ?? '').join('\n');
  return {
    name: dir === '' ? undefined : baseOf(dir),
    role: 'backend',
    because: `Spring Boot: ${path}`,
    command: `${tool(folder, dir, path)} ${baseOf(path) === 'pom.xml' ? 'spring-boot:run' : 'bootRun'}`,
    dir,
    port: { wanted: springPort(text) ?? 8080, env: 'SERVER_PORT' },
    ...(build.includes('spring-boot-starter-actuator') ? { settings: { health: '/actuator/health' } } : {}),
  };
}

/** `server.port=8081`, or `port: 8081` in what is indented below `server:`. */
function springPort(settings: string): number | undefined {
  let isOfServer = false;
  for (const line of settings.split('\n')) {
    if (/^[^\s#]/.test(line)) isOfServer = /^server:\s*$/.test(line);
    const port = /^\s*server\.port\s*=\s*(?:\$\{\w+:)?(\d+)/.exec(line)?.[1];
    const nested = isOfServer ? /^\s+port:\s*(?:\$\{\w+:)?(\d+)/.exec(line)?.[1] : undefined;
    if ((port ?? nested) !== undefined) return Number(port ?? nested);
  }
  return undefined;
}

function quarkusService(folder: Folder, path: string): ProposedService {
  const dir = dirOf(path);
  return {
    name: dir === '' ? undefined : baseOf(dir),
    role: 'backend',
    because: `Quarkus: ${path}`,
    command: `${tool(folder, dir, path)} ${baseOf(path) === 'pom.xml' ? 'quarkus:dev' : 'quarkusDev'}`,
    dir,
    port: { wanted: 8080, env: 'QUARKUS_HTTP_PORT' },
  };
}

/** The wrapper of the project, if it has one. */
function tool(folder: Folder, dir: string, path: string): string {
  const [wrapper, program] = baseOf(path) === 'pom.xml' ? ['mvnw', 'mvn'] : ['gradlew', 'gradle'];
  return folder.has(inDir(dir, wrapper)) ? `./${wrapper}` : program;
}
