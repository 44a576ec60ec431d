// `config user`: what the person likes on every project, each setting with where it comes from.

import { EXIT, type ExitCode } from '../../../errors.ts';
import { COLOR_NAMES, type Color } from '../../../core/model/user-config.ts';
import type { CliContext, CommandRequest, ExplainedUserConfig } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';

/**
 * Valid settings are printed and applied, also when others are invalid.
 * @throws ConfigError `config_invalid` after that
 */
export async function showUserConfig(context: CliContext, { options }: CommandRequest): Promise<ExitCode> {
  const explained = await context.explainUserConfig();
  const { issues } = explained;
  if (options.json === true) {
    context.output.print(jsonData(jsonView(explained)));
    return issues.length === 0 ? EXIT.ok : EXIT.config;
  }
  context.output.print(pageOf(explained));
  if (issues.length > 0) throw (await import('../../../config/report.ts')).configError(issues);
  return EXIT.ok;
}

function pageOf(explained: ExplainedUserConfig): string {
  const { path, config, lines, actions } = explained;
  const origin = (name: string): string => {
    const line = lines.get(name);
    return line === undefined ? 'default' : `line ${line}`;
  };
  const settings: (readonly [text: string, comment: string])[] = [
    [`screen: ${config.screen}`, origin('screen')],
    [`theme: ${Object.keys(config.tones).length === 0 ? yamlText(config.theme) : ''}`.trimEnd(), origin('theme')],
    ...themeRows(explained, origin),
    [`glyphs: ${config.glyphs}`, origin('glyphs')],
    [`notify: ${config.notify.length === 0 ? 'off' : `[${config.notify.join(', ')}]`}`, origin('notify')],
    [`mouse: ${config.hasMouse}`, origin('mouse')],
    ['keys:', origin('keys')],
    ...actions.map(({ action, keys, help }): readonly [string, string] => {
      const text = keys.length === 0 ? 'none' : `[${keys.map(yamlText).join(', ')}]`;
      return [`  ${action}: ${text}`, `${origin(`keys.${action}`)}; ${help}`];
    }),
  ];
  const width = Math.max(...settings.map(([text]) => text.length));
  const head = path === undefined ? 'neither XDG_CONFIG_HOME nor HOME is set' : path;
  const rows = settings.map(([text, comment]) => `${text.padEnd(width)}  # ${comment}`);
  return [`# ${head}`, ...rows].join('\n');
}

function themeRows(
  { config }: ExplainedUserConfig,
  origin: (name: string) => string,
): readonly (readonly [string, string])[] {
  const tones = Object.entries(config.tones);
  if (tones.length === 0) return [];
  return [
    [`  base: ${yamlText(config.theme)}`, origin('theme')],
    ...tones.map(([tone, color]): readonly [string, string] => [
      `  ${tone}: ${colorText(color)}`,
      origin(`theme.${tone}`),
    ]),
  ];
}

function colorText(color: Color): string {
  if (typeof color === 'number') return COLOR_NAMES[color] ?? String(color);
  return `"#${color.map((part) => part.toString(16).padStart(2, '0')).join('')}"`;
}

/** In quotes where YAML would take it for something else. */
function yamlText(text: string): string {
  return /^[A-Za-z][\w-]*$/.test(text) || text === '16' ? text : JSON.stringify(text);
}

function jsonView({ path, config, issues, lines, actions }: ExplainedUserConfig): object {
  return {
    path: path ?? null,
    screen: config.screen,
    theme: config.theme,
    tones: Object.fromEntries(
      Object.entries(config.tones).map(([tone, color]) => [tone, colorText(color).replaceAll('"', '')]),
    ),
    glyphs: config.glyphs,
    notify: config.notify,
    mouse: config.hasMouse,
    keys: Object.fromEntries(actions.map(({ action, keys }) => [action, keys])),
    lines: Object.fromEntries(lines),
    issues,
  };
}
