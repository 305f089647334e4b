import * as prettier from 'prettier';

console.log(await prettier.format('a  ( {b:1} )', { parser: 'babel', semi: false }));
console.log(await prettier.check('a;\n', { parser: 'babel' }), await prettier.check('a', { parser: 'babel' }));
console.log(await prettier.resolveConfig('files/read.md'));
console.log(await prettier.getFileInfo('files/page.html'));
console.log(await prettier.formatWithCursor(' 1 + 2', { cursorOffset: 3, parser: 'babel' }));
console.log(
  (await prettier.getSupportInfo()).languages
    .map(({ name }) => name)
    .sort()
    .join(' '),
);
await prettier.format('a(', { parser: 'babel' }).catch((error) => console.log(error.name, error.message));
