// Starts the container of a service from an image or a Compose file, as its config says.

import type { ComposeFacts } from '../../core/model/compose-facts.ts';
import type { ComposeSpec, ContainerSpec, ServiceSpec } from '../../core/model/project.ts';
import { BugError } from '../../errors.ts';
import type { ContainerEngine } from '../../system/container-engine.ts';
import { composeService, ComposeFiles, sourceOf } from './compose-files.ts';
import { startCompose } from './compose-start.ts';
import type { ContainerContext } from './container-context.ts';
import { startContainer, type StartedContainer, type StartRequest } from './container-start.ts';

type StartParts = Pick<StartRequest, 'engine' | 'spec' | 'endpoints' | 'onProgress' | 'signal'>;

export class ContainerStarter {
  readonly #context: ContainerContext;
  readonly #files: ComposeFiles;

  constructor(context: ContainerContext) {
    this.#context = context;
    this.#files = new ComposeFiles(context.system.clock);
  }

  /** @throws DevError with Compose's message */
  async readCompose(engine: ContainerEngine, spec: ServiceSpec): Promise<ComposeFacts> {
    if (spec.container?.kind !== 'compose') throw new BugError(`${spec.name} is of no Compose file`);
    const model = await this.#files.read(
      await engine.compose(),
      sourceOf(spec, spec.container),
      spec.container.service,
    );
    return composeService(model, spec.container).facts;
  }

  /** @throws DevError with the message of Compose or the engine */
  start(parts: StartParts, container: ContainerSpec): Promise<StartedContainer> {
    if (container.kind === 'compose') return this.#startCompose(parts, container);
    const { project, environment, system } = this.#context;
    const pause = (delayMs: number): Promise<void> =>
      new Promise((resolve) => {
        system.clock.after(delayMs, resolve);
      });
    return startContainer({ ...parts, project, container, environment, pause });
  }

  async #startCompose(parts: StartParts, container: ComposeSpec): Promise<StartedContainer> {
    const { project, environment, logs } = this.#context;
    const { engine, spec } = parts;
    const compose = await engine.compose();
    const model = await this.#files.last(compose, sourceOf(spec, container), container.service);
    const { project: composeProject, reasonOfName } = model;
    if (reasonOfName !== undefined)
      logs.note(spec.name, `its Compose project is called ${composeProject} here: ${reasonOfName}`);
    const others = project.services.flatMap((other) =>
      other.name !== spec.name && other.container?.kind === 'compose' ? [other.container.service] : [],
    );
    return startCompose({
      ...parts,
      compose,
      project,
      model,
      container,
      startedByOthers: new Set(others),
      environment,
      onBuildLine: (line) => logs.file(spec.name).append(Buffer.from(`${line}\n`), 'err'),
    });
  }
}
