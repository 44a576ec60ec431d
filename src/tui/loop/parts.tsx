// The parts of the chrome, and which rectangle each has in a state. The logs are none of them: Ink does not draw those.

import type { ReactNode } from 'react';
import type { Rectangle } from '../paint/compositor.ts';
import {
  selectConfigNews,
  selectFailedChecks,
  selectConflict,
  selectConflicts,
  selectDialogChoices,
  selectKillTargets,
  selectLayout,
  selectRequest,
} from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';
import { ChecksBanner } from '../components/checks-banner.tsx';
import { ConfigBanner } from '../components/config-banner.tsx';
import { ConflictDialog } from '../components/dialogs/conflict-dialog.tsx';
import { Detail } from '../components/detail/detail.tsx';
import { Footer } from '../components/footer.tsx';
import { Header } from '../components/header.tsx';
import { Help } from '../components/dialogs/help.tsx';
import { useScreen, useTheme } from '../components/kit/stage.tsx';
import { Palette } from '../components/dialogs/palette.tsx';
import { PortsList } from '../components/dialogs/ports-list.tsx';
import { ServiceTable } from '../components/service-table.tsx';
import { Request } from '../components/dialogs/request.tsx';
import { Stopping } from '../components/dialogs/stopping.tsx';
import { StartupPage } from '../components/views/startup.tsx';
import { TimelinePage } from '../components/views/timeline.tsx';
import { TreePage } from '../components/views/tree.tsx';
import { TooSmall } from '../components/too-small.tsx';
import { Usage } from '../components/detail/usage.tsx';

export type PartName = keyof typeof PARTS;

/** Draws itself into as many rows and columns as the area has; where that stands is not its business. */
export type Part = (props: { readonly area: Rectangle }) => ReactNode;

export const PARTS = {
  tooSmall: TooSmall,
  header: Header,
  banner: Banner,
  table: ServiceTable,
  detail: Detail,
  usage: UsageBeside,
  panel: Panel,
  footer: Footer,
} satisfies Readonly<Record<string, Part>>;

/** Only of the parts that are in sight. */
export function partAreas(state: ScreenState): Readonly<Partial<Record<PartName, Rectangle>>> {
  const layout = selectLayout(state);
  if (layout === undefined) return { tooSmall: { column: 0, row: 0, ...state.size } };
  const { header, banner, table, detail, usage, panel, footer } = layout;
  return {
    header,
    ...(banner && { banner }),
    ...(table && { table }),
    ...(detail && { detail }),
    ...(usage && { usage }),
    ...(panel && { panel }),
    footer,
  };
}

function Banner({ area }: { readonly area: Rectangle }) {
  const theme = useTheme();
  const news = useScreen(selectConfigNews);
  const failed = useScreen(selectFailedChecks);
  if (news) return <ConfigBanner area={area} theme={theme} news={news} />;
  return <ChecksBanner area={area} theme={theme} failed={failed} />;
}

function UsageBeside({ area }: { readonly area: Rectangle }) {
  const usage = useScreen((state) => state.usage);
  return <Usage area={area} theme={useTheme()} usage={usage} />;
}

function Panel({ area }: { readonly area: Rectangle }) {
  const state = useScreen(whole);
  const theme = useTheme();
  const { nowMs } = state;
  if (state.leaving === 'stopping' || state.leaving === 'forcing') return <Stopping area={area} />;
  const { input } = state;
  if (input?.purpose === 'palette') {
    return <Palette area={area} />;
  }
  if (selectRequest(state)) return <Request area={area} />;
  if (state.panel === 'help') return <Help area={area} />;
  const open = selectConflict(state);
  if (open) {
    return (
      <ConflictDialog
        area={area}
        theme={theme}
        open={open}
        all={selectConflicts(state)}
        choices={selectDialogChoices(state)}
        dialog={state.dialog}
        portText={input?.purpose === 'port' ? input.text : undefined}
        targets={selectKillTargets(state)}
        remaps={state.remaps}
        nowMs={nowMs}
      />
    );
  }
  if (state.panel === 'usage') return <Usage area={area} theme={theme} usage={state.usage} isFocused />;
  if (state.panel === 'startup') return <StartupPage area={area} />;
  if (state.panel === 'tree') return <TreePage area={area} />;
  if (state.panel === 'timeline') return <TimelinePage area={area} />;
  return <PortsList area={area} />;
}

function whole(state: ScreenState): ScreenState {
  return state;
}
