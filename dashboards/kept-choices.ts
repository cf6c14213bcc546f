import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

/** Stands in a link for what it keeps: which variables, is known once all boards are. */
export const kept = '${kept}';

const linkToBoard = /\/d\/([a-z-]+)\?\$\{kept\}((?:[^"\\]|\\.)*)/g;
const variablesOf = ({ templating }: Dashboard): string[] =>
  templating?.list?.flatMap(({ name, skipUrlSync }) => (skipUrlSync === true ? [] : [name])) ?? [];

/** Links keep the range, and each choice that the other board has too, unless they make it themselves. */
export function keepingChoices(boards: readonly Dashboard[]): Dashboard[] {
  const has = new Map(boards.map((board) => [board.uid, new Set(variablesOf(board))]));
  return boards.map((board) => {
    const text = JSON.stringify(board).replaceAll(linkToBoard, (_, uid: string, own: string) => {
      const shared = variablesOf(board).filter(
        (name) => has.get(uid)?.has(name) === true && !own.includes(`var-${name}=`),
      );
      return `/d/${uid}?\${__url_time_range}${shared.map((name) => `&\${${name}:queryparam}`).join('')}${own}`;
    });
    return JSON.parse(text) as Dashboard;
  });
}
