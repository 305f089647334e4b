import js from '@eslint/js';

const noFoo = {
  meta: { type: 'problem', fixable: 'code', messages: { foo: 'Do not call it {{ name }}.' }, schema: [] },
  create: (context) => ({
    Identifier(node) {
      if (node.name === 'foo')
        context.report({ node, messageId: 'foo', data: node, fix: (fixer) => fixer.replaceText(node, 'bar') });
    },
  }),
};

export default [
  js.configs.recommended,
  {
    files: ['**/*.js'],
    languageOptions: { sourceType: 'commonjs', globals: { console: 'readonly', require: 'readonly', module: 'writable' } },
    plugins: { own: { rules: { 'no-foo': noFoo } } },
    rules: { 'own/no-foo': 'error', 'prefer-const': 'error', 'no-var': 'error', 'eqeqeq': 'warn', 'no-console': 'warn',
      'complexity': ['warn', 3] },
  },
  { ignores: ['src/ignored.js'] },
];
