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
  const port = /server\.port\s*=\s*(?:\$\{\w+:)?(\d+)|^server:\s*\n(?:\s+.*\n)*?\s+port:\s*(?:\$\{\w+:)?(\d+)/m.exec(
    text,
  );
  return {
    name: dir === '' ? undefined : baseOf(dir),
    role: 'backend',
    because: `Spring Boot: ${path}`,
    command: `${tool(folder, dir, path)} ${baseOf(path) === 'pom.xml' ? 'spring-boot:run' : 'bootRun'}`,
    dir,
    port: { wanted: Number(port?.[1] ?? port?.[2] ?? 8080), env: 'SERVER_PORT' },
    ...(build.includes('spring-boot-starter-actuator') ? { settings: { health: '/actuator/health' } } : {}),
  };
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
