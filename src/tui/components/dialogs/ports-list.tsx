import type { ServiceView } from '../../../core/model/snapshot.ts';
import { hostPort } from '../../../format/address.ts';
import { statusLabel } from '../../../format/status-label.ts';
import { displayWidth, fit, truncate } from '../../../format/text.ts';
import type { Rectangle } from '../../paint/compositor.ts';
import { firstVisible } from '../../state/layout.ts';
import type { Theme } from '../../paint/theme.ts';
import { titleRow } from '../../paint/title-row.ts';
import { Pane } from '../pane.tsx';
import { isRunning, listenersInWords } from '../../../format/run-body.ts';

export interface PortsListProps {
  readonly area: Rectangle;
  readonly theme: Theme;
  readonly services: readonly ServiceView[];
  readonly selected: string | undefined;
}

/** Every port of the project: what was wanted, what it is, and who listens on which addresses. */
export function PortsList({ area, theme, services, selected }: PortsListProps) {
  const withPorts = services.filter((service) => service.wantedPort !== null || service.listening.length > 0);
  const nameWidth = Math.max(7, ...withPorts.map((service) => displayWidth(service.name)));
  const visible = area.rows - 3;
  const from = firstVisible(
    withPorts.length,
    visible,
    withPorts.findIndex((service) => service.name === selected),
  );
  const rows = withPorts.slice(from, from + visible).map((service) => {
    const { glyph, tone } = statusLabel(service.state);
    const text = `${fit(service.name, nameWidth)}  ${fit(portWord(service.wantedPort), 6)}  ${fit(portWord(service.port), 6)}  `;
    const listening = truncate(listeningText(service), Math.max(0, area.columns - displayWidth(text) - 5));
    return ` ${theme.paint(tone, glyph)} ${theme.paint(service.name === selected ? 'strong' : 'plain', text)}${theme.paint('muted', listening)}`;
  });
  const heading = `   ${fit('SERVICE', nameWidth)}  ${fit('WANTED', 6)}  ${fit('IN USE', 6)}  LISTENS ON`;
  const nothing = ['', '  No service of this project has a port.'];
  return (
    <Pane
      area={area}
      rows={[
        titleRow(theme, { title: 'ports', isFocused: true, width: area.columns }),
        ...(rows.length === 0 ? nothing : [theme.paint('muted', truncate(heading, area.columns)), ...rows]),
      ]}
    />
  );
}

function portWord(port: number | null): string {
  return port === null ? '' : String(port);
}

function listeningText(service: ServiceView): string {
  if (service.listening.length === 0) return isRunning(service) ? 'nothing yet' : 'not running';
  const own = listenersInWords(service);
  const { secondListener } = service;
  if (secondListener === null) return own;
  const who = secondListener.pid === null ? 'a hidden process' : `pid ${secondListener.pid}`;
  return `${own} ▲ ${hostPort(secondListener.address, secondListener.port)} is another program’s (${who})`;
}
