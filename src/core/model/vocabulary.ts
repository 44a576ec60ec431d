// Words that the config, the command line, the protocol and the screen share. Each set is written down here and nowhere else.

/** What happens when a port is taken; the order is that of the documentation. */
export const CONFLICT_POLICIES = ['ask', 'kill', 'reroute', 'reuse', 'fail'] as const;
export type ConflictPolicy = (typeof CONFLICT_POLICIES)[number];

/** The ways out of one port conflict, as a person or a client chooses them. */
export const CONFLICT_CHOICES = ['kill', 'reroute', 'reuse', 'container', 'retry', 'skip'] as const;
export type ConflictChoiceName = (typeof CONFLICT_CHOICES)[number];

/** When a service that ended by itself starts again. */
export const RESTART_POLICIES = ['no', 'on-failure', 'always'] as const;
export type RestartPolicyName = (typeof RESTART_POLICIES)[number];

/** What a dependency has to be before its dependents start. */
export const DEPENDENCY_CONDITIONS = ['started', 'ready', 'completed'] as const;
export type DependencyCondition = (typeof DEPENDENCY_CONDITIONS)[number];

/** What can be too much of a service; the order is that of the documentation. */
export const ALERT_RULES = [
  'cpu',
  'memory',
  'memory_growth',
  'errors_per_minute',
  'error_rate',
  'restarts',
  'latency',
  'ready_within',
  'unhealthy_for',
] as const;
export type AlertRuleName = (typeof ALERT_RULES)[number];

export const SEVERITIES = ['warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A screen or stream keeps the session it opened alive; a command comes and goes. */
export type SessionRole = 'screen' | 'stream' | 'command';
