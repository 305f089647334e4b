'use strict';
const { Command, Option, InvalidArgumentError } = require('commander');

function number(text) {
  const value = Number(text);
  if (Number.isNaN(value)) throw new InvalidArgumentError('Not a number.');
  return value;
}

const program = new Command('tool')
  .version('1.2.3')
  .description('does a few things')
  .option('-v, --verbose', 'say more', (_, level) => level + 1, 0)
  .hook('preAction', (top, command) => console.log('before', command.name(), top.opts()));

program
  .command('add')
  .description('add numbers')
  .argument('<numbers...>', 'what to add', (text, list) => [...(list ?? []), number(text)])
  .option('-r, --round <digits>', 'digits to keep', number, 2)
  .action((numbers, { round }) => console.log(numbers.reduce((a, b) => a + b).toFixed(round)));

program
  .command('list')
  .alias('ls')
  .enablePositionalOptions?.()
  .addOption(new Option('-f, --format <kind>', 'output').choices(['json', 'text']).default('text'))
  .option('-t, --tag <tags...>', 'only these')
  .option('--no-colour', 'plain')
  .option('-v', 'again')
  .action((options) => console.log(options));

program
  .command('stored')
  .argument('[value]', 'a value', 'the default')
  .addOption(new Option('-k, --key <key>', 'where').env('TOOL_KEY'))
  .action((value, options, command) => console.log(value, options, command.getOptionValueSource('key')));

program
  .command('fails')
  .option('--later')
  .action(async ({ later }, command) => {
    if (!later) command.error('it failed', { exitCode: 7, code: 'tool.failed' });
    await new Promise(setImmediate);
    throw new Error('later');
  });

program.command('outside', 'in a file of its own', { executableFile: './outside.js' });
program
  .exitOverride((error) => {
    console.log('exit:', error.code, error.exitCode);
    process.exit(error.exitCode);
  })
  .parseAsync()
  .catch((error) => {
    console.log('rejected:', error.message);
    process.exitCode = 3;
  });
