// Texts written for the tokenizer's tests: each line has something that a tokenizer may get wrong.

export const fixedTexts = [
  // nothing, and nothing to be seen
  '', ' ', '   ', '\t\n\r', '\u3000', '\u00a0', '\u200b', '\u00ad', '\ufeff', '\ufffd', '\u0000', '\u200d\u200c', '\ue000', '\u0301',
  // plain sentences
  '今天天气很好', '这家店的面很好吃，下次还来。', '手机收到了，屏幕很亮！', '不好吃，很失望', '我们都很喜欢这个地方', '太差了。。。', '好好好好好', '还可以吧……',
  '东西不错；就是有点贵。', '“好”与“坏”', '《书》很好看', '（还行）', '【推荐】不错', '质量一般、价格便宜', '真的吗？真的！', '一二三四五六七八九十',
  // traditional, rare and compatibility ideographs
  '服務態度很好', '這個東西不錯', '𠮷野家', '㐀㐁', '豈更車', '𪜀𫝀', '\u{2b820}字', '\u{2b920}字', '\u{2ceb0}字', '〇', '々', '〆',
  // blanks of all kinds
  '你好\t世界', '你好\r\n再见', 'one\nline', '一　二', '一\u00a0二', '一\u2003二', '一\u2028二', '一\u0085二', '一\u000b二', '一\u001c二', '  前后有空  ', 'a\u3000b',
  // what vanishes without ending a word
  'sof\u00adt', 'a\u200bb', 'a\u0000b', 'a\ufffdb', 'a\ue000b', 'a\u200db', '\ufeff好', 'a\u2060b', 'x\u0007y',
  // Latin, accents, case
  'OK', 'ok', 'Hello World', 'HELLO', 'iPhone 13 Pro', 'café', 'cafe\u0301', 'naïve', 'Ångström', 'ÀÉÎÕÜ', 'İstanbul', 'ıI', 'straße', 'STRAẞE',
  'ΑΣ', 'ας', 'Σ', 'Привет', 'ё', 'Йод', 'ǅ', 'ŉ', 'ﬁne', 'K', 'Å', 'ﬀ', 'Ⅷ', 'ⅷ', 'ª', 'ộ', 'o\u0323\u0302', 'o\u0302\u0323',
  // numbers and units
  '123', '1,234.56', '３Ｇ', '5G网络', '37.2℃', '100%', '10㎡', '①②③', '½杯', '２０２６年', '2天', '8.5分', '-1', '+1', '1+1=2', '№1', '1/2', '1:30',
  // signs: ASCII ones are words, others are not
  '～～～太好了～', '太好了~~~', 'a_b_c', '$5', '￥5', '€5', 'a+b', 'a<b>c', 'a=b', 'a^b', '`a`', 'a|b', '★★★★★', '●好', '→', '■□', '©®™', '§1', '°C', '¥', '£',
  'a≠b', '≠', '≮≯', '\u1fef', '\u037e', '\u0387', '∞', '√', '×', '÷', '—', '——', '…', '·', '•', '、', '｡', '「好」', '﹁', '〜', '＝', '＋', '＠', '#好#', '@某人',
  'user@example.com', 'https://example.com/a?b=c&d=1', 'C++', 'C#', 'a\n\'ll !!to?\'d of, can\'t.', '¡hola!', '¿qué?', '—a—', 'a-b', 'a–b',
  // emoji
  '👍', '👍🏽', '👍👍', '好👍', '👨‍👩‍👧', '❤️', '❤', '😂😂', '🇨🇳', '1️⃣', '☀️', '[微笑]', '[哈哈][哈哈]',
  // other scripts
  'ありがとう', 'カタカナ', 'ガ', 'カ\u3099', '野口里佳 Noguchi Rika', '한국어', '각', '\u1100\u1161\u11a8', 'สวัสดี', 'مرحبا', 'שלום', 'हिन्दी', 'தமிழ்', 'ភាសា', '𝒜𝒷', '𐐀𐐨', '\u{1d165}\u{1d15f}',
  // special tokens are plain text
  '[CLS]', '[SEP]', '[PAD]', '[UNK]', '[MASK]天气', '好[SEP]坏', '[cls]', '##好', '## 好', '#', '[ SEP ]', '[SEP', 'SEP]',
  // limits of a word
  'a'.repeat(99), 'a'.repeat(100), 'a'.repeat(101), 'é'.repeat(100), 'e\u0301'.repeat(101), '😂'.repeat(60), '😂'.repeat(100), '好'.repeat(120), '!'.repeat(120),
  'ab'.repeat(50), `x ${'a'.repeat(101)} y`, '1'.repeat(50), 'a\u0301\u0302\u0303\u0304\u0305b', `a${'\u0301'.repeat(300)}b`,
  // mixed
  'The battery is great, 续航 2 天没问题 👍', '好ok好', 'ok好ok', 'T恤', 'A股', 'wifi信号差', 'WiFi信号差', '3星', 'vs', 'K歌', '卡拉OK', 'emo了', 'yyds', '绝绝子~', 'hhh', '233333', '666', 'e=mc²', 'H₂O', 'CO₂', 'x²+y²',
];
