import { Box } from 'ink';
import type { Rectangle } from '../paint/compositor.ts';
import {
  selectBlankRows,
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

/** The whole chrome. Where the logs stand it is blank: they are not drawn by Ink. */
export function Screen() {
  const state = useScreen(whole);
  const theme = useTheme();
  const { size } = state;
  const layout = selectLayout(state);
  if (layout === undefined) {
    return (
      <Box width={size.columns} height={size.rows}>
        <TooSmall />
      </Box>
    );
  }
  const news = selectConfigNews(state);
  const { count } = selectBlankRows(state);
  return (
    <Box width={size.columns} height={size.rows - count}>
      <Header area={layout.header} />
      {layout.banner && news && <ConfigBanner area={layout.banner} theme={theme} news={news} />}
      {layout.banner && !news && <ChecksBanner area={layout.banner} theme={theme} failed={selectFailedChecks(state)} />}
      {layout.table && <ServiceTable area={layout.table} />}
      {layout.detail && <Detail area={layout.detail} />}
      {layout.usage && <Usage area={layout.usage} theme={theme} usage={state.usage} />}
      {layout.panel && <Panel area={layout.panel} />}
      <Footer area={{ ...layout.footer, row: layout.footer.row - count }} />
    </Box>
  );
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
