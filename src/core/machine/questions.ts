// What a service asks and tells on its terminal. One that found its port taken and asks "use another port?" is ended, for nothing of it is up, and
// the dialog opens as for any taken port. What was decided there answers: with another active port the service need not
// ask again; one that takes no port from us asks again, and gets yes.
// Trap: the question counts only while the kernel shows that port taken. Else ending the service would go round forever,
// so the person decides, and sees what it waits for.

import { policyFor } from './conflict.ts';
import { asksItself } from '../ports/conflict-choices.ts';
import type { Observation } from '../messages/inputs.ts';
import { isFree } from '../model/port-facts.ts';
import { amendRun } from './probing.ts';
import { currentRun, isUp } from '../model/service.ts';
import { endAsking } from './stopping.ts';
import type { Turn } from './turn.ts';

export function onPortAsked(turn: Turn, input: Extract<Observation, { type: 'portAsked' }>): void {
  const service = turn.service(input.service);
  const run = currentRun(service);
  if (run === undefined || run.number !== input.run || !isUp(service)) return;
  const { question, use } = input;
  amendRun(turn, service, { asks: question?.question });
  if (question === undefined) return;
  if (run.asks === undefined) turn.emit({ type: 'note', service: input.service, text: `asks: ${question.question}` });
  if (use === undefined || isFree(use) || run.isAnswered) return;
  const isAccepted = service.asked?.port === use.port && service.asked.isAccepted;
  const asked = { port: use.port, question: question.question, isAccepted };
  turn.patch(input.service, { asked });
  const asking = turn.service(input.service);
  if (isAccepted || (policyFor(turn, service, use) === 'reroute' && asksItself(asking, use))) {
    amendRun(turn, asking, { isAnswered: true });
    turn.emit({ type: 'note', service: input.service, text: 'answered with yes' });
    turn.emit({ type: 'typeInto', service: input.service, run: run.number, text: question.answerYes });
    return;
  }
  endAsking(turn, asking, run, use.port);
}

/** It waits for typed input: every client sees that, and only a person answers. */
export function onPromptSeen(turn: Turn, input: Extract<Observation, { type: 'promptSeen' }>): void {
  const service = turn.service(input.service);
  const run = currentRun(service);
  if (run === undefined || run.number !== input.run || !isUp(service)) return;
  amendRun(turn, service, { prompt: input.prompt });
}

/** Every client sees it; nothing follows from it. */
export function onStatusTold(turn: Turn, input: Extract<Observation, { type: 'statusTold' }>): void {
  const service = turn.service(input.service);
  const run = currentRun(service);
  if (run === undefined || run.number !== input.run || !isUp(service)) return;
  amendRun(turn, service, { told: input.status });
}
