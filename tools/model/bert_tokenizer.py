"""BERT WordPiece tokenization as Hugging Face's BertNormalizer + BertPreTokenizer + WordPiece do it.

Special tokens that occur in the text are plain text here: a service must not let a caller inject [SEP].
The silo's C# tokenizer follows the same rules; both are checked against the same golden vectors.
"""

import unicodedata

MAX_WORD_CHARS = 100  # longer words become [UNK], as in Hugging Face's WordPiece


def _is_white(ch):
    return ch in "\t\n\r" or (ch.isspace() and ch not in "\x1c\x1d\x1e\x1f")


def _is_removed(ch):
    return ch in "\0\ufffd" or unicodedata.category(ch) in ("Cc", "Cf", "Co", "Cs")


def _is_cjk(ch):
    c = ord(ch)
    return (
        0x4E00 <= c <= 0x9FFF
        or 0x3400 <= c <= 0x4DBF
        or 0x20000 <= c <= 0x2A6DF
        or 0x2A700 <= c <= 0x2B73F
        or 0x2B740 <= c <= 0x2B81F
        or 0x2B920 <= c <= 0x2CEAF  # sic: the reference starts this block at 2B920
        or 0xF900 <= c <= 0xFAFF
        or 0x2F800 <= c <= 0x2FA1F
    )


def _is_punctuation(ch):
    c = ord(ch)
    if 33 <= c <= 47 or 58 <= c <= 64 or 91 <= c <= 96 or 123 <= c <= 126:
        return True
    return unicodedata.category(ch).startswith("P")


def words(text, lower_case=True):
    """The words and single characters that WordPiece cuts further."""
    kept = []
    for ch in text:
        if _is_white(ch):
            kept.append(" ")
        elif _is_removed(ch):
            continue
        elif _is_cjk(ch):
            kept.append(" " + ch + " ")
        else:
            kept.append(ch)
    text = "".join(kept)
    if lower_case:
        text = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
        text = "".join(c.lower() for c in text)  # per character: no final sigma, as in the reference
    out = []
    word = ""
    for ch in text:
        white = _is_white(ch)
        if white or _is_punctuation(ch):
            if word:
                out.append(word)
                word = ""
            if not white:
                out.append(ch)
        else:
            word += ch
    if word:
        out.append(word)
    return out


class BertTokenizer:
    """Text -> ids over a vocab.txt (one token a line, the line number is the id)."""

    def __init__(self, vocab, lower_case=True):
        self.ids = {token: i for i, token in enumerate(vocab)}
        self.lower_case = lower_case
        self.unk, self.cls, self.sep, self.pad = (self.ids[t] for t in ("[UNK]", "[CLS]", "[SEP]", "[PAD]"))

    @classmethod
    def load(cls, path, lower_case=True):
        with open(path, encoding="utf-8") as f:
            return cls([line.rstrip("\n") for line in f], lower_case)

    def encode(self, text, max_length=None):
        """ids with [CLS] and [SEP]; cut at the end to max_length where given."""
        ids = [self.cls]
        for word in words(text, self.lower_case):
            ids.extend(self._word(word))
            if max_length is not None and len(ids) >= max_length - 1:
                del ids[max_length - 1 :]
                break
        ids.append(self.sep)
        return ids

    def _word(self, word):
        if len(word) > MAX_WORD_CHARS:
            return [self.unk]
        out = []
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = word[start:end] if start == 0 else "##" + word[start:end]
                if piece in self.ids:
                    out.append(self.ids[piece])
                    start = end
                    break
            else:
                return [self.unk]
        return out
