// What the detail is about.

import type { ServiceInspection } from '../../core/model/session.ts';
import type { ServiceView } from '../../core/model/snapshot.ts';

export interface DetailSubject {
  readonly service: ServiceView;
  /** All of the session: the cause of one may lie in another. */
  readonly services: readonly ServiceView[];
  /** Undefined until the session answers. */
  readonly inspection: ServiceInspection | undefined;
  /** The folder of the project, once it is known. */
  readonly root: string | undefined;
  readonly nowMs: number;
}
