import ts from 'typescript';

/** Names of one table, of which no second list may stand anywhere. */
export interface Table {
  what: string;
  names: readonly string[];
}

function textOf(node: ts.Node): string | null {
  if (ts.isStringLiteralLike(node) || ts.isIdentifier(node)) return node.text;
  if (ts.isLiteralTypeNode(node)) return textOf(node.literal);
  if (ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node) || ts.isPropertySignature(node))
    return textOf(node.name);
  return null;
}

/** The parts of a node that would make it a list of names. */
function parts(node: ts.Node): readonly ts.Node[] {
  if (ts.isArrayLiteralExpression(node)) return node.elements.filter(ts.isStringLiteralLike);
  if (ts.isObjectLiteralExpression(node)) return node.properties;
  if (ts.isTypeLiteralNode(node) || ts.isInterfaceDeclaration(node)) return node.members;
  if (ts.isUnionTypeNode(node)) return node.types;
  return [];
}

const comparisons: readonly ts.SyntaxKind[] = [
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
];

/** The string that is compared with something, or null. */
function compared(node: ts.Node): string | null {
  if (ts.isCaseClause(node)) return ts.isStringLiteralLike(node.expression) ? node.expression.text : null;
  if (!ts.isBinaryExpression(node) || !comparisons.includes(node.operatorToken.kind)) return null;
  return [node.left, node.right].find(ts.isStringLiteralLike)?.text ?? null;
}

/** Where a source file lists two names of a table or more, or compares something with one of them. */
export function literalNames(file: string, source: string, tables: readonly Table[]): string[] {
  const found: string[] = [];
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const note = (node: ts.Node, message: string): void => {
    found.push(`${file}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${message}`);
  };
  const visit = (node: ts.Node): void => {
    for (const { what, names } of tables) {
      const listed = [...new Set(parts(node).map(textOf))].filter((text) => text !== null && names.includes(text));
      if (listed.length > 1) note(node, `a list of ${what}: ${listed.join(', ')}`);
      const one = compared(node);
      if (one !== null && names.includes(one)) note(node, `a comparison with the ${what} "${one}"`);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}
