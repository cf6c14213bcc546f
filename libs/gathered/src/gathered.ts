/** Calls under way at once; what is asked meanwhile is gathered for the next. */
const callsAtOnce = 4;
/** Questions of one call. */
const most = 64;
/** A call that takes longer does not keep the next from its turn: its connection may hang. */
const turnMs = 1_000;

interface Waiting<Question, Answer> {
  question: Question;
  resolve: (answer: Answer) => void;
  reject: (reason: unknown) => void;
}

/**
 * Asks together what many ask at about the same time, as databases do with commits. One who asks alone is asked for at
 * once, so that he waits no longer than without it; the more ask, the more share a call.
 *
 * @param ask answers a few questions, in their order; where it throws, all of them fail.
 */
export function gathered<Question, Answer>(
  ask: (questions: readonly Question[]) => Promise<readonly Answer[]>,
): (question: Question) => Promise<Answer> {
  const waiting: Waiting<Question, Answer>[] = [];
  let underWay = 0;
  let planned = false;

  const call = async (some: readonly Waiting<Question, Answer>[]): Promise<void> => {
    underWay += 1;
    let inTurn = true;
    const endTurn = (): void => {
      if (!inTurn) return;
      inTurn = false;
      underWay -= 1;
      plan();
    };
    const turn = setTimeout(endTurn, turnMs);
    try {
      const answers = await ask(some.map(({ question }) => question));
      if (answers.length !== some.length) throw new Error(`${some.length} questions have ${answers.length} answers`);
      for (const [index, { resolve }] of some.entries()) resolve(answers[index] as Answer);
    } catch (error) {
      for (const { reject } of some) reject(error);
    } finally {
      clearTimeout(turn);
      endTurn();
    }
  };

  /** Not at once but after what is ready to run: those who were answered together ask together again. */
  const plan = (): void => {
    if (planned || underWay >= callsAtOnce || waiting.length === 0) return;
    planned = true;
    setImmediate(() => {
      planned = false;
      void call(waiting.splice(0, most));
      plan();
    });
  };

  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      plan();
    });
}
