export default { singleQuote: true, overrides: [{ files: '*.md', options: { proseWrap: 'always', printWidth: 40 } }] };
