// An editor's view: completions, a rename, a quick fix, transpilation of one file.
import ts from 'typescript';

const file = 'editor.ts';
const source = `import { readFileSync } from 'node:fs';\nconst list = [1, 2].map((n) => n * 2);\nlist.re\n`;
const service = ts.createLanguageService({
  getScriptFileNames: () => [file],
  getScriptVersion: () => '1',
  getScriptSnapshot: (name) => {
    const text = name === file ? source : ts.sys.readFile(name);
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
  },
  getCurrentDirectory: () => process.cwd(),
  getCompilationSettings: () => ({ target: ts.ScriptTarget.ES2023, types: [] }),
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: ts.sys.fileExists,
  readFile: ts.sys.readFile,
});
const { entries } = service.getCompletionsAtPosition(file, source.indexOf('list.re') + 7, {});
console.log(entries.map(({ name }) => name).join(' '));
console.log(
  service
    .getQuickInfoAtPosition(file, source.indexOf('list'))
    .displayParts.map(({ text }) => text)
    .join(''),
);
console.log(
  service.findRenameLocations(file, source.indexOf('list'), false, false, {}).map(({ textSpan }) => textSpan),
);
console.log(service.getSemanticDiagnostics(file).map(({ messageText }) => messageText));
console.log(ts.transpileModule('enum A { B = 1 } export = A as const;', {}).outputText);

// Watching: the first program, then another after a change, found by fs.watch.
import fs from 'node:fs';
const seen = [];
const host = ts.createWatchCompilerHost(
  ['watched.ts'],
  { noEmit: true, strict: true, types: [], ignoreDeprecations: '6.0' },
  ts.sys,
  ts.createSemanticDiagnosticsBuilderProgram,
  ({ messageText }) => seen.push(messageText),
  () => {},
);
fs.writeFileSync('watched.ts', 'const n: number = "text"; export {};\n');
const changed = new Promise((resolve) => {
  host.afterProgramCreate = () => {
    if (seen.length === 0) resolve();
    else fs.writeFileSync('watched.ts', 'const n: number = 1; export {};\n');
  };
});
host.afterProgramCreate = ((inner) => (program) => {
  seen.length = 0;
  for (const { messageText } of program.getSemanticDiagnostics()) seen.push(messageText);
  console.log('watch:', seen);
  inner(program);
})(host.afterProgramCreate);
const watch = ts.createWatchProgram(host);
await changed;
watch.close();
