// Writes test vectors for the silo's tokenizer: texts of ours and the ids that Hugging Face's tokenizers give for them.
//
//     npm install && node make-vectors.mjs VOCAB OUT.jsonl
//
// The reference gets no special tokens to look for, so "[SEP]" in a text is plain text, as in the silo. Nothing is random:
// the same vocabulary gives the same file.

import { readFileSync, writeFileSync } from 'node:fs';
import { Tokenizer, WordPiece, bertNormalizer, bertPreTokenizer } from '@anush008/tokenizers';
import { fixedTexts } from './texts.mjs';

const [vocabPath, outPath] = process.argv.slice(2);
if (!outPath) {
  console.error('Usage: node make-vectors.mjs VOCAB OUT.jsonl');
  process.exit(2);
}

const tokens = readFileSync(vocabPath, 'utf8').split('\n').filter((token) => token !== '');
const ids = Object.fromEntries(tokens.map((token, id) => [token, id]));
const tokenizer = new Tokenizer(WordPiece.init(ids, { unkToken: '[UNK]', continuingSubwordPrefix: '##', maxInputCharsPerWord: 100 }));
tokenizer.setNormalizer(bertNormalizer({ cleanText: true, handleChineseChars: true, stripAccents: true, lowercase: true }));
tokenizer.setPreTokenizer(bertPreTokenizer());

/** Numbers in [0, 1), the same ones every time (mulberry32). */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Strings that are strung together at random: characters of the vocabulary, and everything that is treated in its own way. */
function randomTexts(count) {
  const random = generator(20);
  const known = tokens.filter((token) => !token.startsWith('['));
  const odd = [
    ' ', ' ', '\t', '\n', '\u3000', '\u00a0', '，', '。', '！', '～', '￥', '℃', '★', '_', '$', '^', 'É', 'ñ', 'Ω', 'ς', 'İ', '≠', '\u0301',
    '\u200d', '\u00ad', '\u0000', '\ufffd', '\ue000', '𠮷', '👍', '👨‍👩‍👧', 'ガ', 'か\u3099', '각', 'Ⅱ', '㎡', '①', '½', 'ﬁ', '[SEP]', '[UNK]', '##好',
  ];
  const pick = (list) => list[Math.floor(random() * list.length)];
  return Array.from({ length: count }, () => {
    const length = 1 + Math.floor(random() * 40);
    return Array.from({ length }, () => (random() < 0.3 ? pick(odd) : pick(known).replace('##', ''))).join('');
  });
}

const texts = [...new Set([...fixedTexts, ...randomTexts(150)])];
const special = (name) => ids[`[${name}]`];
const lines = [];
for (const text of texts) {
  const encoding = await tokenizer.encode(text, null, { addSpecialTokens: false });
  lines.push(JSON.stringify({ text, ids: [special('CLS'), ...encoding.getIds(), special('SEP')] }));
}

writeFileSync(outPath, lines.join('\n') + '\n');
console.log(`${lines.length} rows over ${tokens.length} tokens`);
