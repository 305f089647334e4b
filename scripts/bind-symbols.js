// bind-symbols.js FILE NEW: copy the shared library FILE to NEW with the symbols that it both defines and
// uses bound: a relocation that names a symbol of the library itself becomes a relative one, so that
// the dynamic linker need not look the symbol up at each start. What `ld -Bsymbolic` does at link time.
//
// That is what the look-up would have found wherever the library comes first in the search order, as
// libnode does in torc. x86-64 only.
'use strict';

const fs = require('fs');

const [from, to] = process.argv.slice(2);

// Names and numbers of elf(5) and the x86-64 psABI.
const PT_DYNAMIC = 2;
const DT = { NULL: 0, PLTRELSZ: 2, SYMTAB: 6, RELA: 7, RELASZ: 8, JMPREL: 23 };
const SIZE = { phdr: 56, dyn: 16, sym: 24, rela: 24 };
const R = { ABS64: 1, GLOB_DAT: 6, JUMP_SLOT: 7, RELATIVE: 8 };
const SHN_UNDEF = 0;
const SHN_LORESERVE = 0xff00;
const STT = { NOTYPE: 0, OBJECT: 1, FUNC: 2 };
const STB_GLOBAL = 1;
const STB_WEAK = 2;

const file = fs.readFileSync(from);
const u64 = (off) => Number(file.readBigUInt64LE(off));

function fail(what) {
  console.error(`bind-symbols: ${from}: ${what}`);
  process.exit(1);
}

function readSegments() {
  const ELF_X86_64_SHARED = Buffer.from('7f454c46020101', 'hex');
  if (!file.subarray(0, 7).equals(ELF_X86_64_SHARED) || file.readUInt16LE(18) !== 62) fail('not for x86-64');
  const off = u64(32);
  return Array.from({ length: file.readUInt16LE(56) }, (_, i) => {
    const at = off + i * SIZE.phdr;
    return { type: file.readUInt32LE(at), off: u64(at + 8), addr: u64(at + 16), size: u64(at + 32) };
  });
}

function readDynamic({ off, size }) {
  const tags = new Map();
  for (let at = off; at < off + size && u64(at) !== DT.NULL; at += SIZE.dyn) tags.set(u64(at), u64(at + 8));
  return tags;
}

const segments = readSegments();
const dynamic = readDynamic(segments.find((s) => s.type === PT_DYNAMIC) ?? fail('no dynamic section'));

function offsetOf(addr) {
  const segment = segments.find((s) => s.type === 1 && addr >= s.addr && addr < s.addr + s.size);
  return segment ? addr - segment.addr + segment.off : fail(`nothing in the file at address ${addr}`);
}

// The address of a symbol that every look-up would find in this library, else undefined.
function ownAddress(symbols, index) {
  const at = symbols + index * SIZE.sym;
  const bind = file[at + 4] >> 4;
  const type = file[at + 4] & 15;
  const section = file.readUInt16LE(at + 6);
  const plain = (bind === STB_GLOBAL || bind === STB_WEAK) && Object.values(STT).includes(type);
  return plain && section !== SHN_UNDEF && section < SHN_LORESERVE ? file.readBigUInt64LE(at + 8) : undefined;
}

function bind(table, size, symbols) {
  let count = 0;
  for (let at = table; at < table + size; at += SIZE.rela) {
    const type = file.readUInt32LE(at + 8);
    if (type !== R.ABS64 && type !== R.GLOB_DAT && type !== R.JUMP_SLOT) continue;
    const address = ownAddress(symbols, file.readUInt32LE(at + 12));
    if (address === undefined) continue;
    // The other two types have no addend by definition.
    const addend = type === R.ABS64 ? file.readBigInt64LE(at + 16) : 0n;
    file.writeBigUInt64LE(BigInt(R.RELATIVE), at + 8);
    file.writeBigInt64LE(BigInt.asIntN(64, address) + addend, at + 16);
    count++;
  }
  return count;
}

const symbols = offsetOf(dynamic.get(DT.SYMTAB));
let count = bind(offsetOf(dynamic.get(DT.RELA)), dynamic.get(DT.RELASZ), symbols);
if (dynamic.has(DT.JMPREL)) count += bind(offsetOf(dynamic.get(DT.JMPREL)), dynamic.get(DT.PLTRELSZ), symbols);
if (count === 0) fail('no symbol to bind');
// In small pieces, or the kernel caches the file in large ones, and all of each counts as memory in use.
const PIECE = 16384;
const out = fs.openSync(to, 'w', fs.statSync(from).mode);
for (let off = 0; off < file.length; off += PIECE) fs.writeSync(out, file, off, Math.min(PIECE, file.length - off));
fs.closeSync(out);
