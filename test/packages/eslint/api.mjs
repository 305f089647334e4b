import { ESLint, Linter, RuleTester } from 'eslint';

const eslint = new ESLint({ overrideConfig: { rules: { 'no-console': 'error' } } });
const results = await eslint.lintFiles(['src/*.js']);
const formatter = await eslint.loadFormatter('stylish');
console.log(formatter.format(results).replaceAll(process.cwd(), '.'));
console.log(await eslint.isPathIgnored('src/ignored.js'), ESLint.getErrorResults(results).length);
const [text] = await eslint.lintText('var a = foo;\n', { filePath: 'src/new.js' });
console.log(text.messages.map(({ ruleId, line, column, message }) => `${line}:${column} ${ruleId} ${message}`));
console.log(new Linter().verify('let a;', [{ rules: { 'no-unused-vars': 2 } }]).map(({ message }) => message));
console.log(typeof RuleTester);
