// What a command is described by: for the parser, the help and the docs.

export interface OptionSpec {
  /** As commander reads it: `-t, --timeout <duration>`. */
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];
  /** How a value is read; goes with `expects`. */
  readonly value?: {
    /** Undefined when `written` is invalid. `previous` is the present value of a repeatable option. */
    readonly parse: (written: string, previous: never) => unknown;
    /** Ends "write …". */
    readonly expects: string;
  };
}

export type CommandGroup = 'Run' | 'Look' | 'Ports' | 'Together' | 'About';

export interface CommandSpec {
  readonly name: string;
  readonly alias?: string;
  /** As commander reads it: `[service...]`, `<target>`. */
  readonly argument?: string;
  /** Options that it does not know are among its words. */
  readonly takesAnyOption?: true;
  readonly group: CommandGroup;
  readonly summary: string;
  /** More than one line, for `help COMMAND`. */
  readonly details?: string;
  readonly options: readonly OptionSpec[];
  readonly examples?: readonly (readonly [command: string, meaning: string])[];
}
