// The parts of the chrome, and the rectangle of each in a state. The logs are not among them: Ink does not draw logs.

import type { ReactNode } from 'react';
import type { Rectangle } from '../paint/compositor.ts';
import { selectConfigNews, selectConflict, selectLayout, selectRequest } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';
import { ChecksBanner } from '../components/checks-banner.tsx';
import { ConfigBanner } from '../components/config-banner.tsx';
import { ActionForm } from '../components/dialogs/action-form.tsx';
import { ConflictDialog } from '../components/dialogs/conflict-dialog.tsx';
import { Detail } from '../components/detail/detail.tsx';
import { Footer } from '../components/footer.tsx';
import { Header } from '../components/header.tsx';
import { Help } from '../components/dialogs/help.tsx';
import { Palette } from '../components/dialogs/palette.tsx';
import { PortsList } from '../components/dialogs/ports-list.tsx';
import { ServiceTable } from '../components/service-table.tsx';
import { Request } from '../components/dialogs/request.tsx';
import { Stopping } from '../components/dialogs/stopping.tsx';
import { StartupPage } from '../components/views/startup.tsx';
import { SessionsPage } from '../components/views/sessions.tsx';
import { TimelinePage } from '../components/views/timeline.tsx';
import { TreePage } from '../components/views/tree.tsx';
import { UsagePage } from '../components/views/usage-page.tsx';
import { TooSmall } from '../components/too-small.tsx';
import { Usage } from '../components/detail/usage.tsx';

export type PartName = keyof typeof PARTS;

/** Draws itself into the rows and columns of the area, which may lie anywhere. */
export type Part = (props: { readonly area: Rectangle }) => ReactNode;

export const PARTS = {
  tooSmall: TooSmall,
  header: Header,
  configBanner: ConfigBanner,
  checksBanner: ChecksBanner,
  table: ServiceTable,
  detail: Detail,
  usageBeside: Usage,
  stopping: Stopping,
  palette: Palette,
  actionForm: ActionForm,
  request: Request,
  help: Help,
  conflict: ConflictDialog,
  usage: UsagePage,
  startup: StartupPage,
  tree: TreePage,
  timeline: TimelinePage,
  sessions: SessionsPage,
  ports: PortsList,
  footer: Footer,
} satisfies Readonly<Record<string, Part>>;

/** Only for visible parts. */
export function partAreas(state: ScreenState): Readonly<Partial<Record<PartName, Rectangle>>> {
  const layout = selectLayout(state);
  if (layout === undefined) return { tooSmall: { column: 0, row: 0, ...state.size } };
  const { header, banner, table, detail, usage, panel, footer } = layout;
  return {
    header,
    ...(banner && { [selectConfigNews(state) === undefined ? 'checksBanner' : 'configBanner']: banner }),
    ...(table && { table }),
    ...(detail && { detail }),
    ...(usage && { usageBeside: usage }),
    ...(panel && { [panelOf(state)]: panel }),
    footer,
  };
}

function panelOf(state: ScreenState): PartName {
  if (state.leaving === 'stopping' || state.leaving === 'forcing') return 'stopping';
  if (state.input?.purpose === 'palette') return 'palette';
  if (state.input?.purpose === 'action') return 'actionForm';
  if (selectRequest(state)) return 'request';
  if (state.panel === 'help') return 'help';
  if (selectConflict(state)) return 'conflict';
  // Without a panel it has no place.
  return state.panel === 'none' ? 'ports' : state.panel;
}
